"""What layers share that look at images through a matrix."""

from __future__ import annotations

from typing import Any

from corne import checks
from corne.backend import Array

from corne_images.layers.image_layer import Drawn, RandomImageLayer
from corne_images.sampling import FILL_MODES, INTERPOLATIONS, affine

Matrix = tuple[Array, Array, Array, Array, Array, Array]


class AffineLayer(RandomImageLayer):
    """Base of layers that rotate, move, zoom or shear.

    A subclass writes ``matrix``: the place ``(x, y)`` of the output shows the place
    ``(a0 x + a1 y + a2, b0 x + b1 y + b2)`` of the input.
    """

    def __init__(self, *, fill_mode: str, interpolation: str, fill_value: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.fill_mode = checks.one_of(f"{name}(fill_mode=…)", fill_mode, FILL_MODES)
        self.interpolation = checks.one_of(f"{name}(interpolation=…)", interpolation, INTERPOLATIONS)
        self.fill_value = fill_value

    def matrix(self, drawn: Drawn, height: int, width: int) -> Matrix:
        """Return ``a0, a1, a2, b0, b1, b2``, each ``(n,)``."""
        raise NotImplementedError

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Look through the matrix."""
        return self._seen(x, drawn, self.interpolation)

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Look through the matrix; no new values arise."""
        return self._seen(x, drawn, "nearest")

    def _seen(self, x: Array, drawn: Drawn, interpolation: str) -> Array:
        matrix = self.matrix(drawn, x.shape[self.height_axis], x.shape[self.width_axis])
        return affine(x, matrix, interpolation, self.fill_mode, self.fill_value, self.data_format)
