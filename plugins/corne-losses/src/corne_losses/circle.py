"""A loss for embeddings that pulls samples of one class together and pushes others away."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.masking import set_mask


def circle(
    y_true: Any,
    y_pred: Any,
    ref_labels: Any = None,
    ref_embeddings: Any = None,
    remove_diagonal: bool = True,
    gamma: float = 80,
    margin: float = 0.4,
) -> Array:
    """Return the circle loss of each embedding against the reference embeddings.

    Args:
        y_true: Class numbers.
        y_pred: Embeddings of length 1.
        ref_labels: Class numbers of the references. Default None: ``y_true``.
        ref_embeddings: Embeddings to compare with. Default None: ``y_pred``.
        remove_diagonal: Whether sample ``i`` is not compared with reference ``i``. Default True.
        gamma: Scale of the similarities. Default 80.
        margin: How relaxed the decision is, 0 to 1. Default 0.4.

    Shapes:
        y_true ``(batch,)`` or ``(batch, 1)``; y_pred ``(batch, features)``; result ``(batch,)``.

    Source: Sun et al. 2020, https://arxiv.org/abs/2002.10857, eq. 6 and 8
    """
    y_pred = ops.convert_to_tensor(y_pred)
    y_true = ops.cast(y_true, "int32")
    references = y_pred if ref_embeddings is None else ops.convert_to_tensor(ref_embeddings)
    ref_labels = y_true if ref_labels is None else ops.cast(ref_labels, "int32")
    distances = ops.maximum(ops.subtract(1.0, ops.matmul(y_pred, ops.transpose(references))), 0.0)

    same = ops.equal(ops.reshape(y_true, (-1, 1)), ops.reshape(ref_labels, (1, -1)))
    other = ops.logical_not(same)
    if remove_diagonal:
        itself = ops.eye(same.shape[0], same.shape[1], dtype="bool")
        same = ops.logical_and(same, ops.logical_not(itself))

    # A pair weighs the more, the further it is from its optimum: margin, or 1 + margin.
    same_weights = ops.maximum(ops.add(distances, margin), 0.0)
    other_weights = ops.maximum(ops.subtract(1 + margin, distances), 0.0)
    same_terms = ops.multiply(ops.multiply(same_weights, -gamma), ops.subtract(margin, distances))
    other_terms = ops.multiply(ops.multiply(other_weights, gamma), ops.subtract(1 - margin, distances))
    same_loss = ops.logsumexp(ops.where(same, same_terms, float("-inf")), axis=1)
    other_loss = ops.logsumexp(ops.where(other, other_terms, float("-inf")), axis=1)
    loss = ops.softplus(ops.add(same_loss, other_loss))
    return set_mask(loss, ops.greater(loss, 0))


class Circle(LossFunctionWrapper):
    """A loss for embeddings that pulls samples of one class together and pushes others away.

    Args:
        gamma: Scale of the similarities. Default 80.
        margin: How relaxed the decision is, 0 to 1. Default 0.4.
        remove_diagonal: Whether a sample is not compared with itself. Default True.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"circle"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true ``(batch,)`` class numbers; y_pred ``(batch, features)`` embeddings of length 1.

    Source: Sun et al. 2020, https://arxiv.org/abs/2002.10857
    """

    takes_class_numbers = True

    def __init__(
        self,
        gamma: float = 80.0,
        margin: float = 0.4,
        remove_diagonal: bool = True,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "circle",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            circle, reduction=reduction, name=name, dtype=dtype, gamma=gamma, margin=margin,
            remove_diagonal=remove_diagonal,
        )  # fmt: skip
        self.gamma = gamma
        self.margin = margin
        self.remove_diagonal = remove_diagonal
