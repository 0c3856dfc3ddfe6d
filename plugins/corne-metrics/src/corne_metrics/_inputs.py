"""Making arrays of a metric's inputs and seeing that they fit each other."""

from __future__ import annotations

from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.loss import can_broadcast, squeeze_or_expand_to_same_rank


def matched(y_true: Any, y_pred: Any, where: str) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype and of one rank; raise ShapeError if they don't fit."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    given = tuple(y_true.shape)
    y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
    ranks = {len(y_true.shape), len(y_pred.shape)} - {0}
    if len(ranks) > 1 or not can_broadcast(y_true.shape, y_pred.shape):
        raise _mismatch(where, given, y_pred, None)
    return y_true, y_pred


def same_shape(y_true: Any, y_pred: Any, where: str, fix: str) -> tuple[Array, Array]:
    """Return both as arrays of ``y_pred``'s dtype; raise ShapeError if their shapes differ."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.convert_to_tensor(y_true, dtype=y_pred.dtype)
    if not _alike(y_true.shape, y_pred.shape):
        raise _mismatch(where, tuple(y_true.shape), y_pred, fix)
    return y_true, y_pred


def class_numbers(y_true: Any, y_pred: Any, where: str) -> tuple[Array, Array]:
    """Return labels as integers without a last axis of size 1, and predictions; raise if they don't fit."""
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(ops.convert_to_tensor(y_true), "int32")
    given = tuple(y_true.shape)
    if len(given) == len(y_pred.shape) and given[-1] == 1:
        y_true = ops.squeeze(y_true, -1)
    if not _alike(y_true.shape, tuple(y_pred.shape)[:-1]):
        fix = "Labels must be class numbers; for one-hot labels use the metric without sparse_ in its name."
        raise _mismatch(where, given, y_pred, fix)
    return y_true, y_pred


def among_top(classes: Array, y_pred: Array, k: int) -> Array:
    """Return 1 where fewer than ``k`` predictions are larger than that of the class, else 0."""
    score = ops.take_along_axis(y_pred, ops.expand_dims(classes, -1), axis=-1)
    larger = ops.sum(ops.cast(ops.greater(y_pred, score), "int32"), axis=-1)
    return ops.cast(ops.less(larger, k), config.floatx())


def check_k(k: Any, where: str) -> None:
    """Raise unless ``k`` is an integer from 1."""
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise ArgumentError(f"{where}(k=…)", "an integer, at least 1", repr(k), "Correct k.")


def check_probability(argument: str, value: Any, where: str) -> None:
    """Raise unless ``value`` is a number from 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ArgumentError(
            f"{where}({argument}=…)", "a number from 0 to 1", repr(value), f"Correct {argument}."
        )


def _alike(shape1: Any, shape2: Any) -> bool:
    one, two = tuple(shape1), tuple(shape2)
    return len(one) == len(two) and all(a == b or None in (a, b) for a, b in zip(one, two, strict=True))


def _mismatch(where: str, given: tuple[int | None, ...], y_pred: Array, fix: str | None) -> ShapeError:
    return ShapeError(
        f"{where}(y_true, y_pred)", f"y_true to fit y_pred, which has shape {tuple(y_pred.shape)}",
        f"y_true of shape {given}", fix or "Make the labels' shape that of the model's output.",
    )  # fmt: skip
