"""Cross-entropy of class numbers: one probability per class."""

from __future__ import annotations

from typing import Any

from corne import checks, dtypes, ops
from corne.backend import Array
from corne.loss import LossFunctionWrapper
from corne.masking import set_mask
from corne.targets import mismatch

from corne_losses._labels import check_class_numbers

_WHERE = "sparse_categorical_crossentropy"


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, ignore_class: int | None = None, axis: int = -1
) -> Array:
    """Return ``-log(y_pred[y_true])``.

    Args:
        y_true: Class numbers, from 0.
        y_pred: Probabilities, or logits with ``from_logits``.
        from_logits: Whether ``y_pred`` are logits, whose softmax is the probability. Default False:
            probabilities, which are divided by their sum.
        ignore_class: A class number whose loss is 0 and which does not count in a mean. Default None.
        axis: The axis of the classes in ``y_pred``. Default -1.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``; result
        ``(batch, ...)``.

    Raises:
        ShapeError: The shapes don't fit.
        DataError: Labels given as a NumPy array or list are not class numbers.

    >>> round(float(sparse_categorical_crossentropy([1], [[0.5, 0.5]])[0]), 4)
    0.6931
    """
    y_pred = ops.convert_to_tensor(y_pred)
    shape = tuple(y_pred.shape)
    checks.axis(f"{_WHERE}(axis=…)", axis, len(y_pred.shape))
    check_class_numbers(y_true, shape[axis], ignore_class, _WHERE)
    y_true = ops.convert_to_tensor(y_true)
    if dtypes.is_float(ops.dtype(y_true)):
        y_true = ops.cast(y_true, "int64")
    if len(y_true.shape) == len(shape) and y_true.shape[axis] == 1:
        y_true = ops.squeeze(y_true, axis=axis)
    place = axis % len(shape)
    if not _fits(tuple(y_true.shape), shape[:place] + shape[place + 1 :]):
        fix = "Labels must be class numbers; for one-hot labels use categorical_crossentropy."
        raise mismatch(_WHERE, tuple(y_true.shape), y_pred, fix)
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    counts = ops.not_equal(y_true, ignore_class)
    y_true = ops.where(counts, y_true, 0)
    y_pred = ops.where(ops.expand_dims(counts, axis), y_pred, ops.ones_like(y_pred))  # finite to divide
    values = ops.sparse_categorical_crossentropy(y_true, y_pred, from_logits=from_logits, axis=axis)
    return set_mask(ops.where(counts, values, 0.0), counts)


def _fits(given: tuple[int | None, ...], wanted: tuple[int | None, ...]) -> bool:
    return given == wanted or (
        len(given) == len(wanted)
        and all(a == b or None in (a, b) for a, b in zip(given, wanted, strict=True))
    )


sparse_categorical_crossentropy.takes_class_numbers = True  # type: ignore[attr-defined]


class SparseCategoricalCrossentropy(LossFunctionWrapper):
    """Cross-entropy between class numbers and predicted probabilities.

    Args:
        from_logits: Whether predictions are logits, not probabilities. Default False.
        ignore_class: A class number that does not count. Default None.
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        axis: The axis of the classes in the predictions. Default -1.
        name: Default ``"sparse_categorical_crossentropy"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true ``(batch, ...)`` or ``(batch, ..., 1)``; y_pred ``(batch, ..., classes)``.

    Raises:
        DataError: Labels given as a NumPy array or list are not class numbers.

    >>> round(float(SparseCategoricalCrossentropy()([1], [[0.5, 0.5]])), 4)
    0.6931
    """

    takes_class_numbers = True

    def __init__(
        self,
        from_logits: bool = False,
        ignore_class: int | None = None,
        reduction: str | None = "sum_over_batch_size",
        axis: int = -1,
        name: str | None = "sparse_categorical_crossentropy",
        dtype: Any = None,
    ) -> None:
        super().__init__(
            sparse_categorical_crossentropy, reduction=reduction, name=name, dtype=dtype,
            from_logits=from_logits, ignore_class=ignore_class, axis=axis,
        )  # fmt: skip
        self.from_logits = from_logits
        self.ignore_class = ignore_class
        self.axis = axis

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the loss, weighted and reduced; see :meth:`corne.losses.Loss.__call__`."""
        shape = getattr(y_pred, "shape", None)
        if shape is not None and -len(shape) <= self.axis < len(shape):
            self.check_labels(y_true, shape)
        return super().__call__(y_true, y_pred, sample_weight)

    def check_labels(self, y_true: Any, y_pred_shape: Any) -> None:
        """Raise unless labels in memory are class numbers that predictions of this shape know.

        A training loop calls this once with all labels, since looking at them on a device would make
        every step wait.

        Args:
            y_true: Labels as a NumPy array or list; other arrays are not looked at.
            y_pred_shape: The predictions' shape, with the classes on ``axis``.

        Raises:
            DataError: A label is negative, or as large as the number of classes.
        """
        check_class_numbers(y_true, y_pred_shape[self.axis], self.ignore_class, self.name)
