"""Convolution and pooling, over one, two or three spatial axes.

Images have shape ``(batch, height, width, channels)`` with ``data_format="channels_last"``, and
``(batch, channels, height, width)`` with "channels_first"; with one spatial axis steps stand for height and
width, with three depth comes before them. ``data_format=None`` means ``config.image_data_format()``.

Sizes (``strides``, ``dilation_rate``, ``pool_size``) are one integer or one for each spatial axis. Padding
is "valid" (none) or "same", which makes ``ceil(size / stride)`` windows.
"""

from __future__ import annotations

from collections.abc import Sequence

from corne import backend, checks
from corne.backend import Array
from corne.errors import ShapeError
from corne.kernels import windows
from corne.operation import op
from corne.ops import add, reshape

from corne_conv.kernels import conv as conv_kernels
from corne_conv.kernels import pool as pool_kernels

Sizes = int | Sequence[int]


@op(arrays=("inputs", "kernel", "bias"))
def conv(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
    bias: Array | None = None,
) -> Array:
    """Return the convolution (cross-correlation) of images with a kernel.

    Args:
        inputs: Images.
        kernel: ``(*sizes, channels / groups, filters)``; fewer channels than the images have mean groups.
        strides: How far windows move. Default 1.
        padding: "valid" or "same". Default "valid".
        data_format: Default None.
        dilation_rate: Distance of the places in a window. Default 1.
        bias: ``(filters,)``, added to every place; engines do that while they write the result. Default
            None, nothing.

    Raises:
        ShapeError: The kernel is larger than the images or does not fit their channels or rank.

    >>> conv([[[1.0], [2.0], [3.0]]], [[[1.0]], [[1.0]]]).tolist()
    [[[3.0], [5.0]]]
    """
    at = windows.check_windows(
        "conv", inputs, kernel.shape[:-2], strides, padding, data_format, dilation_rate
    )
    windows.check_kernel("conv", inputs, kernel, at.data_format)
    outputs = conv_kernels.conv(backend.active().xp, inputs, kernel, *at[1:])
    if bias is None:
        return outputs
    if at.data_format == "channels_first":
        bias = reshape(bias, (-1,) + (1,) * len(at.sizes))
    return add(outputs, bias)


@op(arrays=2)
def depthwise_conv(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Array:
    """Return the convolution of each channel with its own kernels.

    Args:
        inputs: Images.
        kernel: ``(*sizes, channels, multiplier)``; the result has ``channels * multiplier`` channels.
        strides: How far windows move. Default 1.
        padding: "valid" or "same". Default "valid".
        data_format: Default None.
        dilation_rate: Distance of the places in a window. Default 1.

    Raises:
        ShapeError: The kernel is larger than the images or does not fit their channels or rank.

    >>> depthwise_conv([[[1.0, 2.0], [3.0, 4.0]]], [[[1.0], [10.0]], [[1.0], [10.0]]]).tolist()
    [[[4.0, 60.0]]]
    """
    at = windows.check_windows(
        "depthwise_conv", inputs, kernel.shape[:-2], strides, padding, data_format, dilation_rate
    )
    channels = inputs.shape[windows.channel_axis(at.data_format)]
    if kernel.shape[-2] != channels:
        raise ShapeError(
            "ops.depthwise_conv", f"a kernel for {channels} channels", f"shape {tuple(kernel.shape)}",
            "Its last but one axis is the images' channels.",
        )  # fmt: skip
    return conv_kernels.depthwise_conv(backend.active().xp, inputs, kernel, *at[1:])


def separable_conv(
    inputs: Array,
    depthwise_kernel: Array,
    pointwise_kernel: Array,
    strides: Sizes = 1,
    padding: str = "valid",
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Array:
    """Return a convolution of each channel, and then one that mixes the channels at each place.

    Args:
        inputs: Images.
        depthwise_kernel: ``(*sizes, channels, multiplier)``.
        pointwise_kernel: ``(1, ..., channels * multiplier, filters)``.
        strides: How far windows move. Default 1.
        padding: "valid" or "same". Default "valid".
        data_format: Default None.
        dilation_rate: Distance of the places in a window. Default 1.

    >>> separable_conv([[[1.0, 2.0]]], [[[1.0], [10.0]]], [[[1.0], [1.0]]]).tolist()
    [[[21.0]]]
    """
    apart = depthwise_conv(inputs, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return conv(apart, pointwise_kernel, 1, "valid", data_format, 1)


@op(arrays=2)
def conv_transpose(
    inputs: Array,
    kernel: Array,
    strides: Sizes = 1,
    padding: str = "valid",
    output_padding: Sizes | None = None,
    data_format: str | None = None,
    dilation_rate: Sizes = 1,
) -> Array:
    """Return the transposed convolution, which enlarges images by ``strides``.

    Args:
        inputs: Images.
        kernel: ``(*sizes, filters, channels)``.
        strides: How far apart the input's places are in the result. Default 1.
        padding: "valid" or "same". Default "valid".
        output_padding: Places added behind. Default None: with "same" as many as give ``size * stride``.
        data_format: Default None.
        dilation_rate: Distance of the places in a window. Default 1.

    Raises:
        ShapeError: The kernel does not fit the images' channels or rank.

    >>> conv_transpose([[[1.0], [2.0]]], [[[1.0]], [[10.0]]], strides=2).tolist()
    [[[1.0], [10.0], [2.0], [20.0]]]
    """
    where = "ops.conv_transpose"
    rank = len(kernel.shape) - 2
    data_format = checks.data_format(f"{where}(data_format=…)", data_format)
    extra = None
    if output_padding is not None:
        extra = windows.as_sizes(f"{where}(output_padding=…)", output_padding, rank, least=0)
    strides = windows.as_sizes(f"{where}(strides=…)", strides, rank)
    padding = windows.as_padding(f"{where}(padding=…)", padding)
    dilation_rate = windows.as_sizes(f"{where}(dilation_rate=…)", dilation_rate, rank)
    channels = inputs.shape[windows.channel_axis(data_format)]
    if len(inputs.shape) != rank + 2 or kernel.shape[-1] != channels:
        raise ShapeError(
            where, f"a kernel for {channels} channels and {len(inputs.shape) - 2} spatial axes",
            f"shape {tuple(kernel.shape)}", "Its last axis is the images' channels, the one before the filters.",
        )  # fmt: skip
    return conv_kernels.conv_transpose(
        backend.active().xp, inputs, kernel, strides, padding, extra, data_format, dilation_rate
    )


@op()
def max_pool(
    inputs: Array,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the largest value in each window; what "same" adds never counts.

    Args:
        inputs: Images.
        pool_size: Size of a window.
        strides: How far windows move. Default None: ``pool_size``.
        padding: "valid" or "same". Default "valid".
        data_format: Default None.

    Raises:
        ShapeError: A window is larger than the images.

    >>> max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[3.0], [2.0]]]
    """
    at = windows.check_pool("max_pool", inputs, pool_size, strides, padding, data_format)
    return pool_kernels.max_pool(backend.active().xp, inputs, *at[:-1])


@op()
def average_pool(
    inputs: Array,
    pool_size: Sizes,
    strides: Sizes | None = None,
    padding: str = "valid",
    data_format: str | None = None,
) -> Array:
    """Return the mean of each window; what "same" adds never counts.

    Args:
        inputs: Images.
        pool_size: Size of a window.
        strides: How far windows move. Default None: ``pool_size``.
        padding: "valid" or "same". Default "valid".
        data_format: Default None.

    Raises:
        ShapeError: A window is larger than the images.

    >>> average_pool([[[1.0], [3.0], [2.0]]], 2, padding="same").tolist()
    [[[2.0], [2.0]]]
    """
    at = windows.check_pool("average_pool", inputs, pool_size, strides, padding, data_format)
    return pool_kernels.average_pool(backend.active().xp, inputs, *at[:-1])


@op()
def adaptive_max_pool(inputs: Array, output_size: Sizes, data_format: str | None = None) -> Array:
    """Return the largest values of ``output_size`` windows that cover the images evenly.

    Args:
        inputs: Images.
        output_size: Number of windows along each spatial axis.
        data_format: Default None.

    >>> adaptive_max_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[3.0], [2.0]]]
    """
    xp = backend.active().xp
    data_format = checks.data_format("ops.adaptive_max_pool(data_format=…)", data_format)
    counts = windows.as_sizes("ops.adaptive_max_pool(output_size=…)", output_size, len(inputs.shape) - 2)
    return pool_kernels.adaptive_pool(xp, xp.max, inputs, counts, data_format)


@op()
def adaptive_average_pool(inputs: Array, output_size: Sizes, data_format: str | None = None) -> Array:
    """Return the means of ``output_size`` windows that cover the images evenly.

    Args:
        inputs: Images.
        output_size: Number of windows along each spatial axis.
        data_format: Default None.

    >>> adaptive_average_pool([[[1.0], [3.0], [2.0], [0.0]]], 2).tolist()
    [[[2.0], [1.0]]]
    """
    xp = backend.active().xp
    data_format = checks.data_format("ops.adaptive_average_pool(data_format=…)", data_format)
    counts = windows.as_sizes("ops.adaptive_average_pool(output_size=…)", output_size, len(inputs.shape) - 2)
    return pool_kernels.adaptive_pool(xp, xp.mean, inputs, counts, data_format)
