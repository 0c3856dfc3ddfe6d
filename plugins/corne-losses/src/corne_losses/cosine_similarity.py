"""The cosine of the angle between truth and prediction, negative so that training makes it large."""

from __future__ import annotations

from typing import Any

from corne import checks, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.targets import matched


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Array:
    """Return ``-sum(y_true * y_pred) / (norm(y_true) * norm(y_pred))``, from -1 (alike) to 1 (opposite).

    Args:
        y_true: Vectors.
        y_pred: Vectors.
        axis: The axis that makes the vectors. Default -1.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``; result ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.

    >>> round(float(cosine_similarity([[1.0, 0.0]], [[1.0, 1.0]])[0]), 4)
    -0.7071
    """
    y_true, y_pred = matched(y_true, y_pred, "cosine_similarity")
    checks.axis("cosine_similarity(axis=…)", axis, len(y_pred.shape))
    y_pred = ops.normalize(y_pred, axis=axis)
    y_true = ops.normalize(y_true, axis=axis)
    return ops.negative(ops.sum(ops.multiply(y_true, y_pred), axis=axis))


class CosineSimilarity(LossFunctionWrapper):
    """The negative cosine of the angle between truth and prediction.

    Args:
        axis: The axis that makes the vectors. Default -1.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"cosine_similarity"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> round(float(CosineSimilarity()([[1.0, 0.0]], [[1.0, 1.0]])), 4)
    -0.7071
    """

    def __init__(
        self,
        axis: int = -1,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "cosine_similarity",
        dtype: Any = None,
    ) -> None:
        super().__init__(cosine_similarity, reduction=reduction, name=name, dtype=dtype, axis=axis)
        self.axis = axis
