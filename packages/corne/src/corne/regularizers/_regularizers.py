"""Regularizers: penalties on weights or outputs, added to the loss."""

from __future__ import annotations

from typing import Any, Self

from corne import checks, ops
from corne.backend import Array
from corne.declared_config import declared_config
from corne.errors import ArgumentError, ShapeError


class Regularizer:
    """Base of regularizers. A subclass writes ``__call__(x)``, which returns a scalar, and ``get_config``."""

    def __call__(self, x: Array) -> Array:
        """Return the penalty on ``x``, a scalar."""
        raise NotImplementedError(f"{type(self).__name__} has no __call__(x); write one.")

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return declared_config(self, Regularizer, (), undeclared=True)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a regularizer with the configuration of :meth:`get_config`."""
        return cls(**config)


def _factor(where: str, value: Any) -> float:
    return float(checks.number(where, value, 0, finite=True))


class L1(Regularizer):
    """``l1 * sum(|x|)``.

    Args:
        l1: The factor. Default 0.01.

    >>> import numpy as np
    >>> round(float(L1(0.1)(np.array([1.0, -2.0]))), 6)
    0.3
    """

    def __init__(self, l1: float = 0.01) -> None:
        self.l1 = _factor("L1(l1=…)", 0.01 if l1 is None else l1)

    def __call__(self, x: Array) -> Array:
        return ops.multiply(ops.sum(ops.absolute(x)), self.l1)

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1}


class L2(Regularizer):
    """``l2 * sum(x**2)``.

    Args:
        l2: The factor. Default 0.01.

    >>> import numpy as np
    >>> round(float(L2(0.1)(np.array([1.0, -2.0]))), 6)
    0.5
    """

    def __init__(self, l2: float = 0.01) -> None:
        self.l2 = _factor("L2(l2=…)", 0.01 if l2 is None else l2)

    def __call__(self, x: Array) -> Array:
        return ops.multiply(ops.sum(ops.square(x)), self.l2)

    def get_config(self) -> dict[str, Any]:
        return {"l2": self.l2}


class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x**2)``.

    Args:
        l1: Factor of the first. Default 0.
        l2: Factor of the second. Default 0.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1 = _factor("L1L2(l1=…)", 0.0 if l1 is None else l1)
        self.l2 = _factor("L1L2(l2=…)", 0.0 if l2 is None else l2)

    def __call__(self, x: Array) -> Array:
        penalty = ops.convert_to_tensor(0.0, ops.dtype(x) if hasattr(x, "dtype") else None)
        if self.l1:
            penalty = ops.add(penalty, ops.multiply(ops.sum(ops.absolute(x)), self.l1))
        if self.l2:
            penalty = ops.add(penalty, ops.multiply(ops.sum(ops.square(x)), self.l2))
        return penalty

    def get_config(self) -> dict[str, Any]:
        return {"l1": self.l1, "l2": self.l2}


class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean absolute product of different rows (or columns), each scaled to length 1.

    Args:
        factor: Default 0.01.
        mode: "rows" or "columns". Default "rows".

    Raises:
        ArgumentError: Unknown mode.
        ShapeError: When called, an array without exactly two axes.
    """

    def __init__(self, factor: float = 0.01, mode: str = "rows") -> None:
        self.factor = _factor("OrthogonalRegularizer(factor=…)", factor)
        if mode not in ("rows", "columns"):
            raise ArgumentError("OrthogonalRegularizer(mode=…)", "'rows' or 'columns'", repr(mode))
        self.mode = mode

    def __call__(self, x: Array) -> Array:
        if len(x.shape) != 2:
            raise ShapeError("OrthogonalRegularizer", "a matrix", f"shape {tuple(x.shape)}")
        rows = self.mode == "rows"
        x = ops.normalize(x, axis=1 if rows else 0)
        product = ops.matmul(x, ops.transpose(x)) if rows else ops.matmul(ops.transpose(x), x)
        size = product.shape[0]
        off = ops.multiply(product, ops.subtract(1.0, ops.eye(size, dtype=ops.dtype(product))))
        pairs = size * (size - 1) / 2
        return ops.divide(ops.multiply(ops.sum(ops.absolute(off)), 0.5 * self.factor), max(pairs, 1.0))

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "mode": self.mode}
