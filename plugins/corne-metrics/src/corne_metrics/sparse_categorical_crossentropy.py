"""Cross-entropy of class numbers."""

from __future__ import annotations

from typing import Any

from corne.metric import MeanMetricWrapper
from corne_losses.sparse_categorical_crossentropy import sparse_categorical_crossentropy


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """Cross-entropy between class numbers and predicted probabilities.

    Args:
        name: Default ``"sparse_categorical_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        from_logits: Whether predictions are logits, not probabilities. Default False.
        ignore_class: A class number that does not count. Default None.
        axis: The axis of the classes in the predictions. Default -1.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``.
    """

    _direction = "down"

    def __init__(
        self,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
        from_logits: bool = False,
        ignore_class: int | None = None,
        axis: int = -1,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy,
            name=name,
            dtype=dtype,
            from_logits=from_logits,
            ignore_class=ignore_class,
            axis=axis,
        )
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis
