"""Labels of classes: numbers, signs, smoothed shares."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import ops
from corne.backend import Array
from corne.errors import DataError
from corne.targets import matched


def signed_labels(y_true: Any, y_pred: Any, where: str) -> tuple[Array, Array]:
    """Return both as arrays that fit; labels that are all 0 or 1 become -1 or 1."""
    y_true, y_pred = matched(y_true, y_pred, where)
    binary = ops.all(ops.logical_or(ops.equal(y_true, 0), ops.equal(y_true, 1)))
    return ops.where(binary, ops.subtract(ops.multiply(y_true, 2.0), 1.0), y_true), y_pred


def smoothed(y_true: Array, label_smoothing: float) -> Array:
    """Move the share ``label_smoothing`` of one-hot labels to all classes alike."""
    if not label_smoothing:
        return y_true
    classes = y_true.shape[-1]
    return ops.add(ops.multiply(y_true, 1.0 - label_smoothing), label_smoothing / classes)


def smoothed_binary(y_true: Array, label_smoothing: float) -> Array:
    """Move labels of 0 and 1 towards a half by the share ``label_smoothing``."""
    if not label_smoothing:
        return y_true
    return ops.add(ops.multiply(y_true, 1.0 - label_smoothing), 0.5 * label_smoothing)


def check_class_numbers(y_true: Any, classes: int | None, ignored: int | None, where: str) -> None:
    """Raise if labels on the host are not class numbers; labels on a device are not looked at.

    Args:
        y_true: Labels; only NumPy arrays, lists and numbers are checked.
        classes: Number of classes; None: unknown.
        ignored: A number that is allowed besides, or None.
        where: The loss's name.

    Raises:
        DataError: A label is negative, or as large as the number of classes.
    """
    if classes is None or not isinstance(y_true, (np.ndarray, list, tuple, int)):
        return
    labels = np.asarray(y_true)
    if labels.dtype.kind not in "iuf":
        return
    wrong = (labels < 0) | (labels >= classes)
    if ignored is not None:
        wrong &= labels != ignored
    if wrong.any():
        raise DataError(
            f"{where}(y_true)", f"class numbers from 0 to {classes - 1}, as y_pred has {classes} classes",
            f"{labels[wrong][0].item()}", "Number the classes from 0, or give the last layer more units.",
        )  # fmt: skip
