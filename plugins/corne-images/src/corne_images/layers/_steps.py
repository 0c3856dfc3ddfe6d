"""Layers inside a layer."""

from __future__ import annotations

from corne_images.layers.image_layer import ImageLayer


class Steps:
    """Layers that another layer draws for and applies: no sublayers, since they have no state of their own.

    Args:
        layers: By name, in order.
    """

    def __init__(self, layers: dict[str, ImageLayer]) -> None:
        self.layers = layers
