"""Identity: the input, unchanged."""

from __future__ import annotations

from typing import Any

from corne import tree
from corne.backend import Array
from corne.layer import Layer

from corne_layers._specs import spec_like


class Identity(Layer):
    """Return the input unchanged, a structure of arrays too: a place to hang a name on.

    Args:
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input any; output the same.

    >>> Identity()([1.0, 2.0]).tolist()
    [1.0, 2.0]
    """

    acts_per_sample = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Return ``inputs``."""
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return ``input_shape``."""
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        """Return tensors with the inputs' shapes and dtypes."""
        return tree.map_structure(lambda x: spec_like(self, x.shape, x.dtype), inputs)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return super().get_config()
