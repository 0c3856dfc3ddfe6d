"""Overlap of predicted and true regions: intersection over union."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from corne import config, dtypes, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.metric import Metric


class IoU(Metric):
    """Intersection over union of predicted and true regions, averaged over some classes.

    ``true_positives / (true_positives + false_positives + false_negatives)``; classes that neither truth
    nor predictions show are left out.

    Args:
        num_classes: Number of classes. Labels and predictions outside of them don't count.
        target_class_ids: The classes to average over.
        name: Default: the class name in snake case, numbered.
        dtype: Name of the dtype to count in. Default "int32", in which weights lose their fractions.
        ignore_class: A class whose labels don't count. Default None.
        sparse_y_true: Whether labels are class numbers, not one-hot. Default True.
        sparse_y_pred: Whether predictions are class numbers, not probabilities. Default True.
        axis: The axis of the classes where they are not numbers. Default -1.

    Shapes:
        y_true and y_pred equal, apart from an axis of classes; result a scalar.

    Raises:
        ArgumentError: A target class does not exist.
        ShapeError: Labels and predictions differ in size.

    >>> metric = IoU(num_classes=2, target_class_ids=[0])
    >>> round(float(metric([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    _direction = "up"

    config_kinds: ClassVar[dict[str, str]] = {}

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name)
        self._dtype = dtypes.standardize_dtype(dtype or "int32")
        wrong = [i for i in target_class_ids if not 0 <= i < num_classes]
        if wrong:
            raise ArgumentError(
                f"{type(self).__name__}(target_class_ids=…)", f"class numbers from 0 to {num_classes - 1}",
                repr(wrong[0]),
            )  # fmt: skip
        self.num_classes = num_classes
        self.target_class_ids = list(target_class_ids)
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        shape = (num_classes, num_classes)
        self.total_cm = self.add_variable(shape, "zeros", dtype=self.dtype, name="total_confusion_matrix")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        if not self.sparse_y_true:
            y_true = ops.argmax(y_true, axis=self.axis)
        if not self.sparse_y_pred:
            y_pred = ops.argmax(y_pred, axis=self.axis)
        y_true = ops.reshape(ops.cast(y_true, "int32"), (-1,))
        y_pred = ops.reshape(ops.cast(y_pred, "int32"), (-1,))
        if y_true.shape != y_pred.shape:
            raise ShapeError(
                f"{self.name}(y_true, y_pred)", f"{y_pred.shape[0]} labels, one per prediction",
                f"{y_true.shape[0]}", "Check sparse_y_true and sparse_y_pred.",
            )  # fmt: skip
        counted = ops.logical_and(self._is_class(y_true), self._is_class(y_pred))
        if self.ignore_class is not None:
            counted = ops.logical_and(counted, ops.not_equal(y_true, self.ignore_class))
        weights = ops.cast(counted, self.dtype)
        if sample_weight is not None:
            given = ops.reshape(ops.cast(sample_weight, self.dtype), (-1,))
            weights = ops.multiply(weights, given)
        cell = ops.add(ops.multiply(y_true, self.num_classes), y_pred)
        cell = ops.where(counted, cell, ops.zeros_like(cell))
        matrix = ops.segment_sum(weights, cell, num_segments=self.num_classes**2)
        self.total_cm.assign(ops.add(self.total_cm, ops.reshape(matrix, self.total_cm.shape)))

    def _is_class(self, numbers: Array) -> Array:
        return ops.logical_and(ops.greater_equal(numbers, 0), ops.less(numbers, self.num_classes))

    def result(self) -> Array:
        """Return the mean over the target classes since the last reset."""
        matrix = ops.cast(self.total_cm, "float32")
        hits = ops.diagonal(matrix)
        union = ops.subtract(ops.add(ops.sum(matrix, axis=0), ops.sum(matrix, axis=1)), hits)
        hits, union = (ops.take(x, self.target_class_ids, axis=0) for x in (hits, union))
        shown = ops.greater(union, 1e-9)
        values = ops.divide(hits, ops.add(union, config.epsilon()))
        values = ops.where(shown, values, ops.zeros_like(values))
        return ops.divide(ops.sum(values), ops.add(ops.sum(ops.cast(shown, "float32")), config.epsilon()))

    def _config_without(self, *arguments: str) -> dict[str, Any]:
        return {key: value for key, value in IoU.get_config(self).items() if key not in arguments}
