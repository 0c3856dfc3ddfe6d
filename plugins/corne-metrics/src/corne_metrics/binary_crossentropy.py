"""Cross-entropy of two-class labels."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.binary_crossentropy import binary_crossentropy


class BinaryCrossentropy(MeanMetricWrapper):
    """Cross-entropy between two-class labels and predicted probabilities.

    Args:
        name: Default ``"binary_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        from_logits: Whether predictions are logits, not probabilities. Default False.
        label_smoothing: How far labels move towards a half, 0 to 1. Default 0.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "binary_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:
        super().__init__(
            binary_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            label_smoothing=label_smoothing,
        )
        self.from_logits = from_logits
        self.label_smoothing = label_smoothing
