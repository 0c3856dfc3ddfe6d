"""Gradient clipping. Everything stays on the device; None among the gradients stays None."""

from __future__ import annotations

from collections.abc import Sequence

from corne import backend as backends
from corne import ops
from corne.backend import Array


def clip_by_norm(gradients: Sequence[Array], norm: float) -> list[Array]:
    """Shrink each gradient that is longer than ``norm`` to that length."""
    kernel = backends.kernel(backends.active(), "clip_by_norm")
    if kernel is not None:
        return list(kernel(list(gradients), norm))
    return [ops.multiply(g, _shrink(ops.sqrt(ops.sum(ops.square(g))), norm)) for g in gradients]


def clip_by_global_norm(gradients: Sequence[Array], norm: float) -> list[Array]:
    """Shrink all gradients by one factor if together they are longer than ``norm``.

    If their length is infinite or NaN, all become NaN, so that the error is visible.
    """
    kernel = backends.kernel(backends.active(), "clip_by_global_norm")
    if kernel is not None:
        return list(kernel(list(gradients), norm))
    squares = [ops.sum(ops.square(g)) for g in gradients]
    length = ops.sqrt(ops.sum(ops.stack(squares)))
    scale = ops.add(_shrink(length, norm), ops.subtract(length, length))
    return [ops.multiply(g, ops.cast(scale, backends.active().dtype_name(g))) for g in gradients]


def clip_by_value(gradients: Sequence[Array], value: float) -> list[Array]:
    """Clip every element to ``[-value, value]``."""
    return [ops.clip(g, -value, value) for g in gradients]


def _shrink(length: Array, norm: float) -> Array:
    return ops.divide(norm, ops.maximum(length, norm))
