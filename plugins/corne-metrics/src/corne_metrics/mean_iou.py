"""Intersection over union, averaged over all classes."""

from __future__ import annotations

from typing import Any

from corne_metrics.iou import IoU


class MeanIoU(IoU):
    """Intersection over union of predicted and true regions, averaged over all classes.

    Args:
        num_classes: Number of classes.
        name: Default: the class name in snake case, numbered.
        dtype: Name of the dtype to count in. Default "int32", in which weights lose their fractions.
        ignore_class: A class whose labels don't count. Default None.
        sparse_y_true: Whether labels are class numbers, not one-hot. Default True.
        sparse_y_pred: Whether predictions are class numbers, not probabilities. Default True.
        axis: The axis of the classes where they are not numbers. Default -1.

    Shapes:
        y_true and y_pred equal, apart from an axis of classes; result a scalar.

    >>> metric = MeanIoU(num_classes=2)
    >>> round(float(metric([0, 0, 1, 1], [0, 1, 0, 1])), 4)
    0.3333
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(
            num_classes, range(num_classes), name=name, dtype=dtype, ignore_class=ignore_class,
            sparse_y_true=sparse_y_true, sparse_y_pred=sparse_y_pred, axis=axis,
        )  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return self._config_without("target_class_ids")
