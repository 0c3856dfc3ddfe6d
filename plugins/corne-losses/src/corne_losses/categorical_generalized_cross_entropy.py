"""A loss between cross-entropy and absolute error, which wrong labels disturb less."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.loss import LossFunctionWrapper

from corne_losses._labels import check_class_numbers


def categorical_generalized_cross_entropy(y_true: Any, y_pred: Any, q: float) -> Array:
    """Return ``(1 - p ** q) / q``, where ``p`` is the probability of the true class.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Probabilities.
        q: Between 0 (cross-entropy) and 1 (absolute error).

    Shapes:
        y_true ``(batch, ...)``; y_pred ``(batch, ..., classes)``; result ``(batch, ...)``.

    Raises:
        DataError: Labels given as a NumPy array or list are not class numbers.

    Source: Zhang and Sabuncu 2018, https://arxiv.org/abs/1805.07836, eq. 6

    >>> round(float(categorical_generalized_cross_entropy([1], [[0.75, 0.25]], q=0.5)[0]), 4)
    1.0
    """
    y_pred = ops.convert_to_tensor(y_pred)
    classes = y_pred.shape[-1]
    check_class_numbers(y_true, classes, None, "categorical_generalized_cross_entropy")
    one_hot = ops.one_hot(ops.cast(y_true, "int32"), classes)
    p = ops.sum(ops.multiply(y_pred, ops.cast(one_hot, y_pred.dtype)), axis=-1)
    return ops.divide(ops.subtract(1.0, ops.power(p, q)), q)


class CategoricalGeneralizedCrossEntropy(LossFunctionWrapper):
    """A loss between cross-entropy and absolute error, which wrong labels disturb less.

    Args:
        q: Between 0 (cross-entropy) and 1 (absolute error), both not included. Default 0.5.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"categorical_generalized_cross_entropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true ``(batch, ...)`` class numbers; y_pred ``(batch, ..., classes)`` probabilities.

    Raises:
        ArgumentError: ``q`` is not between 0 and 1.

    >>> round(float(CategoricalGeneralizedCrossEntropy()([1], [[0.75, 0.25]])), 4)
    1.0
    """

    takes_class_numbers = True

    def __init__(
        self,
        q: float = 0.5,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "categorical_generalized_cross_entropy",
        dtype: Any = None,
    ) -> None:
        if not 0 < q < 1:
            raise ArgumentError(
                "CategoricalGeneralizedCrossEntropy(q=…)", "a number between 0 and 1, both not included",
                repr(q),
            )  # fmt: skip
        super().__init__(
            categorical_generalized_cross_entropy, reduction=reduction, name=name, dtype=dtype, q=q
        )
        self.q = q
