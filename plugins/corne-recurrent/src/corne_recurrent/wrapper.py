"""Wrapper: base of layers that change what another layer does."""

from __future__ import annotations

from typing import Any, Self

from corne import serialization
from corne.backend import Shape
from corne.errors import ArgumentError
from corne.layer import Layer


class Wrapper(Layer):
    """Hold a layer, build it and write it into the config; a subclass says in ``call`` what to do with it.

    Args:
        layer: The layer to wrap.
        **kwargs: As for every :class:`~corne.Layer`.

    Raises:
        ArgumentError: ``layer`` is no layer.

    >>> from corne.layers import LSTM
    >>> Wrapper(LSTM(2, name="inner")).layer.name
    'inner'
    """

    def __init__(self, layer: Layer, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ArgumentError(
                f"{type(self).__name__}(layer=…)", "a layer", repr(layer),
                "Pass an instance, such as corne.layers.Dense(8), not a class or its name.",
            )  # fmt: skip
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Shape) -> None:
        """Build the wrapped layer."""
        if not self.layer.built:
            self.layer.build(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "layer": serialization.serialize_object(self.layer)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        config = dict(config)
        return cls(serialization.deserialize_object(config.pop("layer"), kind="layers"), **config)
