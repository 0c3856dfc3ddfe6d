"""Layer, the base of everything that has weights, and what it is made of."""

from corne.layer.base import Layer
from corne.layer.input_spec import InputSpec

__all__ = ["InputSpec", "Layer"]
