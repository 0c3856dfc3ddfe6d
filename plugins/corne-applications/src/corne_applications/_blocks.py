"""What several families are built from."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from corne import layers

from corne_applications._input_shape import channels_first


def channel_axis() -> int:
    """Return the axis that holds the channels."""
    return 1 if channels_first() else 3


def channels_of(x: Any) -> int:
    """Return the number of channels of features."""
    return int(x.shape[channel_axis()])


def normalized(x: Any, name: str | None = None, **options: Any) -> Any:
    """Apply batch normalization over the channels."""
    return layers.BatchNormalization(axis=channel_axis(), name=name, **options)(x)


def activated(x: Any, activation: Any, name: str | None = None) -> Any:
    """Apply an activation as a layer."""
    return layers.Activation(activation, name=name)(x)


_symmetric: ContextVar[bool] = ContextVar("symmetric", default=False)


@contextlib.contextmanager
def symmetric_padding(wanted: bool) -> Iterator[None]:
    """Build networks inside the block with strided convolutions padded equally on both sides, as PyTorch's are."""
    token = _symmetric.set(wanted)
    try:
        yield
    finally:
        _symmetric.reset(token)


def pads_symmetrically() -> bool:
    """Return whether the network being built pads strided convolutions equally on both sides."""
    return _symmetric.get()


def halving_conv(x: Any, filters: int, name: str, **options: Any) -> Any:
    """Apply a 3 by 3 convolution of stride 2 without bias."""
    padding = "same"
    if pads_symmetrically():
        x, padding = layers.ZeroPadding2D(1, name=f"{name}_pad")(x), "valid"
    return layers.Conv2D(filters, 3, strides=2, padding=padding, name=name, **{"use_bias": False, **options})(
        x
    )


def halving_pad(x: Any, kernel: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the padding with which a convolution of stride 2 halves the size, as TensorFlow's "same" does.

    An even size gets one row less before than after, an odd one as many.
    """
    if pads_symmetrically():
        return (kernel // 2, kernel // 2), (kernel // 2, kernel // 2)
    first = 2 if channels_first() else 1
    height, width = x.shape[first : first + 2]
    half = kernel // 2
    # Sizes nobody knows yet are taken for even, and where the height is unknown the width is, too.
    odd = (0, 0) if height is None else (height % 2, (width or 0) % 2)
    return (half - 1 + odd[0], half), (half - 1 + odd[1], half)


def divisible(channels: float, divisor: int = 8) -> int:
    """Round to a multiple of ``divisor`` that isn't more than 10% smaller.

    Source: https://github.com/tensorflow/models/blob/master/research/slim/nets/mobilenet/mobilenet.py

    >>> divisible(32 * 0.35), divisible(24 * 0.75)
    (16, 24)
    """
    rounded = max(divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded
