"""State that outlives a call: weights, statistics, optimizer slots, counters."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from corne import backend as backends
from corne import dtypes
from corne._state import override, state
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.plugins import registry


class StatelessScope:
    """Inside this ``with`` block variables are read from and written to a mapping, not their storage.

    This turns code that updates variables into a function from state to new state. In a scope within another, a
    variable that the inner one holds no value of has its value of the outer one; what is assigned goes to the inner.

    Args:
        state_mapping: Pairs ``(variable, value)`` that the variables have inside.
        in_place: Whether assigning writes into those values, as it writes into storage outside, rather than
            putting others in their place. Default False.
    """

    def __init__(self, state_mapping: Sequence[tuple[Variable, Array]] = (), in_place: bool = False) -> None:
        self.in_place = in_place
        self._outer: StatelessScope | None = None  # the scope around this one, while this one is entered
        self._values: dict[int, tuple[Variable, Array]] = {id(v): (v, value) for v, value in state_mapping}

    def get(self, variable: Variable) -> Array | None:
        """Return the value ``variable`` has in this scope or one around it, or None where it has its storage's."""
        pair = self._values.get(id(variable))
        if pair is not None:
            return pair[1]
        return None if self._outer is None else self._outer.get(variable)

    def pairs(self) -> dict[int, tuple[Variable, Array]]:
        """Return ``{id(variable): (variable, value)}`` of this scope and those around it."""
        return self._values if self._outer is None else {**self._outer.pairs(), **self._values}

    def set(self, variable: Variable, value: Array) -> None:
        """Give ``variable`` a value in this scope."""
        self._values[id(variable)] = (variable, value)

    def __enter__(self) -> StatelessScope:
        self._outer = state.scope
        self._override = override(scope=self)
        self._override.__enter__()
        return self

    def __exit__(self, *exc: object) -> None:
        self._override.__exit__(*exc)  # type: ignore[arg-type]
        self._outer = None


class Trainability:
    """Counts how often ``trainable`` was set anywhere, so that a list of trainable variables can be kept."""

    changes = 0


trainability = Trainability()


class Variable:
    """An array with a name that training or inference may change.

    Args:
        initializer: An array-like start value, or a callable ``(shape, dtype) -> array``.
        shape: Needed with a callable initializer; every size known.
        dtype: Default: the start value's, or ``config.floatx()`` for a callable.
        trainable: Whether optimizers may change it. Default True.
        autocast: Whether a layer's compute dtype applies when it is read inside that layer.
        aggregation: Kept for Keras's signature: "none", "mean", "sum" or "only_first_replica".
        name: Default "variable".

    Raises:
        ArgumentError: A callable initializer without a shape.
        ShapeError: The start value's shape differs from ``shape``, or a value assigned later does.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        arguments = (
            self.numpy(),
            None,
            self.dtype,
            self.trainable,
            self.autocast,
            self.aggregation,
            self.name,
        )
        return type(self), arguments

    def __init__(
        self,
        initializer: Any,
        shape: Shape | None = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        aggregation: str = "none",
        name: str | None = None,
    ) -> None:
        self.name = name or "variable"
        self.path = self.name
        self.autocast = autocast
        self.aggregation = aggregation
        self.regularizer: Any = None
        self.constraint: Any = None
        self.overwrite_with_gradient = False
        self._backend = backends.active()
        with self._backend.concrete(), override(scope=None, autocast_dtype=None):
            if callable(initializer):
                if shape is None or None in shape:
                    raise ArgumentError(
                        f"variable {self.name!r}", "a full shape, since the initializer is a function",
                        f"shape={shape}", "Pass shape=(…) with every size known.",
                    )  # fmt: skip
                announce(self.name, shape, dtypes.standardize_dtype(dtype))  # type: ignore[arg-type]
                value = initializer(tuple(shape), dtype=dtypes.standardize_dtype(dtype))
            else:
                value = initializer
            dtype = None if dtype is None else dtypes.standardize_dtype(dtype)
            value = self._backend.asarray(value, dtype)
            if shape is not None and tuple(shape) != tuple(value.shape):
                raise ShapeError(
                    f"variable {self.name!r}", f"a start value of shape {tuple(shape)}",
                    f"{tuple(value.shape)}", "Make the initializer return the shape it is asked for.",
                )  # fmt: skip
            self.dtype: str = self._backend.dtype_name(value)
            self.shape: tuple[int, ...] = tuple(value.shape)
            self._trainable = trainable and dtypes.is_float(self.dtype)
            self._storage = self._backend.variable(value, self._trainable)
        self._trainable = trainable

    # -- reading and writing ----------------------------------------------------------------------------
    @property
    def value(self) -> Array:
        """The array: this scope's if there is one, in the compute dtype of the layer it is read in."""
        scope = state.scope
        value = self._storage if scope is None else scope.get(self)
        if value is None:
            value = self._storage
        wanted = state.autocast_dtype
        if wanted is not None and wanted != self.dtype and self.autocast and dtypes.is_float(self.dtype):
            return self._backend.cast(value, wanted)
        return value

    @property
    def storage(self) -> Array | None:
        """The array that assigning writes into; None in a scope where it puts another in its place."""
        scope = state.scope
        if scope is None:
            return self._storage
        pair = scope._values.get(id(self)) if scope.in_place else None
        return None if pair is None else pair[1]

    def assign(self, value: Any) -> Variable:
        """Set the value; it is cast to the variable's dtype and must have its shape."""
        value = self._backend.asarray(value.value if isinstance(value, Variable) else value, self.dtype)
        if tuple(value.shape) != self.shape:
            raise ShapeError(
                f"variable {self.path!r}", f"a value of shape {self.shape}", f"{tuple(value.shape)}",
                "A variable keeps its shape; build the layer anew for another one.",
            )  # fmt: skip
        storage = self.storage
        if storage is not None:
            self._keep(self._backend.assign(storage, value))
        else:
            state.scope.set(self, value)  # type: ignore[union-attr]  # there is no storage in scopes alone
        return self

    def assign_add(self, value: Any) -> Variable:
        """Add to the value."""
        storage = self.storage
        if storage is not None and dtypes.is_float(self.dtype):
            if not isinstance(value, (int, float)):
                value = self._backend.asarray(value, self.dtype)
            if getattr(value, "shape", ()) in ((), self.shape):
                self._keep(self._backend.assign_add(storage, value))
                return self
        return self.assign(self.value + self._backend.asarray(value, self.dtype))

    def assign_sub(self, value: Any) -> Variable:
        """Subtract from the value."""
        return self.assign(self.value - self._backend.asarray(value, self.dtype))

    def _keep(self, storage: Array) -> None:
        if state.scope is None:
            self._storage = storage

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return a copy as a NumPy array."""
        return np.asarray(self._backend.to_numpy(self.value))

    # -- describing -------------------------------------------------------------------------------------
    @property
    def trainable(self) -> bool:
        """Whether optimizers may change it."""
        return self._trainable

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._trainable = bool(value)
        self._follow(self._trainable)
        trainability.changes += 1

    def _follow(self, trainable: bool) -> None:
        """Have the engine keep what gradients of this variable need, or not."""
        self._storage = self._backend.track(self._storage, trainable and dtypes.is_float(self.dtype))

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def backend(self) -> backends.Backend:
        """The backend that holds the storage."""
        return self._backend

    def move(self, backend: backends.Backend) -> None:
        """Hold the storage on another backend from now on."""
        value = self._backend.to_numpy(self._storage)
        self._backend = backend
        self._storage = backend.variable(backend.asarray(value, self.dtype), self._trainable)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape={self.shape}, dtype={self.dtype}>"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __float__(self) -> float:
        return float(self.numpy())

    def __int__(self) -> int:
        return int(self.numpy())

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, index: Any) -> Array:
        return self.value[index]


def announce(name: str, shape: tuple[int, ...], dtype: str) -> None:
    """Report an array before it is allocated, so that the reader of a file can refuse one beyond its limits."""
    if state.allocate is not None:
        state.allocate(name, math.prod(map(int, shape), start=dtypes.itemsize(dtype)))


def install_operators(cls: type, get: Callable[[str], Callable[..., Any]]) -> None:
    """Give ``cls`` Python's arithmetic operators, each carried out by the operation ``get`` returns."""
    binary = {
        "add": "add", "sub": "subtract", "mul": "multiply", "truediv": "true_divide",
        "floordiv": "floor_divide", "mod": "mod", "pow": "power", "matmul": "matmul",
        "and": "logical_and", "or": "logical_or", "xor": "logical_xor",
    }  # fmt: skip
    for short, name in binary.items():
        setattr(cls, f"__{short}__", lambda self, other, _n=name: get(_n)(self, other))
        setattr(cls, f"__r{short}__", lambda self, other, _n=name: get(_n)(other, self))
    for short, name in {"lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal"}.items():
        setattr(cls, f"__{short}__", lambda self, other, _n=name: get(_n)(self, other))
    for short, name in {"neg": "negative", "abs": "absolute", "invert": "logical_not"}.items():
        setattr(cls, f"__{short}__", lambda self, _n=name: get(_n)(self))


@functools.cache  # Corne's own names never change
def _operation(name: str) -> Callable[..., Any]:
    function: Callable[..., Any] = registry.get("ops", name)
    return function


install_operators(Variable, _operation)
