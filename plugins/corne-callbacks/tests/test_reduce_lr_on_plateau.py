"""ReduceLROnPlateau: when it reduces, and to what."""

from __future__ import annotations

import pytest
from corne import callbacks


@pytest.mark.parametrize(
    ("arguments", "values", "rate"),
    [
        ({"patience": 2, "factor": 0.5}, [1.0, 1.0, 1.0], 0.5),
        ({"patience": 1, "factor": 0.1}, [1.0, 1.0, 1.0], 0.01),
        ({"patience": 1, "factor": 0.1, "cooldown": 2}, [1.0, 1.0, 1.0], 0.1),  # the third waits
        ({"patience": 1, "factor": 0.1, "cooldown": 2}, [1.0, 1.0, 1.0, 1.0], 0.01),
        ({"patience": 1, "factor": 0.1, "min_lr": 0.5}, [1.0, 1.0, 1.0], 0.5),
        ({"patience": 1, "factor": 0.1}, [1.0, 0.5, 0.2], 1.0),
    ],
)
def test_reduce_lr_on_plateau(arguments, values, rate, fake_model):
    callback = callbacks.ReduceLROnPlateau(**arguments)
    model = fake_model()
    callback.set_model(model)
    callback.on_train_begin()
    logs = {}
    for epoch, value in enumerate(values):
        logs = {"val_loss": value}
        callback.on_epoch_end(epoch, logs)
    assert model.optimizer.learning_rate == pytest.approx(rate)
    assert "learning_rate" in logs
