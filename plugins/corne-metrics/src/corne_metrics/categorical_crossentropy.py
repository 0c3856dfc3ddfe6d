"""Cross-entropy of one-hot labels."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.categorical_crossentropy import categorical_crossentropy


class CategoricalCrossentropy(MeanMetricWrapper):
    """Cross-entropy between one-hot labels and predicted probabilities.

    Args:
        name: Default ``"categorical_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: The share of each label given to all classes alike, 0 to 1. Default 0.
        axis: The axis of the classes. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., classes)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
        axis: int = -1,
    ) -> None:
        super().__init__(
            categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
            axis=axis,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
        self.axis = axis
