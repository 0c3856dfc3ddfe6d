"""The arithmetic of windows that slide over images: sizes, padding, shapes.

Pure functions of integers. Layers use them to know their output's shape without computing anything, and
backends to pad as the definition says.

A window of ``kernel`` places with ``dilation`` covers ``span = (kernel - 1) * dilation + 1`` places, and
moves by ``stride``. Padding "valid" adds nothing; "same" adds zeros so that there are
``ceil(size / stride)`` windows, one more behind than in front where their number is odd; "causal" adds
``span - 1`` in front.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

from corne import checks
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError

T = TypeVar("T")
Sizes = int | Sequence[int]


def as_sizes(where: str, value: Any, rank: int, least: int = 1) -> tuple[int, ...]:
    """Return one integer, or ``rank`` of them, as a tuple of ``rank`` integers that are at least ``least``.

    >>> as_sizes("Conv2D(strides=…)", 2, 2)
    (2, 2)
    """
    sizes = tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
    try:
        numbers = tuple(operator.index(size) for size in sizes if not isinstance(size, bool))
    except TypeError:
        numbers = ()
    if len(numbers) != rank or len(sizes) != rank or min(numbers) < least:
        raise ArgumentError(
            where, f"an integer >= {least}, or {rank} of them", repr(value), "Give one for each spatial axis."
        )
    return numbers


def as_padding(where: str, value: Any, allowed: Sequence[str] = ("valid", "same")) -> str:
    """Return ``value`` in lower case after checking that it is one of ``allowed``."""
    if not isinstance(value, str) or value.lower() not in allowed:
        raise ArgumentError(
            where, " or ".join(map(repr, allowed)), repr(value), "Write 'same' or leave it out."
        )
    return value.lower()


def channel_axis(data_format: str) -> int:
    """Return -1 for "channels_last" and 1 for "channels_first"."""
    return -1 if data_format == "channels_last" else 1


def spatial_sizes(shape: Shape, data_format: str) -> Shape:
    """Return the sizes of the axes that are neither batch nor channels."""
    return tuple(shape[1:-1]) if data_format == "channels_last" else tuple(shape[2:])


def join_shape(batch: T, sizes: Sequence[T], channels: T, data_format: str) -> tuple[T, ...]:
    """Return the shape made of these parts, or anything else that there is one of for each axis."""
    return (batch, *sizes, channels) if data_format == "channels_last" else (batch, channels, *sizes)


def same_padding(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """Return how many places "same" adds in front and behind.

    >>> same_padding(size=5, kernel=2, stride=1)
    (0, 1)
    """
    span = (kernel - 1) * dilation + 1
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def output_size(size: int | None, kernel: int, stride: int, padding: str, dilation: int = 1) -> int | None:
    """Return how many windows there are along an axis; 0 or less where not even one fits.

    >>> output_size(28, kernel=3, stride=2, padding="valid")
    13
    """
    if size is None:
        return None
    if padding in ("same", "causal"):
        return -(-size // stride)
    return (size - (kernel - 1) * dilation - 1) // stride + 1


def sliding_output_shape(
    where: str,
    input_shape: Shape,
    channels: int | None,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
    data_format: str,
    dilation_rate: Sequence[int],
) -> Shape:
    """Return the shape that a convolution or pooling gives.

    Raises:
        ShapeError: A window is larger than the input, or the input has another rank.
    """
    sizes = spatial_sizes(input_shape, data_format)
    if len(sizes) != len(kernel_size):
        raise ShapeError(
            where, f"an input with {len(kernel_size) + 2} axes", f"shape {tuple(input_shape)}",
            "Images have the axes batch, height, width and channels.",
        )  # fmt: skip
    result = tuple(map(output_size, sizes, kernel_size, strides, (padding,) * len(sizes), dilation_rate))
    if any(size is not None and size <= 0 for size in result):
        spans = tuple((k - 1) * d + 1 for k, d in zip(kernel_size, dilation_rate, strict=True))
        raise ShapeError(
            where, f"an input of at least {spans} places, the size of the window",
            f"{sizes} in shape {tuple(input_shape)}", "Use a smaller window, padding='same' or larger images.",
        )  # fmt: skip
    return join_shape(input_shape[0], result, channels, data_format)


def transpose_padding(
    kernel: int, stride: int, dilation: int, padding: str, output_padding: int | None
) -> tuple[int, int]:
    """Return how many zeros a transposed convolution adds in front and behind.

    They are added to the input after ``stride - 1`` zeros were put between its places; then the flipped
    kernel slides over it with stride 1.
    """
    span = (kernel - 1) * dilation + 1
    if padding == "valid":
        extra = max(stride - span, 0) if output_padding is None else output_padding
        return span - 1, span - 1 + extra
    total = stride + span - 2 if output_padding is None else span + span % 2 - 2 + output_padding
    before = min(total - total // 2, span - 1)
    return before, total - before


def transposed_output_shape(
    where: str,
    input_shape: Shape,
    channels: int | None,
    kernel_size: Sequence[int],
    strides: Sequence[int],
    padding: str,
    output_padding: Sequence[int] | None,
    data_format: str,
    dilation_rate: Sequence[int],
) -> Shape:
    """Return the shape that a transposed convolution gives.

    Raises:
        ShapeError: The input has another rank.
    """
    sizes = spatial_sizes(input_shape, data_format)
    if len(sizes) != len(kernel_size):
        raise ShapeError(
            where, f"an input with {len(kernel_size) + 2} axes", f"shape {tuple(input_shape)}",
            "Images have the axes batch, height, width and channels.",
        )  # fmt: skip
    result: list[int | None] = []
    for axis, size in enumerate(sizes):
        kernel, stride, dilation = kernel_size[axis], strides[axis], dilation_rate[axis]
        extra = None if output_padding is None else output_padding[axis]
        padded = sum(transpose_padding(kernel, stride, dilation, padding, extra))
        result.append(None if size is None else (size - 1) * stride + 1 + padded - (kernel - 1) * dilation)
    return join_shape(input_shape[0], tuple(result), channels, data_format)


def adaptive_windows(size: int, count: int) -> list[tuple[int, int]]:
    """Return begin and end of ``count`` windows that cover ``size`` places as evenly as possible.

    >>> adaptive_windows(5, 2)
    [(0, 3), (2, 5)]
    """
    return [(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


class Windows(NamedTuple):
    """How a window slides, with every default filled in."""

    sizes: tuple[int, ...]
    strides: tuple[int, ...]
    padding: str
    data_format: str
    dilation_rate: tuple[int, ...]


def check_windows(
    name: str,
    inputs: Array,
    sizes: Sequence[int],
    strides: Sizes,
    padding: str,
    data_format: str | None,
    dilation_rate: Sizes,
) -> Windows:
    """Return the arguments of an operation whose window slides over images, checked and complete."""
    where, rank = f"ops.{name}", len(sizes)
    at = Windows(
        tuple(sizes),
        as_sizes(f"{where}(strides=…)", strides, rank),
        as_padding(f"{where}(padding=…)", padding),
        checks.data_format(f"{where}(data_format=…)", data_format),
        as_sizes(f"{where}(dilation_rate=…)", dilation_rate, rank),
    )
    sliding_output_shape(where, tuple(inputs.shape), None, *at)
    return at


def check_pool(
    name: str, inputs: Array, pool_size: Sizes, strides: Sizes | None, padding: str, data_format: str | None
) -> Windows:
    """Return the arguments of a pooling operation, checked and complete; its strides default to its sizes."""
    sizes = as_sizes(f"ops.{name}(pool_size=…)", pool_size, len(inputs.shape) - 2)
    return check_windows(name, inputs, sizes, sizes if strides is None else strides, padding, data_format, 1)


def check_kernel(name: str, inputs: Array, kernel: Array, data_format: str) -> None:
    """Refuse a kernel whose channels do not fit the images'."""
    channels = inputs.shape[channel_axis(data_format)]
    depth, filters = kernel.shape[-2:]
    if depth == 0 or channels % depth or filters % (channels // depth):
        raise ShapeError(
            f"ops.{name}", f"a kernel whose channels divide the images' {channels}, and its filters their ratio",
            f"kernel shape {tuple(kernel.shape)}", "A kernel has the axes sizes, channels / groups and filters.",
        )  # fmt: skip
