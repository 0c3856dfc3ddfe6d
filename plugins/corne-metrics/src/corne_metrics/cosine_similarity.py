"""The cosine of the angle between truth and predictions."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.metric import MeanMetricWrapper
from corne.targets import matched


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return ``sum(y_true * y_pred) / (norm(y_true) * norm(y_pred))``: 1 is alike, unlike in the loss.

    Args:
        y_true: Vectors.
        y_pred: Vectors.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.
    """
    y_true, y_pred = matched(y_true, y_pred, "cosine_similarity")
    return ops.sum(
        ops.multiply(ops.normalize(y_true, axis=axis), ops.normalize(y_pred, axis=axis)), axis=axis
    )


class CosineSimilarity(MeanMetricWrapper):
    """The cosine of the angle between truth and predictions, from -1 to 1.

    Args:
        name: Default ``"cosine_similarity"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        axis: The axis of the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.
    """

    _direction = "up"

    def __init__(
        self,
        name: str | None = "cosine_similarity",
        dtype: Any = None,
        axis: int = -1,
    ) -> None:
        super().__init__(cosine_similarity, name=name, dtype=dtype, axis=axis)
        self.axis = axis
