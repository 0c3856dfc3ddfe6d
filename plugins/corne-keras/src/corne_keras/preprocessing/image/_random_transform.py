"""RandomTransform: the parameters of a transformation drawn, and applied to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corne_keras.preprocessing.image._ranges import drawn_shift
from corne_keras.preprocessing.image.apply_affine_transform import apply_affine_transform
from corne_keras.preprocessing.image.apply_brightness_shift import apply_brightness_shift
from corne_keras.preprocessing.image.apply_channel_shift import apply_channel_shift


class RandomTransform:
    """The part of ``ImageDataGenerator`` that transforms at random."""

    rotation_range: float
    width_shift_range: float | Sequence[float]
    height_shift_range: float | Sequence[float]
    shear_range: float
    zoom_range: list[float]
    horizontal_flip: bool
    vertical_flip: bool
    channel_shift_range: float
    brightness_range: tuple[float, float] | None
    fill_mode: str
    cval: float
    interpolation_order: int
    data_format: str
    channel_axis: int
    row_axis: int
    col_axis: int

    def get_random_transform(self, img_shape: Sequence[int], seed: int | None = None) -> dict[str, Any]:
        """Return parameters for one image, drawn from NumPy's global generator.

        The order of draws is Keras's: rotation, height shift, width shift, shear, zoom, the two flips (drawn
        even when they are off), channel shift, brightness.

        Args:
            img_shape: The image's shape; the batch isn't part of it.
            seed: Of the generator. Default None: it isn't seeded.

        Returns:
            ``theta`` and ``shear`` in degrees, ``tx`` and ``ty`` in pixels, factors ``zx`` and ``zy``,
            ``flip_horizontal``, ``flip_vertical``, and ``channel_shift_intensity`` and ``brightness``, which
            are None when they are off.
        """
        if seed is not None:
            np.random.seed(seed)
        theta = _within(self.rotation_range)
        tx = drawn_shift(self.height_shift_range, img_shape[self.row_axis - 1])
        ty = drawn_shift(self.width_shift_range, img_shape[self.col_axis - 1])
        shear = _within(self.shear_range)
        low, high = self.zoom_range
        zx, zy = (1, 1) if low == high == 1 else np.random.uniform(low, high, 2)
        flips = [np.random.random() < 0.5 for _ in range(2)]
        return {
            "theta": theta,
            "tx": tx,
            "ty": ty,
            "shear": shear,
            "zx": zx,
            "zy": zy,
            "flip_horizontal": flips[0] and self.horizontal_flip,
            "flip_vertical": flips[1] and self.vertical_flip,
            "channel_shift_intensity": _within(self.channel_shift_range)
            if self.channel_shift_range
            else None,
            "brightness": np.random.uniform(*self.brightness_range) if self.brightness_range else None,
        }

    def apply_transform(self, x: NDArray[Any], transform_parameters: Mapping[str, Any]) -> NDArray[Any]:
        """Return an image transformed.

        Args:
            x: One image, in the generator's data format.
            transform_parameters: As ``get_random_transform`` returns them; what is left out changes nothing.

        Raises:
            ShapeError: ``x`` doesn't have three axes.
        """
        given = transform_parameters
        x = apply_affine_transform(
            x,
            **{name: given.get(name, 0) for name in ("theta", "tx", "ty", "shear")},
            **{name: given.get(name, 1) for name in ("zx", "zy")},
            row_axis=self.row_axis - 1,
            col_axis=self.col_axis - 1,
            channel_axis=self.channel_axis - 1,
            fill_mode=self.fill_mode,
            cval=self.cval,
            order=self.interpolation_order,
        )
        if given.get("channel_shift_intensity") is not None:
            x = apply_channel_shift(x, given["channel_shift_intensity"], self.channel_axis - 1)
        if given.get("flip_horizontal"):
            x = np.flip(x, self.col_axis - 1)
        if given.get("flip_vertical"):
            x = np.flip(x, self.row_axis - 1)
        if given.get("brightness") is not None:
            x = apply_brightness_shift(x, given["brightness"], scale=False, data_format=self.data_format)
        return x

    def random_transform(self, x: NDArray[Any], seed: int | None = None) -> NDArray[Any]:
        """Return an image transformed by ``get_random_transform(x.shape, seed)``."""
        return self.apply_transform(x, self.get_random_transform(x.shape, seed))


def _within(largest: float) -> float:
    return np.random.uniform(-largest, largest) if largest else 0
