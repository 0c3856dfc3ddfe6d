"""The dtype of layers that leave integers as they are."""

from __future__ import annotations

from corne import dtypes
from corne.backend import Shape
from corne.layer import Layer
from corne.symbolic import SymbolicTensor


def spec_like(layer: Layer, shape: Shape, dtype: str) -> SymbolicTensor:
    """Return a tensor of ``dtype``; a floating one gets the layer's compute dtype."""
    return SymbolicTensor(shape, layer.compute_dtype if dtypes.is_float(dtype) else dtype)
