"""Counting right and wrong decisions at many thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from corne import config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.loss import can_broadcast, squeeze_or_expand_to_same_rank

NEVER = -1e10  # below any probability


class Counts(NamedTuple):
    """Weighted counts at each threshold: shape ``(thresholds,)``, or ``(thresholds, labels)``."""

    true_positives: Array
    false_positives: Array
    true_negatives: Array
    false_negatives: Array


class Thresholds:
    """Probabilities above which a prediction means "yes".

    Args:
        values: The thresholds, in the order of the results.
    """

    def __init__(self, values: Sequence[float]) -> None:
        self.values = [float(value) for value in values]
        grid = np.linspace(0.0, 1.0, len(self.values))
        #: Whether they divide 0 to 1 into equal parts, so that a prediction's part can be calculated.
        self.even = len(self.values) > 2 and np.allclose(self.values, grid, atol=config.epsilon())
        #: Whether even a prediction of 0 is above the first.
        self.below_zero = self.values[0] < 0

    def __len__(self) -> int:
        return len(self.values)


def parse_thresholds(thresholds: Any, default: float, where: str) -> Thresholds:
    """Return thresholds from a number, several, or None for the default.

    Raises:
        ArgumentError: One is not a number from 0 to 1.
    """
    if thresholds is None:
        return Thresholds([default])
    values = list(thresholds) if isinstance(thresholds, (list, tuple, np.ndarray)) else [thresholds]
    for value in values:
        if not isinstance(value, (int, float, np.number)) or not 0 <= value <= 1:
            raise ArgumentError(f"{where}(thresholds=…)", "numbers from 0 to 1", repr(value))
    return Thresholds(values)


def count(
    y_true: Any,
    y_pred: Any,
    thresholds: Thresholds,
    dtype: str,
    where: str,
    *,
    sample_weight: Any = None,
    top_k: int | None = None,
    class_id: int | None = None,
    multi_label: bool = False,
    label_weights: Any = None,
) -> Counts:
    """Return the weighted counts of a batch.

    Args:
        y_true: Labels; zero is no, everything else yes.
        y_pred: Probabilities.
        thresholds: A prediction above one of them counts as yes there.
        dtype: What to count in.
        where: Who asks, for error messages.
        sample_weight: How often each prediction counts. Default None: once.
        top_k: Only the ``top_k`` largest predictions of the last axis can be yes. Default None: all.
        class_id: The only place on the last axis that counts. Default None: all count.
        multi_label: Whether to count each place on the last axis for itself. Default False.
        label_weights: A further weight for each place on the last axis. Default None.

    Raises:
        ShapeError: Labels, predictions and weights don't fit each other.
    """
    y_pred, y_true = ops.cast(y_pred, dtype), ops.cast(y_true, dtype)
    y_pred, y_true = squeeze_or_expand_to_same_rank(y_pred, y_true)
    if len(y_pred.shape) != len(y_true.shape) or not can_broadcast(y_pred.shape, y_true.shape):
        raise ShapeError(
            f"{where}(y_true, y_pred)", f"y_true of y_pred's shape {tuple(y_pred.shape)}",
            f"y_true of shape {tuple(y_true.shape)}", "Make labels and predictions of one shape.",
        )  # fmt: skip
    if sample_weight is not None:
        sample_weight = ops.expand_dims(ops.cast(sample_weight, dtype), -1)
        _, sample_weight = squeeze_or_expand_to_same_rank(y_true, sample_weight, expand_rank_1=False)
        if not can_broadcast(sample_weight.shape, y_pred.shape):
            raise ShapeError(
                f"{where}(sample_weight=…)", f"weights that fit predictions of shape {tuple(y_pred.shape)}",
                f"shape {tuple(sample_weight.shape)[:-1]}", "Pass one weight per sample.",
            )  # fmt: skip
    if top_k is not None:
        y_pred = _only_top(y_pred, top_k)
    if class_id is not None:
        _check_class(class_id, y_pred, where)
        y_true, y_pred = y_true[..., class_id : class_id + 1], y_pred[..., class_id : class_id + 1]
    weights = ops.ones_like(y_pred)
    for weight in (sample_weight, None if multi_label else label_weights):
        if weight is not None:
            weights = ops.multiply(weights, ops.cast(weight, dtype))
    yes = ops.multiply(ops.cast(ops.not_equal(y_true, 0), dtype), weights)
    no = ops.subtract(weights, yes)
    columns = y_pred.shape[-1] if multi_label else 1
    shape = (-1, columns)
    pred, yes, no = (ops.reshape(x, shape) for x in (y_pred, yes, no))
    above = _sums_above_grid if thresholds.even else _sums_above
    true_positives, false_positives = above(pred, yes, no, thresholds, columns, dtype)
    false_negatives = ops.subtract(ops.sum(yes, axis=0), true_positives)
    true_negatives = ops.subtract(ops.sum(no, axis=0), false_positives)
    found = (true_positives, false_positives, true_negatives, false_negatives)
    return Counts(*(found if multi_label else (ops.reshape(x, (-1,)) for x in found)))


def _sums_above_grid(
    pred: Array, yes: Array, no: Array, thresholds: Thresholds, columns: int, dtype: str
) -> tuple[Array, Array]:
    """Sum weights over predictions above each threshold: a histogram, then sums from its end."""
    size = len(thresholds)
    passed = ops.ceil(ops.multiply(ops.clip(pred, 0.0, 1.0), size - 1))  # how many thresholds are below
    if thresholds.below_zero:
        passed = ops.maximum(passed, 1.0)
    cell = ops.cast(passed, "int32")
    if columns > 1:
        cell = ops.add(ops.multiply(cell, columns), ops.arange(columns, dtype="int32"))
    cell = ops.reshape(cell, (-1,))

    def above(weights: Array) -> Array:
        cells = ops.segment_sum(ops.reshape(weights, (-1,)), cell, num_segments=(size + 1) * columns)
        histogram = ops.reshape(cells, (size + 1, columns))
        return ops.flip(ops.cumsum(ops.flip(histogram, axis=0), axis=0), axis=0)[1:, ...]

    return above(yes), above(no)


def _sums_above(
    pred: Array, yes: Array, no: Array, thresholds: Thresholds, columns: int, dtype: str
) -> tuple[Array, Array]:
    """Sum weights over predictions above each threshold, comparing all with all."""
    limits = ops.reshape(ops.convert_to_tensor(thresholds.values, dtype=dtype), (-1, 1, 1))
    above = ops.cast(ops.greater(ops.expand_dims(pred, 0), limits), dtype)
    return ops.sum(ops.multiply(above, yes), axis=1), ops.sum(ops.multiply(above, no), axis=1)


def _only_top(y_pred: Array, k: int) -> Array:
    """Push all but the ``k`` largest of the last axis below any threshold."""
    _, places = ops.top_k(y_pred, k)
    keep = ops.sum(ops.one_hot(places, y_pred.shape[-1], dtype=y_pred.dtype), axis=-2)
    return ops.add(ops.multiply(y_pred, keep), ops.multiply(ops.subtract(1.0, keep), NEVER))


def _check_class(class_id: int, y_pred: Array, where: str) -> None:
    classes = y_pred.shape[-1] if len(y_pred.shape) > 1 else 0
    if not 0 <= class_id < (classes or 0):
        raise ArgumentError(
            f"{where}(class_id=…)", f"a place on the last axis of predictions of shape {tuple(y_pred.shape)}",
            repr(class_id), "Pass predictions of shape (batch, classes) and a class_id from 0.",
        )  # fmt: skip
