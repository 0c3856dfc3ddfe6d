"""Pipeline: layers one after the other, in a model or in a data pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne import serialization
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.layer.signature import signature_of
from corne.symbolic import find_symbolic


class Pipeline(Layer):
    """Apply layers one after the other.

    Unlike a Sequential model it has no weights of its own to train and nothing to compile. It takes text
    where its first layer does. Random layers are active unless ``training=False``.

    Args:
        layers: The layers, in their order.
        name: Default None: made from the class.

    Shapes:
        As those of the layers.

    Raises:
        ArgumentError: Something that is not a layer.

    >>> import numpy as np
    >>> from corne_preprocessing.rescaling import Rescaling
    >>> pipeline = Pipeline([Rescaling(2.0), Rescaling(1.0, offset=1.0)])
    >>> np.asarray(pipeline(np.array([3.0]))).tolist()
    [7.0]
    """

    def __init__(self, layers: Sequence[Layer], name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        for layer in layers:
            if not isinstance(layer, Layer):
                raise ArgumentError("Pipeline(layers=…)", "layers", repr(layer), "")
        self._pipeline_layers = list(layers)
        self.supports_masking = True

    @property
    def layers(self) -> list[Layer]:
        """The layers."""
        return list(self._pipeline_layers)

    @property
    def runs_on_host(self) -> bool:
        """Whether all layers compute on the host."""
        return bool(self._pipeline_layers) and all(
            getattr(layer, "runs_on_host", False) for layer in self._pipeline_layers
        )

    def __call__(self, inputs: Any, training: bool = True, **kwargs: Any) -> Any:
        """Apply the layers."""
        first = self._pipeline_layers[0] if self._pipeline_layers else None
        if getattr(first, "runs_on_host", False) and not find_symbolic(inputs):
            return self.call(inputs, training)
        return super().__call__(inputs, training=training, **kwargs)

    def call(self, inputs: Any, training: bool = True) -> Any:
        """Apply the layers."""
        for layer in self._pipeline_layers:
            takes = signature_of(type(layer).call).has_training
            inputs = layer(inputs, training=training) if takes else layer(inputs)
        return inputs

    def compute_output_spec(self, inputs: Any, training: bool = True) -> Any:
        """Describe the output."""
        for layer in self._pipeline_layers:
            inputs = layer.compute_output_spec(inputs)
        return inputs

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "name": self.name,
            "layers": [serialization.serialize_object(layer) for layer in self._pipeline_layers],
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a pipeline from what :meth:`get_config` returned."""
        return cls(
            [serialization.deserialize_object(layer) for layer in config["layers"]], name=config.get("name")
        )
