"""Images distorted as if on rubber."""

from __future__ import annotations

from typing import Any

from corne import random
from corne.backend import Array
from corne.checks import one_of
from corne.operation import dtype_of, op, xp

from corne_numerics.image._batch import check_images, from_batch, to_batch, wide
from corne_numerics.image._grid import pixel_grid
from corne_numerics.image._sampling import FILL_MODES, ORDERS, sample
from corne_numerics.image.gaussian_blur import convolve_axis, gaussian


@op()
def elastic_transform(
    images: Array,
    alpha: float = 20.0,
    sigma: float = 5.0,
    interpolation: str = "bilinear",
    fill_mode: str = "reflect",
    fill_value: float = 0.0,
    seed: Any = None,
    data_format: str | None = None,
) -> Array:
    """Distort images by random displacements that vary smoothly.

    Displacements are drawn for each pixel from a normal distribution of standard deviation ``sigma``, blurred by
    a Gaussian of the same width, and multiplied by ``alpha``.

    Args:
        images: One image or a batch.
        alpha: Strength of the distortion. Default 20.
        sigma: Smoothness, in pixels. Default 5.
        interpolation: "nearest" or "bilinear". Default "bilinear".
        fill_mode: What stands beyond the border: "constant", "nearest", "wrap", "mirror" or "reflect", as in
            :func:`map_coordinates`. Default "reflect".
        fill_value: Value there in mode "constant". Default 0.
        seed: An integer (the same distortion each time), a SeedGenerator, or None (the global generator).
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; result the same.

    Raises:
        ArgumentError: An unknown interpolation or fill mode.
        ShapeError: Another number of axes.

    Source: Best Practices for Convolutional Neural Networks, Simard et al. 2003, section 2,
    https://doi.org/10.1109/ICDAR.2003.1227801

    >>> import numpy as np
    >>> elastic_transform(np.ones((4, 4, 1)), seed=1, data_format="channels_last").shape == (4, 4, 1)
    True
    """
    one_of("ops.image.elastic_transform(interpolation=…)", interpolation, tuple(ORDERS))
    one_of("ops.image.elastic_transform(fill_mode=…)", fill_mode, FILL_MODES)
    form = check_images("ops.image.elastic_transform", images, data_format)
    batch = to_batch(images, form)
    dtype = "float64" if dtype_of(batch) == "float64" else "float32"
    noise = sigma * random.normal((2, *batch.shape[:3]), seed=seed, dtype=dtype)
    weights = gaussian(int(6 * sigma) | 1, wide(xp().asarray(sigma)))
    for axis in (2, 3):
        noise = convolve_axis(noise, xp().astype(weights, noise.dtype), axis)
    rows, columns = pixel_grid(batch, noise.dtype)
    coordinates = [rows + alpha * noise[0, ...], columns + alpha * noise[1, ...]]
    moved = sample(batch, coordinates, ORDERS[interpolation], fill_mode, fill_value, batched=True)
    return from_batch(moved, len(images.shape), form)
