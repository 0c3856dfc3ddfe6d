"""Models: Sequential, functional and subclassed."""

from corne.model.clone import clone_model
from corne.model.input_layer import Input, InputLayer
from corne.model.model import Model
from corne.model.sequential import Sequential

__all__ = ["Input", "InputLayer", "Model", "Sequential", "clone_model"]
