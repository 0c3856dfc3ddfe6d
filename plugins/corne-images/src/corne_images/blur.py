"""Gaussian blur, one axis after the other."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def blur(images: Array, size: int, sigma: Array, axis: int, data_format: str) -> Array:
    """Return images weighted along the height (axis 0) or the width (axis 1) by a Gauss curve.

    Args:
        images: ``(n, height, width, channels)`` or ``(n, channels, height, width)``; zeros lie outside.
        size: Number of weights, odd.
        sigma: Standard deviation in pixels.
        axis: 0 or 1.
        data_format: "channels_last" or "channels_first".
    """
    channels = images.shape[1 if data_format == "channels_first" else -1]
    places = ops.arange(size, dtype="float32") - (size - 1) / 2
    weights = ops.exp(-0.5 * ops.square(places / sigma))
    weights = ops.cast(weights / ops.sum(weights), images.dtype)
    shape = (size, 1, 1, 1) if axis == 0 else (1, size, 1, 1)
    kernel = ops.tile(ops.reshape(weights, shape), (1, 1, channels, 1))
    return ops.depthwise_conv(images, kernel, strides=1, padding="same", data_format=data_format)
