"""Labels that are class numbers, beside one score per class."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.targets import alike, mismatch


def class_numbers(y_true: Any, y_pred: Any, where: str) -> tuple[Array, Array]:
    """Return labels as integers without a last axis of size 1, and predictions; raise if they don't fit."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(ops.convert_to_tensor(y_true), "int32")
    given = tuple(y_true.shape)
    if len(given) == len(y_pred.shape) and given[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if not alike(y_true.shape, tuple(y_pred.shape)[:-1]):
        fix = "Labels must be class numbers; for one-hot labels use the metric without sparse_ in its name."
        raise mismatch(where, given, y_pred, fix)
    return y_true, y_pred


def among_top(classes: Array, y_pred: Array, k: int) -> Array:
    """Return 1 where fewer than ``k`` predictions are larger than that of the class, else 0."""
    score = ops.take_along_axis(y_pred, ops.expand_dims(classes, -1), axis=-1)
    larger = ops.sum(ops.cast(ops.greater(y_pred, score), "int32"), axis=-1)
    return ops.cast(ops.less(larger, k), config.floatx())
