"""Constraints: conditions imposed on a weight after each update."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne import checks, config, ops
from corne.backend import Array
from corne.errors import ArgumentError


class Constraint:
    """Base of constraints. A subclass writes ``__call__(w)``, which returns the constrained weight."""

    def __call__(self, w: Array) -> Array:
        """Return the constrained weight."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(w); write one.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a constraint with the configuration of :meth:`get_config`."""
        return cls(**config)


def _norm(w: Array, axis: Any) -> Array:
    return ops.sqrt(ops.sum(ops.square(w), axis=axis, keepdims=True))


def _check(where: str, axis: Any, **norms: Any) -> None:
    """Raise an error unless ``axis`` is one axis or several, and each of ``norms`` is a valid norm."""
    axes = axis if isinstance(axis, (list, tuple)) else [axis]
    if not axes or not all(isinstance(a, int) and not isinstance(a, bool) for a in axes):
        raise ArgumentError(
            f"{where}(axis=…)", "an axis or a list of axes", repr(axis), "Pass 0 for a dense layer's kernel."
        )
    for name, value in norms.items():
        checks.number(f"{where}({name}=…)", value, 0)


class NonNeg(Constraint):
    """Sets negative elements to 0.

    >>> import numpy as np
    >>> float(NonNeg()(np.array([-1.0, 2.0])).sum())
    2.0
    """

    def __call__(self, w: Array) -> Array:
        w = ops.convert_to_tensor(w)
        return ops.multiply(w, ops.cast(ops.greater_equal(w, 0.0), ops.dtype(w)))


class MaxNorm(Constraint):
    """Scales weight vectors down to a largest norm.

    Args:
        max_value: The largest norm. Default 2.
        axis: Axes that make a vector: 0 for a dense kernel's inputs, [0, 1, 2] for a 2-D convolution's.

    Raises:
        ArgumentError: A negative norm, or an invalid axis.
    """

    def __init__(self, max_value: float = 2, axis: int | Sequence[int] = 0) -> None:
        _check("MaxNorm", axis, max_value=max_value)
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Array) -> Array:
        w = ops.convert_to_tensor(w)
        norms = _norm(w, self.axis)
        desired = ops.clip(norms, 0, self.max_value)
        return ops.multiply(w, ops.divide(desired, ops.add(norms, config.epsilon())))

    def get_config(self) -> dict[str, Any]:
        return {"max_value": self.max_value, "axis": self.axis}


class UnitNorm(Constraint):
    """Scales weight vectors to norm 1.

    Args:
        axis: Axes that make a vector. Default 0.

    Raises:
        ArgumentError: An invalid axis.
    """

    def __init__(self, axis: int | Sequence[int] = 0) -> None:
        _check("UnitNorm", axis)
        self.axis = axis

    def __call__(self, w: Array) -> Array:
        w = ops.convert_to_tensor(w)
        return ops.divide(w, ops.add(_norm(w, self.axis), config.epsilon()))

    def get_config(self) -> dict[str, Any]:
        return {"axis": self.axis}


class MinMaxNorm(Constraint):
    """Moves the norms of weight vectors into a range.

    Args:
        min_value: Smallest norm. Default 0.
        max_value: Largest norm. Default 1.
        rate: Fraction of the distance moved in one update, from 0 to 1. Default 1.
        axis: Axes that make a vector. Default 0.

    Raises:
        ArgumentError: ``rate`` outside 0 to 1, a negative norm, ``min_value`` above ``max_value``, or an axis
            that is none.
    """

    def __init__(
        self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: int | Sequence[int] = 0
    ) -> None:
        _check("MinMaxNorm", axis, min_value=min_value, max_value=max_value)
        checks.probability("MinMaxNorm(rate=…)", rate)
        if min_value > max_value:
            raise ArgumentError(
                "MinMaxNorm(min_value=…)",
                f"at most max_value, {max_value}",
                repr(min_value),
                "Swap them?",
            )
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Array) -> Array:
        w = ops.convert_to_tensor(w)
        norms = _norm(w, self.axis)
        clipped = ops.clip(norms, self.min_value, self.max_value)
        desired = ops.add(ops.multiply(clipped, self.rate), ops.multiply(norms, 1 - self.rate))
        return ops.multiply(w, ops.divide(desired, ops.add(norms, config.epsilon())))

    def get_config(self) -> dict[str, Any]:
        return {
            "min_value": self.min_value,
            "max_value": self.max_value,
            "rate": self.rate,
            "axis": self.axis,
        }
