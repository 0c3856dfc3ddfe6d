"""Intersection over union with one-hot labels, averaged over all classes."""

from __future__ import annotations

from typing import Any

from corne_metrics.mean_iou import MeanIoU


class OneHotMeanIoU(MeanIoU):
    """Intersection over union of predicted and true regions with one-hot labels, over all classes.

    Args:
        num_classes: Number of classes.
        name: Default: the class name in snake case, numbered.
        dtype: Name of the dtype to count in. Default "int32", in which weights lose their fractions.
        ignore_class: A class whose labels don't count. Default None.
        sparse_y_pred: Whether predictions are class numbers, not probabilities. Default False.
        axis: The axis of the classes. Default -1.

    Shapes:
        y_true ``(..., classes)``, y_pred the same or without classes; result a scalar.

    >>> metric = OneHotMeanIoU(num_classes=2)
    >>> round(float(metric([[1, 0], [1, 0], [0, 1]], [[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]])), 4)
    0.5
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, name=name, dtype=dtype, ignore_class=ignore_class, sparse_y_true=False,
            sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return self._config_without("target_class_ids", "sparse_y_true")
