"""TerminateOnNaN: when it stops."""

from __future__ import annotations

import math

from corne import callbacks


def test_terminate_on_nan(capsys, fake_model):
    callback = callbacks.TerminateOnNaN()
    model = fake_model()
    callback.set_model(model)
    callback.on_train_batch_end(0, {"loss": 1.0})
    assert not model.stop_training
    callback.on_train_batch_end(1, {"loss": math.inf})
    assert model.stop_training
    assert "Batch 1" in capsys.readouterr().out
