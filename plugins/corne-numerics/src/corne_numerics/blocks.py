"""Blocks of images: cut out, put back, turned into channels."""

from __future__ import annotations

from collections.abc import Sequence

from corne import checks
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import op, promoted_float, to, xp

from corne_numerics._own import margins, pair


@op()
def unfold(
    x: Array,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Array:
    """Return the blocks of images as columns.

    Args:
        x: Images, channels first.
        kernel_size: Height and width of a block.
        dilation: Distance between neighbouring pixels of a block. Default 1.
        padding: Zeros added on both sides. Default 0.
        stride: Distance between blocks. Default 1.

    Shapes:
        ``(batch, channels, height, width)``; result ``(batch, channels * kernel height * kernel width, blocks)``.

    Raises:
        ArgumentError: Numbers below their least.
        ShapeError: Not four axes, or images smaller than a block.

    >>> unfold([[[[1, 2], [3, 4]]]], 2).tolist()
    [[[1], [2], [3], [4]]]
    """
    where = "ops.unfold"
    if len(x.shape) != 4:
        raise ShapeError(f"{where}(x)", "(batch, channels, height, width)", f"shape {tuple(x.shape)}")
    kernel, steps, pads, strides = _sizes(where, kernel_size, dilation, padding, stride)
    counts = _counts(where, x.shape[2:], kernel, steps, pads, strides)
    for axis in (2, 3):
        if pads[axis - 2]:
            x = margins(x, axis, pads[axis - 2], pads[axis - 2])
    for place in range(2):
        # Axes (batch, channels, rows, columns, kernel rows, kernel columns) arise one after the other.
        axis = 2 + place
        parts = [
            x[(*(slice(None),) * axis, _places(i, steps[place], strides[place], counts[place]), ...)]
            for i in range(kernel[place])
        ]
        x = xp().stack(parts, axis=-1)
    x = xp().permute_dims(x, (0, 1, 4, 5, 2, 3))
    return xp().reshape(x, (x.shape[0], x.shape[1] * kernel[0] * kernel[1], counts[0] * counts[1]))


@op()
def fold(
    x: Array,
    output_size: int | Sequence[int],
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    stride: int | Sequence[int] = 1,
) -> Array:
    """Return images from blocks as columns; where blocks overlap they are added.

    Args:
        x: What :func:`unfold` returned.
        output_size: Height and width of the images.
        kernel_size: Height and width of a block.
        dilation: Distance between neighbouring pixels of a block. Default 1.
        padding: Zeros that :func:`unfold` had added. Default 0.
        stride: Distance between blocks. Default 1.

    Shapes:
        ``(batch, channels * kernel height * kernel width, blocks)``; result ``(batch, channels, height, width)``.

    Raises:
        ArgumentError: Numbers below their least.
        ShapeError: Axes that don't fit.

    >>> fold([[[1], [2], [3], [4]]], 2, 2).tolist()
    [[[[1, 2], [3, 4]]]]
    """
    where = "ops.fold"
    size = pair(f"{where}(output_size=…)", output_size, 1)
    kernel, steps, pads, strides = _sizes(where, kernel_size, dilation, padding, stride)
    counts = _counts(where, size, kernel, steps, pads, strides)
    taps = kernel[0] * kernel[1]
    if len(x.shape) != 3 or x.shape[1] % taps or x.shape[2] != counts[0] * counts[1]:
        raise ShapeError(
            f"{where}(x)", f"(batch, channels * {taps}, {counts[0] * counts[1]})", f"shape {tuple(x.shape)}"
        )
    batch, channels = x.shape[0], x.shape[1] // taps
    x = xp().reshape(x, (batch, channels, *kernel, *counts))
    for place in range(2):
        # Without the kernel's axis at 2, the spatial axis stands at 3: the rows first, then the columns.
        full = size[place] + 2 * pads[place]
        total = None
        for i in range(kernel[place]):
            part = _spread(x[:, :, i, ...], 3, strides[place], i * steps[place], full)
            total = part if total is None else total + part
        x = total
    return x[:, :, pads[0] : pads[0] + size[0], pads[1] : pads[1] + size[1]]


def _spread(x: Array, axis: int, stride: int, start: int, size: int) -> Array:
    """Return an axis of ``size`` places with those of ``x`` at ``start, start + stride, ...``, zeros elsewhere."""
    count = x.shape[axis]
    if stride > 1:
        gaps = xp().zeros((*x.shape[: axis + 1], stride - 1, *x.shape[axis + 1 :]), dtype=x.dtype)
        x = xp().concat([xp().expand_dims(x, axis=axis + 1), gaps], axis=axis + 1)
        x = xp().reshape(x, (*x.shape[:axis], count * stride, *x.shape[axis + 2 :]))
        x = x[(*(slice(None),) * axis, slice(None, (count - 1) * stride + 1), ...)]
    return margins(x, axis, start, size - start - x.shape[axis])


def _places(i: int, step: int, stride: int, count: int) -> slice:
    return slice(i * step, i * step + (count - 1) * stride + 1, stride)


Pair = tuple[int, int]


def _sizes(
    where: str,
    kernel_size: int | Sequence[int],
    dilation: int | Sequence[int],
    padding: int | Sequence[int],
    stride: int | Sequence[int],
) -> tuple[Pair, Pair, Pair, Pair]:
    return (
        pair(f"{where}(kernel_size=…)", kernel_size, 1),
        pair(f"{where}(dilation=…)", dilation, 1),
        pair(f"{where}(padding=…)", padding, 0),
        pair(f"{where}(stride=…)", stride, 1),
    )


def _counts(where: str, size: Sequence[int], kernel: Pair, steps: Pair, pads: Pair, strides: Pair) -> Pair:
    """Return how many blocks stand below and beside one another."""
    down, across = (
        (size[i] + 2 * pads[i] - steps[i] * (kernel[i] - 1) - 1) // strides[i] + 1 for i in range(2)
    )
    if down < 1 or across < 1:
        raise ShapeError(where, f"images that hold a block of {kernel}", f"{tuple(size)} pixels")
    return down, across


@op()
def depth_to_space(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    """Return images made larger by turning channels into blocks of pixels.

    Args:
        x: A batch of images.
        block_size: Height and width of a block.
        data_format: "channels_last" or "channels_first". Default "channels_last".

    Shapes:
        ``(batch, height, width, channels)``; result ``(batch, height * block, width * block,
        channels / block**2)``. With "channels_first" a channel's blocks are neighbours among the channels.

    Raises:
        ShapeError: Not four axes, or channels that don't divide.

    Source: Sub-pixel convolution, Shi et al. 2016, https://arxiv.org/abs/1609.05158

    >>> depth_to_space([[[[1, 2, 3, 4]]]], 2).tolist()
    [[[[1], [2]], [[3], [4]]]]
    """
    where, b = "ops.depth_to_space", block_size
    _check_blocks(where, x, block_size, data_format)
    last = data_format == "channels_last"
    channels = x.shape[-1 if last else 1]
    if channels % b**2:
        raise ShapeError(f"{where}(x)", f"channels that {b * b} divides", f"{channels}")
    if last:
        n, h, w, c = x.shape
        x = xp().reshape(x, (n, h, w, b, b, c // b**2))
        return xp().reshape(xp().permute_dims(x, (0, 1, 3, 2, 4, 5)), (n, h * b, w * b, c // b**2))
    n, c, h, w = x.shape
    x = xp().reshape(x, (n, c // b**2, b, b, h, w))
    return xp().reshape(xp().permute_dims(x, (0, 1, 4, 2, 5, 3)), (n, c // b**2, h * b, w * b))


@op()
def space_to_depth(x: Array, block_size: int, data_format: str = "channels_last") -> Array:
    """Return images made smaller by turning blocks of pixels into channels: the inverse of :func:`depth_to_space`.

    Args:
        x: A batch of images.
        block_size: Height and width of a block.
        data_format: "channels_last" or "channels_first". Default "channels_last".

    Shapes:
        ``(batch, height, width, channels)``; result ``(batch, height / block, width / block,
        channels * block**2)``.

    Raises:
        ShapeError: Not four axes, or sizes that don't divide.

    >>> space_to_depth([[[[1], [2]], [[3], [4]]]], 2).tolist()
    [[[[1, 2, 3, 4]]]]
    """
    where, b = "ops.space_to_depth", block_size
    _check_blocks(where, x, block_size, data_format)
    last = data_format == "channels_last"
    h, w = x.shape[1:3] if last else x.shape[2:4]
    if h % b or w % b:
        raise ShapeError(f"{where}(x)", f"height and width that {b} divides", f"{h} x {w}")
    if last:
        n, _, _, c = x.shape
        x = xp().reshape(x, (n, h // b, b, w // b, b, c))
        return xp().reshape(xp().permute_dims(x, (0, 1, 3, 2, 4, 5)), (n, h // b, w // b, c * b**2))
    n, c, _, _ = x.shape
    x = xp().reshape(x, (n, c, h // b, b, w // b, b))
    return xp().reshape(xp().permute_dims(x, (0, 1, 3, 5, 2, 4)), (n, c * b**2, h // b, w // b))


def _check_blocks(where: str, x: Array, block_size: int, data_format: str) -> None:
    checks.integer(f"{where}(block_size=…)", block_size, least=1)
    checks.one_of(f"{where}(data_format=…)", data_format, ("channels_last", "channels_first"))
    if len(x.shape) != 4:
        raise ShapeError(f"{where}(x)", "four axes", f"shape {tuple(x.shape)}")


@op(2)
def psnr(x1: Array, x2: Array, max_val: float) -> Array:
    """Return the peak signal-to-noise ratio of two arrays, in decibels.

    ``20 log10(max_val) - 10 log10(mean((x1 - x2)^2))``

    Args:
        x1: Numbers.
        x2: Numbers of the same shape.
        max_val: Largest possible value.

    Raises:
        ShapeError: Shapes that differ.

    >>> float(psnr([0.0, 0.0], [1.0, 1.0], 10.0))
    20.0
    """
    if tuple(x1.shape) != tuple(x2.shape):
        raise ShapeError("ops.psnr(x2)", f"the shape of x1, {tuple(x1.shape)}", f"shape {tuple(x2.shape)}")
    x1, x2 = promoted_float(x1, x2)
    error = xp().mean((x1 - x2) ** 2)
    peak = xp().log10(xp().astype(to(max_val, "float32"), x1.dtype))
    return 20 * peak - 10 * xp().log10(error)
