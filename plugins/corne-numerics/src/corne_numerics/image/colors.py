"""Conversions between color spaces."""

from __future__ import annotations

from corne.backend import Array
from corne.operation import dtype_of, op, to, xp

from corne_numerics.image._batch import channels_axis, check_channels, check_float, check_images, planes


@op()
def rgb_to_grayscale(images: Array, data_format: str | None = None) -> Array:
    """Return the brightness of RGB images, in one channel.

    ``0.2989 * red + 0.587 * green + 0.114 * blue``, cut to an integer where the images hold integers.

    Args:
        images: RGB images, or images of one channel, which stay as they are.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; result the same with 1 channel.

    Raises:
        ShapeError: Another number of axes, or neither one nor three channels.

    Source: ITU-R BT.601, section 2.5.1, https://www.itu.int/rec/R-REC-BT.601

    >>> rgb_to_grayscale([[[255.0, 0.0, 0.0]]], data_format="channels_last").shape == (1, 1, 1)
    True
    """
    form = check_images("ops.image.rgb_to_grayscale", images, data_format)
    check_channels("ops.image.rgb_to_grayscale", images, form, (1, 3))
    if images.shape[channels_axis(form)] == 1:
        return images
    dtype = dtype_of(images)
    red, green, blue = planes(images if "float" in dtype else to(images, "float32"), form)
    gray = 0.2989 * red + 0.587 * green + 0.114 * blue
    return to(xp().expand_dims(gray, axis=channels_axis(form)), dtype)


@op()
def rgb_to_hsv(images: Array, data_format: str | None = None) -> Array:
    """Convert RGB images to hue, saturation and value.

    ``value = max(r, g, b)``, ``saturation = (value - min(r, g, b)) / value``, and hue is the place on the
    color circle, red 0, green 1/3, blue 2/3. Where saturation is 0, so is hue.

    Args:
        images: RGB images of a floating dtype, in 0 to 1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, 3)`` or without the batch axis; result the same.

    Raises:
        ShapeError: Another number of axes or of channels.
        DTypeError: Images of integers.

    Source: Color Gamut Transform Pairs, Smith 1978, https://doi.org/10.1145/965139.807361

    >>> rgb_to_hsv([[[0.0, 0.0, 0.5]]], data_format="channels_last")[0, 0, 1:].tolist()
    [1.0, 0.5]
    """
    form = check_images("ops.image.rgb_to_hsv", images, data_format)
    check_float("ops.image.rgb_to_hsv", images)
    check_channels("ops.image.rgb_to_hsv", images, form, (3,))
    space = xp()
    one = to(1.0, dtype_of(images))
    zero = to(0.0, dtype_of(images))
    tiny = float(space.finfo(images.dtype).eps)
    red, green, blue = planes(space.where(space.abs(images) < tiny, zero, images), form)
    value = space.maximum(space.maximum(red, green), blue)
    spread = value - space.minimum(space.minimum(red, green), blue)
    colored = spread > 0
    saturation = space.where(value > 0, spread / space.where(value > 0, value, one), zero)
    sixth = 1.0 / (6.0 * space.where(colored, spread, one))
    hue = space.where(value == green, sixth * (blue - red) + 2.0 / 6.0, sixth * (red - green) + 4.0 / 6.0)
    hue = space.where(value == red, sixth * (green - blue), hue)
    hue = space.where(colored, hue, zero)
    hue = space.where(hue < 0, hue + 1.0, hue)
    return space.stack([hue, saturation, value], axis=channels_axis(form))


@op()
def hsv_to_rgb(images: Array, data_format: str | None = None) -> Array:
    """Convert images of hue, saturation and value to RGB.

    Args:
        images: Images of a floating dtype, in 0 to 1. Hue is periodic.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, 3)`` or without the batch axis; result the same.

    Raises:
        ShapeError: Another number of axes or of channels.
        DTypeError: Images of integers.

    Source: Color Gamut Transform Pairs, Smith 1978, https://doi.org/10.1145/965139.807361

    >>> hsv_to_rgb([[[0.0, 1.0, 0.5]]], data_format="channels_last").tolist()
    [[[0.5, 0.0, 0.0]]]
    """
    form = check_images("ops.image.hsv_to_rgb", images, data_format)
    check_float("ops.image.hsv_to_rgb", images)
    check_channels("ops.image.hsv_to_rgb", images, form, (3,))
    space = xp()
    hue, saturation, value = planes(images, form)
    place = (hue - space.floor(hue)) * 6.0
    shares = (
        space.clip(space.abs(place - 3.0) - 1.0, 0.0, 1.0),
        space.clip(2.0 - space.abs(place - 2.0), 0.0, 1.0),
        space.clip(2.0 - space.abs(place - 4.0), 0.0, 1.0),
    )
    colors = [value * ((1.0 - saturation) + saturation * share) for share in shares]
    return space.stack(colors, axis=channels_axis(form))
