"""EarlyStopping: when it stops, and which weights it restores."""

from __future__ import annotations

import pytest
from corne import callbacks


@pytest.mark.parametrize(
    ("arguments", "values", "epochs"),
    [
        ({"patience": 2}, [1.0, 0.9, 0.95, 0.96, 0.5], 4),  # best in epoch 2, then two without
        ({"patience": 0}, [1.0, 1.1, 0.1], 2),
        ({"patience": 1, "min_delta": 0.2}, [1.0, 0.9, 0.1], 2),  # 0.1 less is no improvement
        ({"patience": 1, "start_from_epoch": 2}, [1.0, 2.0, 3.0, 2.9, 3.0], 5),
        ({"patience": 2, "baseline": 0.5}, [1.0, 0.9, 0.95], 3),  # better once, but never below the baseline
        ({"patience": 1, "mode": "max"}, [0.1, 0.2, 0.15], 3),
    ],
)
def test_early_stopping(arguments, values, epochs, run):
    assert run(callbacks.EarlyStopping(**arguments), values)[1] == epochs


def test_early_stopping_tells_the_direction_from_the_name(run):
    assert run(callbacks.EarlyStopping("val_accuracy"), [0.5, 0.6, 0.55], "val_accuracy")[1] == 3
    assert run(callbacks.EarlyStopping("val_loss"), [0.5, 0.6], "val_loss")[1] == 2


def test_early_stopping_goes_back_to_the_best_weights(run):
    model, _ = run(callbacks.EarlyStopping(patience=2, restore_best_weights=True), [1.0, 0.5, 0.7, 0.8])
    assert model.weights[0] == 1.0  # those of epoch 1, the second
