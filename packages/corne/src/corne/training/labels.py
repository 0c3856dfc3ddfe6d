"""Refuse class numbers that the model has no output for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from corne.errors import DataError
from corne.training.adapters import DataAdapter
from corne.training.adapters.prepare import on_host
from corne.training.trainable import Trainable
from corne.utils.batches import unpack_x_y_sample_weight


def check_sample(model: Trainable, adapter: DataAdapter) -> None:
    """Check the class numbers of arrays in memory, or of a batch of other data.

    Raises:
        DataError: The model has no output for one of them.
    """
    objective = model._compile_loss
    if objective is None or not objective.takes_classes:
        return
    _, y, _ = unpack_x_y_sample_weight(adapter.sample())
    for classes, labels in objective.class_targets(y):
        _check(classes, on_host(labels))


def target_check(model: Trainable) -> Callable[[Any], None] | None:
    """Return a function that checks targets which are NumPy arrays; reading others would wait for the device."""
    objective = model._compile_loss
    if objective is None:
        return None

    def check(y: Any) -> None:
        for classes, labels in objective.class_targets(y):
            if isinstance(labels, np.ndarray):
                _check(classes, labels)

    return check


def _check(classes: int, labels: np.ndarray[Any, Any]) -> None:
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        wrong = labels.min() if labels.min() < 0 else labels.max()
        raise DataError(
            "y", f"class numbers from 0 to {classes - 1}, as the model has {classes} outputs", f"{wrong}",
            "Count classes from 0, or give the last layer one unit for each class.",
        )  # fmt: skip
