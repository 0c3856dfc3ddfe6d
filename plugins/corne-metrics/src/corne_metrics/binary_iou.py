"""Intersection over union of regions given by probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, ops

from corne_metrics.iou import IoU


class BinaryIoU(IoU):
    """Intersection over union of regions given by probabilities, averaged over "no" (0) and "yes" (1).

    Args:
        target_class_ids: The classes to average over, 0, 1 or both. Default both.
        threshold: Predictions of at least this mean yes. Default 0.5.
        name: Default: ``"binary_io_u"``, numbered.
        dtype: Name of the dtype to count in. Default "int32", in which weights lose their fractions.

    Shapes:
        y_true and y_pred equal; result a scalar.

    >>> metric = BinaryIoU()
    >>> round(float(metric([0, 1, 0, 1], [0.1, 0.2, 0.4, 0.7])), 4)
    0.5833
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        checks.probability("BinaryIoU(threshold=…)", threshold)
        super().__init__(2, target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        says_yes = ops.greater_equal(ops.cast(y_pred, "float32"), self.threshold)
        super().update_state(y_true, ops.cast(says_yes, "int32"), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        without = ("num_classes", "ignore_class", "sparse_y_true", "sparse_y_pred", "axis")
        return {**self._config_without(*without), "threshold": self.threshold}
