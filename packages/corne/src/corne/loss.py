"""Loss: the distance of predictions from the truth, as the number that training minimizes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

from corne import backend as backends
from corne import config, dtype_policies, ops, serialization, tree
from corne._changes import ChangeTracked
from corne.backend import Array
from corne.declared_config import declared_config
from corne.errors import ArgumentError, ShapeError, StateError, nearest
from corne.masking import get_mask
from corne.naming import to_snake_case, unique_name

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)


class Loss(ChangeTracked):
    """Base of all losses.

    A subclass writes ``call(y_true, y_pred)``, which returns one value per sample (and per time step or
    pixel); weights, masks and the reduction to a scalar are applied here. Where one array lacks the other's last axis
    of size 1, as targets ``(batch,)`` beside outputs ``(batch, 1)`` do, it gets one: they can't be stretched to
    ``(batch, batch)``.

    Args:
        name: Default: the class name in snake case, numbered.
        reduction: How the values are reduced to one number:

            - ``"sum_over_batch_size"`` or ``"mean"``: their sum divided by their number;
            - ``"sum"``: their sum;
            - ``"mean_with_sample_weight"``: their weighted sum divided by the sum of the weights;
            - ``"none"`` or None: not at all.

            Masked values count neither in the sum nor in the number. Default
            ``"sum_over_batch_size"``.
        dtype: Name of the dtype, or dtype policy, to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred: whatever ``call`` takes; sample_weight: ``(batch,)``, or like the values that
        ``call`` returns.

    Raises:
        ArgumentError: An unknown reduction.

    >>> from corne import ops
    >>> class Gap(Loss):
    ...     def call(self, y_true, y_pred):
    ...         return ops.mean(ops.absolute(y_true - y_pred), axis=-1)
    >>> float(Gap()([[0.0, 0.0]], [[1.0, 3.0]]))
    2.0
    """

    #: Whether y_true holds class numbers. They are checked before training and not cast: a short float can't hold them.
    takes_class_numbers: bool = False

    #: Kinds of the arguments that are objects, as in :attr:`corne.Layer.config_kinds`.
    config_kinds: ClassVar[Mapping[str, str]] = MappingProxyType({})

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.reduction = check_reduction(reduction, f"{type(self).__name__}(reduction=…)")
        self._dtype = dtype_policies.get(dtype or config.floatx()).compute_dtype

    @property
    def dtype(self) -> str:
        """Name of the dtype the loss is computed in."""
        return self._dtype

    def call(self, y_true: Any, y_pred: Any) -> Array:
        """Return the loss of each sample, without reduction."""
        raise NotImplementedError(
            f"{type(self).__name__} has no call(); write def call(self, y_true, y_pred): ..."
        )

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the loss, weighted and reduced.

        Args:
            y_true: The truth.
            y_pred: The predictions. A mask attached to them is applied.
            sample_weight: The weight of each value. Default None: equal weights.
        """
        mask = get_mask(y_pred)
        y_pred = _as_arrays(y_pred, self._dtype)
        if not self.takes_class_numbers:
            y_true, y_pred = _in_columns(_as_arrays(y_true, self._dtype), y_pred)
        else:
            y_true = _as_arrays(y_true, None)
        values = self.call(y_true, y_pred)
        if values is None:
            raise StateError(
                f"{self.name}.call()", "one value per sample", "None", "Return the values from it."
            )
        value_mask = get_mask(values)
        if value_mask is not None:
            mask = value_mask if mask is None else ops.logical_and(mask, value_mask)
        return reduce_weighted_values(
            values, sample_weight, mask=mask, reduction=self.reduction, dtype=self._dtype, where=self.name
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        undeclared = type(self).get_config is Loss.get_config
        declared = declared_config(self, Loss, ("name", "reduction", "dtype"), undeclared)
        return {"name": self.name, "reduction": self.reduction, **declared}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a loss with the configuration of :meth:`get_config`."""
        return cls(**config)


class LossFunctionWrapper(Loss):
    """A loss made of a function ``(y_true, y_pred, **kwargs)`` that returns one value per sample.

    Args:
        fn: The function.
        reduction: As for :class:`Loss`. Default ``"sum_over_batch_size"``.
        name: Default: the class name in snake case, numbered.
        dtype: As for :class:`Loss`.
        **kwargs: Passed to the function.

    >>> from corne import ops
    >>> def gap(y_true, y_pred, scale=1.0):
    ...     return ops.multiply(ops.mean(ops.absolute(y_true - y_pred), axis=-1), scale)
    >>> float(LossFunctionWrapper(gap, scale=10.0)([[0.0, 0.0]], [[1.0, 3.0]]))
    20.0
    """

    def __init__(
        self,
        fn: Callable[..., Array],
        reduction: str | None = "sum_over_batch_size",
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self.takes_class_numbers = getattr(fn, "takes_class_numbers", type(self).takes_class_numbers)
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Array:
        """Return the function's values after making ranks that differ by one equal."""
        if isinstance(y_pred, (list, tuple, dict)):
            pairs = [
                squeeze_or_expand_to_same_rank(a, b)
                for a, b in zip(tree.flatten(y_true), tree.flatten(y_pred), strict=True)
            ]
            y_true = tree.pack_sequence_as(y_true, [a for a, _ in pairs])
            y_pred = tree.pack_sequence_as(y_pred, [b for _, b in pairs])
        else:
            y_true, y_pred = squeeze_or_expand_to_same_rank(y_true, y_pred)
        return self.fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; in a subclass, the function's."""
        config = super().get_config()
        if type(self) is not LossFunctionWrapper:
            return {**config, **self._fn_kwargs}
        fn, kwargs = serialization.serialize_object(self.fn), serialization.serialize_object(self._fn_kwargs)
        return {**config, "fn": fn, **kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a loss with the configuration of :meth:`get_config`."""
        return cls(**(serialization.deserialize_object(config) if "fn" in config else config))


def check_reduction(reduction: str | None, where: str = "reduction") -> str | None:
    """Return ``reduction`` after checking that it is known."""
    if reduction not in REDUCTIONS:
        raise ArgumentError(
            where, f"one of {REDUCTIONS}", repr(reduction),
            nearest(str(reduction), [r for r in REDUCTIONS if r]).strip(),
        )  # fmt: skip
    return reduction


def squeeze_or_expand_to_same_rank(x1: Array, x2: Array, expand_rank_1: bool = True) -> tuple[Array, Array]:
    """Add or drop a last axis of size 1 where two arrays' ranks differ by one.

    Args:
        x1: An array.
        x2: Another one.
        expand_rank_1: Whether a vector becomes a column, rather than the column a vector. Default True.
    """
    rank1, rank2 = len(x1.shape), len(x2.shape)
    if rank1 == rank2 + 1 and x1.shape[-1] == 1:
        if rank2 == 1 and expand_rank_1:
            return x1, ops.expand_dims(x2, axis=-1)
        return ops.squeeze(x1, axis=-1), x2
    if rank2 == rank1 + 1 and x2.shape[-1] == 1:
        if rank1 == 1 and expand_rank_1:
            return ops.expand_dims(x1, axis=-1), x2
        return x1, ops.squeeze(x2, axis=-1)
    return x1, x2


def _in_columns(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    """Give an array the other's last axis of size 1, where only that is missing."""
    shape1, shape2 = getattr(y_true, "shape", None), getattr(y_pred, "shape", None)
    if shape1 is None or shape2 is None or len(shape1) == len(shape2):
        return y_true, y_pred
    if tuple(shape2) == (*shape1, 1):
        return ops.expand_dims(y_true, axis=-1), y_pred
    if tuple(shape1) == (*shape2, 1):
        return y_true, ops.expand_dims(y_pred, axis=-1)
    return y_true, y_pred


def with_trailing_axes(x: Array, like: Array) -> Array:
    """Add axes of size 1 after the last, up to the rank of ``like``: one weight per sample fits all steps."""
    missing = len(like.shape) - len(x.shape)
    return ops.reshape(x, (*x.shape, *[1] * missing)) if missing > 0 and len(x.shape) else x


def apply_mask(
    sample_weight: Array | None, mask: Array | None, dtype: str, reduction: str | None
) -> Array | None:
    """Return weights that are 0 where ``mask`` is False.

    For a mean the weights of the rest grow by ``total / valid``, so that dividing by the number of all
    values gives the mean over the valid ones.
    """
    if mask is None:
        return sample_weight
    weight = ops.cast(mask, dtype)
    if reduction in ("mean", "sum_over_batch_size"):
        # A mask without a True has weight 0, not 0 / 0.
        weight = ops.multiply(weight, ops.divide_no_nan(ops.ones_like(ops.sum(weight)), ops.mean(weight)))
    if sample_weight is None:
        return weight
    weight, sample_weight = squeeze_or_expand_to_same_rank(weight, ops.cast(sample_weight, dtype))
    weight, sample_weight = (
        with_trailing_axes(weight, sample_weight),
        with_trailing_axes(sample_weight, weight),
    )
    return ops.multiply(sample_weight, weight)


def reduce_weighted_values(
    values: Any,
    sample_weight: Any = None,
    mask: Any = None,
    reduction: str | None = "sum_over_batch_size",
    dtype: str | None = None,
    where: str = "loss",
) -> Array:
    """Weight the values of a loss and reduce them to one number.

    Args:
        values: The values of the loss function.
        sample_weight: The weight of each value. Default None: equal weights.
        mask: False where a value does not count. Default None.
        reduction: As for :class:`Loss`.
        dtype: The dtype to compute in. Default: the values' own.
        where: The caller, for error messages.

    Raises:
        ShapeError: The weights don't fit the values.
    """
    check_reduction(reduction)
    values = ops.convert_to_tensor(values, dtype=dtype)
    if sample_weight is not None:
        sample_weight = ops.convert_to_tensor(sample_weight, dtype=values.dtype if dtype is None else dtype)
    if mask is not None:
        sample_weight = apply_mask(sample_weight, mask, dtype or values.dtype, reduction)
    if sample_weight is not None:
        values, sample_weight = squeeze_or_expand_to_same_rank(values, sample_weight)
        sample_weight = with_trailing_axes(sample_weight, values)
        if not can_broadcast(values.shape, sample_weight.shape):
            raise ShapeError(
                f"{where}(sample_weight=…)", f"weights that fit the losses of shape {tuple(values.shape)}",
                f"shape {tuple(sample_weight.shape)}", "Pass one weight per sample, or one per value.",
            )  # fmt: skip
        values = ops.multiply(values, sample_weight)
    return reduce_values(values, sample_weight, reduction)


def reduce_values(
    values: Array, sample_weight: Array | None = None, reduction: str | None = "sum_over_batch_size"
) -> Array:
    """Reduce values that are already weighted; ``sample_weight`` only determines the divisor."""
    shape = tuple(values.shape)
    if reduction in (None, "none") or shape in ((), (0,)):
        return values
    if reduction == "sum" or 0 in shape:
        return ops.sum(values)
    if reduction == "mean_with_sample_weight" and sample_weight is not None:
        return ops.divide_no_nan(ops.sum(values), ops.sum(sample_weight))
    return ops.mean(values)


def _as_arrays(structure: Any, dtype: str | None) -> Any:
    """Convert values to arrays; dicts, and lists or tuples of arrays, keep their structure."""
    backend = backends.active()
    if backend.is_array(structure):
        return structure if dtype is None else backend.cast(structure, dtype)
    if isinstance(structure, dict):
        return {key: _as_arrays(value, dtype) for key, value in structure.items()}
    if isinstance(structure, (list, tuple)) and any(
        hasattr(item, "shape") or isinstance(item, dict) for item in tree.flatten(structure)
    ):
        return tree.map_structure(lambda x: ops.convert_to_tensor(x, dtype=dtype), structure)
    return ops.convert_to_tensor(structure, dtype=dtype)


def can_broadcast(shape1: Any, shape2: Any) -> bool:
    """Return whether two shapes are compatible; an unknown size is compatible with every size."""
    pairs = zip(reversed(tuple(shape1)), reversed(tuple(shape2)), strict=False)
    return all(a == b or a in (1, None) or b in (1, None) for a, b in pairs)
