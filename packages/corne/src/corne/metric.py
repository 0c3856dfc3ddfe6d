"""Metric: a figure about predictions, collected over many batches. Mean is the simplest one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Self

from corne import config, dtype_policies, initializers, ops, serialization
from corne._changes import ChangeTracked
from corne.backend import Array, Shape
from corne.declared_config import declared_config
from corne.errors import ArgumentError, ShapeError, StateError
from corne.layer import tracking
from corne.loss import apply_mask, can_broadcast, squeeze_or_expand_to_same_rank
from corne.masking import get_mask
from corne.naming import to_snake_case, unique_name
from corne.variable import StatelessScope, Variable


class Metric(ChangeTracked):
    """Base of all metrics.

    A subclass makes its state in ``__init__`` with :meth:`add_variable`, changes it in
    ``update_state`` and computes the figure from it in ``result``.

    Args:
        dtype: Name of the dtype, or dtype policy, to compute in. Default ``config.floatx()``.
        name: Default: the class name in snake case, numbered.

    >>> from corne import ops
    >>> class Largest(Metric):
    ...     def __init__(self, name="largest", dtype=None):
    ...         super().__init__(name=name, dtype=dtype)
    ...         self.largest = self.add_variable(shape=(), initializer="zeros", name="largest")
    ...     def update_state(self, values, sample_weight=None):
    ...         self.largest.assign(ops.maximum(self.largest, ops.max(values)))
    ...     def result(self):
    ...         return self.largest.value
    >>> metric = Largest()
    >>> metric.update_state([1.0, 5.0])
    >>> float(metric([2.0, 3.0]))
    5.0
    """

    #: The better direction, "up" or "down", for callbacks; None: unknown.
    _direction: ClassVar[str | None] = None

    def __init__(self, dtype: Any = None, name: str | None = None) -> None:
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self._dtype = dtype_policies.get(dtype or config.floatx()).compute_dtype
        self._variables: list[Variable] = []

    @property
    def dtype(self) -> str:
        """Name of the dtype the metric is computed in."""
        return self._dtype

    # -- what subclasses write ------------------------------------------------------------------------
    def update_state(self, *args: Any, **kwargs: Any) -> None:
        """Add one batch to the state."""
        raise NotImplementedError(f"{type(self).__name__} has no update_state(); write one.")

    def result(self) -> Any:
        """Return the metric of all batches since the last reset: a scalar array or a dict of them."""
        raise NotImplementedError(f"{type(self).__name__} has no result(); write one.")

    def reset_state(self) -> None:
        """Reset the state: every variable becomes zero."""
        for variable in self.variables:
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Add one batch to the state and return the metric of all batches."""
        self.update_state(*args, **kwargs)
        return self.result()

    # -- state ----------------------------------------------------------------------------------------
    def add_variable(
        self,
        shape: Shape,
        initializer: Any,
        dtype: Any = None,
        aggregation: str = "sum",
        name: str | None = None,
    ) -> Variable:
        """Create a variable that belongs to this metric.

        Args:
            shape: Sizes of its axes.
            initializer: Name, config or callable.
            dtype: Default ``config.floatx()``.
            aggregation: How values of several replicas are combined. Default "sum".
            name: Last part of its path. Default "variable".
        """
        if "_variables" not in vars(self):
            raise StateError(
                f"{type(self).__name__}.add_variable", "a metric whose __init__ has run",
                "a call before super().__init__()", "Call super().__init__(name=name, dtype=dtype) first.",
            )  # fmt: skip
        variable = Variable(
            initializers.get(initializer), shape=tuple(shape), dtype=dtype, trainable=False,
            aggregation=aggregation, name=name,
        )  # fmt: skip
        variable.path = f"{self.name.replace('/', '>')}/{variable.name}"
        self._variables.append(variable)
        return variable

    def add_weight(
        self, shape: Shape = (), initializer: Any = None, dtype: Any = None, name: str | None = None
    ) -> Variable:
        """Create a variable as :meth:`add_variable` does, by default a Glorot-uniform scalar."""
        return self.add_variable(shape, initializer or "glorot_uniform", dtype=dtype, name=name)

    @property
    def variables(self) -> list[Variable]:
        """The metric's own variables, then those of metrics it holds."""
        own = [item for item in tracking.held(self) if isinstance(item, Variable)]
        inner = [v for metric in tracking.own_objects(self, Metric) for v in metric.variables]
        return tracking.unique(iter(self._variables + own + inner))

    def stateless_update_state(
        self, metric_variables: Sequence[Array], *args: Any, **kwargs: Any
    ) -> list[Array]:
        """Return the variables' values after ``update_state``; the variables stay unchanged.

        Args:
            metric_variables: Values to start from, one for each of :attr:`variables`.
            *args: For ``update_state``.
            **kwargs: For ``update_state``.
        """
        with self._scope(metric_variables):
            self.update_state(*args, **kwargs)
            return [variable.value for variable in self.variables]

    def stateless_result(self, metric_variables: Sequence[Array]) -> Any:
        """Return the metric for these values of :attr:`variables`."""
        with self._scope(metric_variables):
            return self.result()

    def stateless_reset_state(self) -> list[Array]:
        """Return the values of :attr:`variables` after a reset."""
        with StatelessScope():
            self.reset_state()
            return [variable.value for variable in self.variables]

    def _scope(self, values: Sequence[Array]) -> StatelessScope:
        variables = self.variables
        if len(values) != len(variables):
            raise ArgumentError(
                f"{self.name}(metric_variables=…)", f"{len(variables)} values, one for each variable",
                f"{len(values)}", "Pass [v.value for v in metric.variables].",
            )  # fmt: skip
        return StatelessScope(list(zip(variables, values, strict=True)))

    # -- describing -----------------------------------------------------------------------------------
    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        undeclared = type(self).get_config is Metric.get_config
        declared = declared_config(self, Metric, ("name", "dtype"), undeclared)
        return {"name": self.name, "dtype": self.dtype, **declared}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a metric with the configuration of :meth:`get_config`."""
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"


class Mean(Metric):
    """The weighted mean of values.

    ``sum(value * weight) / sum(weight)``; 0 before the first value. Values with more than one axis are
    averaged within each sample first.

    Args:
        name: Default "mean".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        values: ``(batch, ...)`` or a scalar; sample_weight: as values, or with fewer last axes.

    >>> metric = Mean()
    >>> metric.update_state([1.0, 3.0, 5.0, 7.0], sample_weight=[1.0, 1.0, 0.0, 0.0])
    >>> float(metric.result())
    2.0
    """

    def __init__(self, name: str | None = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")
        self.count = self.add_variable((), "zeros", dtype=self.dtype, name="count")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values, each counted ``sample_weight`` times (default: once)."""
        values, weight = reduce_to_samplewise_values(
            values, sample_weight, ops.mean, self.dtype, where=self.name
        )
        self.total.assign_add(ops.sum(values))
        if weight is not None:
            self.count.assign_add(ops.sum(weight))
        else:
            self.count.assign_add(values.shape[0] if len(values.shape) > 0 else 1)

    def result(self) -> Array:
        """Return the mean of all values since the last reset."""
        return ops.divide_no_nan(self.total, self.count)


class MeanMetricWrapper(Mean):
    """The mean of a function ``(y_true, y_pred, **kwargs)`` that returns one value per sample.

    Args:
        fn: The function.
        name: Default: the class name in snake case, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        **kwargs: Passed to the function.

    >>> import numpy as np
    >>> from corne import ops
    >>> metric = MeanMetricWrapper(lambda y_true, y_pred: ops.absolute(y_true - y_pred), name="gap")
    >>> float(metric(np.array([1.0, 2.0]), np.array([2.0, 5.0])))
    2.0
    """

    def __init__(
        self, fn: Callable[..., Array], name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs

    def update_state(  # type: ignore[override]  # Mean takes values, this what they are made of
        self, y_true: Any, y_pred: Any, sample_weight: Any = None
    ) -> None:
        """Add the function's values. A mask attached to ``y_pred`` is applied."""
        mask = get_mask(y_pred)
        values = self._fn(y_true, y_pred, **self._fn_kwargs)
        if values is None:
            raise StateError(
                f"{self.name}(y_true, y_pred)", "one value per sample", "None", "Return the values from it."
            )
        if sample_weight is not None:
            sample_weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
        super().update_state(values, apply_mask(sample_weight, mask, self.dtype, "sum"))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments; in a subclass, the function's."""
        config = super().get_config()
        if type(self) is not MeanMetricWrapper:
            return {**config, **self._fn_kwargs}
        fn, kwargs = serialization.serialize_object(self._fn), serialization.serialize_object(self._fn_kwargs)
        return {**config, "fn": fn, **kwargs}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a metric with the configuration of :meth:`get_config`."""
        return cls(**(serialization.deserialize_object(config) if "fn" in config else config))


def reduce_to_samplewise_values(
    values: Any,
    sample_weight: Any,
    reduce_fn: Callable[..., Array],
    dtype: str | None = None,
    where: str = "metric",
) -> tuple[Array, Array | None]:
    """Return one weighted value per sample, and the weights per sample (None if there are none).

    Args:
        values: Any shape. A mask attached to them is respected: what it leaves out has weight 0.
        sample_weight: As values, or with fewer last axes, or with one more of size 1. None: no weights.
        reduce_fn: Reduces several values to one: ``ops.mean`` or ``ops.sum``.
        dtype: The dtype to compute in. Default ``config.floatx()``.
        where: The caller, for error messages.

    Raises:
        ShapeError: The weights don't fit the values.
    """
    dtype = dtype or config.floatx()
    mask = get_mask(values)
    values = ops.convert_to_tensor(values, dtype=dtype)
    weight: Array | None = (
        None if sample_weight is None else ops.convert_to_tensor(sample_weight, dtype=dtype)
    )
    weight = apply_mask(weight, mask, dtype, "sum")
    if weight is not None:
        values, weight = squeeze_or_expand_to_same_rank(values, weight)
        rank = len(weight.shape)
        if len(values.shape) > rank:
            values = reduce_fn(values, axis=tuple(range(rank, len(values.shape))))
        if not can_broadcast(values.shape, weight.shape) or rank > len(values.shape):
            raise ShapeError(
                f"{where}(sample_weight=…)", f"weights that fit values of shape {tuple(values.shape)}",
                f"shape {tuple(weight.shape)}", "Pass one weight per sample, or one per value.",
            )  # fmt: skip
        weight = ops.broadcast_to(weight, values.shape)
        values = ops.multiply(values, weight)
        if rank > 1:
            weight = reduce_fn(weight, axis=tuple(range(1, rank)))
    if len(values.shape) > 1:
        values = reduce_fn(values, axis=tuple(range(1, len(values.shape))))
    return values, weight
