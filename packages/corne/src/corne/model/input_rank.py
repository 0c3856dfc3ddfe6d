"""Fit values to the symbolic inputs that stand for them."""

from __future__ import annotations

from typing import Any

from corne import masking
from corne.errors import ArgumentError, ShapeError
from corne.symbolic import SymbolicTensor


def fit_rank(value: Any, tensor: SymbolicTensor, model: str) -> Any:
    """Check a value against its input; add or drop a last axis of size 1 if it fits then."""
    source = None if tensor.node is None else tensor.node.operation
    name = getattr(source, "name", tensor.name)
    if value is None:
        if getattr(source, "optional", False):
            return None
        raise ArgumentError(
            f"{model}(…)",
            f"an array for input {name!r}",
            "None",
            "Pass one, or create the Input with optional=True.",
        )
    shape, wanted = tuple(value.shape), tensor.shape
    mask = masking.get_mask(value)
    if len(shape) == len(wanted) + 1 and shape[-1] == 1:
        value = (
            value.reshape(shape[:-1])
            if not isinstance(value, SymbolicTensor)
            else _reshape(value, shape[:-1])
        )
    elif len(shape) == len(wanted) - 1 and wanted and wanted[-1] == 1:
        value = value[..., None] if not isinstance(value, SymbolicTensor) else _reshape(value, (*shape, 1))
    shape = tuple(value.shape)
    if not fits(value, tensor):
        raise ShapeError(
            model, f"shape {wanted} for input {name!r}", f"{shape}",
            "None means any size. Reshape the data, or change the Input's shape.",
        )  # fmt: skip
    return value if mask is None else masking.set_mask(value, mask)


def fits(value: Any, tensor: SymbolicTensor) -> bool:
    """Return whether ``value`` is one array with the rank and the known sizes of ``tensor``."""
    shape, wanted = getattr(value, "shape", None), tensor.shape
    if shape is None or len(shape) != len(wanted):
        return False
    return all(s is None or w is None or s == w for s, w in zip(shape, wanted, strict=True))


def _reshape(tensor: SymbolicTensor, shape: Any) -> Any:
    from corne import ops

    return ops.reshape(tensor, tuple(-1 if size is None else size for size in shape))
