"""Images cut and with margins."""

from __future__ import annotations

from corne.backend import Array
from corne.errors import ArgumentError
from corne.operation import op, xp

from corne_numerics.image._batch import check_images


@op()
def crop_images(
    images: Array,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Cut images at their borders.

    Of top, bottom and target height exactly two are given, and of left, right and target width.

    Args:
        images: One image or a batch.
        top_cropping: Pixels to cut at the top.
        left_cropping: Pixels to cut at the left.
        bottom_cropping: Pixels to cut at the bottom.
        right_cropping: Pixels to cut at the right.
        target_height: Height of the result, in pixels.
        target_width: Width of the result, in pixels.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis.

    Raises:
        ArgumentError: Not two of three given, or a negative number follows.
        ShapeError: Another number of axes.

    >>> import numpy as np
    >>> image = np.arange(6.0).reshape(2, 3, 1)
    >>> cut = crop_images(image, 1, 0, 0, target_width=2, data_format="channels_last")
    >>> cut[..., 0].tolist()
    [[3.0, 4.0]]
    """
    form = check_images("ops.image.crop_images", images, data_format)
    first = len(images.shape) - (3 if form == "channels_last" else 2)
    sides = (
        ("top_cropping", top_cropping, "bottom_cropping", bottom_cropping, "target_height", target_height),
        ("left_cropping", left_cropping, "right_cropping", right_cropping, "target_width", target_width),
    )
    index: list[slice] = [slice(None)] * len(images.shape)
    for axis, side in enumerate(sides, start=first):
        before, _, target = _third("crop_images", side, images.shape[axis], -1)
        index[axis] = slice(before, before + target)
    return images[tuple(index)]


@op()
def pad_images(
    images: Array,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: str | None = None,
) -> Array:
    """Add margins of zeros to images.

    Of top, bottom and target height exactly two are given, and of left, right and target width.

    Args:
        images: One image or a batch.
        top_padding: Pixels to add at the top.
        left_padding: Pixels to add at the left.
        bottom_padding: Pixels to add at the bottom.
        right_padding: Pixels to add at the right.
        target_height: Height of the result, in pixels.
        target_width: Width of the result, in pixels.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis.

    Raises:
        ArgumentError: Not two of three given, or a negative number follows.
        ShapeError: Another number of axes.

    >>> padded = pad_images([[[7.0]]], 0, 1, target_height=1, target_width=3, data_format="channels_last")
    >>> padded[..., 0].tolist()
    [[0.0, 7.0, 0.0]]
    """
    form = check_images("ops.image.pad_images", images, data_format)
    space = xp()
    first = len(images.shape) - (3 if form == "channels_last" else 2)
    sides = (
        ("top_padding", top_padding, "bottom_padding", bottom_padding, "target_height", target_height),
        ("left_padding", left_padding, "right_padding", right_padding, "target_width", target_width),
    )
    x = images
    for axis, side in enumerate(sides, start=first):
        before, after, _ = _third("pad_images", side, x.shape[axis], 1)
        shape = x.shape
        blocks = [space.zeros((*shape[:axis], n, *shape[axis + 1 :]), dtype=x.dtype) for n in (before, after)]
        x = space.concat([blocks[0], x, blocks[1]], axis=axis)
    return x


def _third(name: str, side: tuple[object, ...], size: int, sign: int) -> tuple[int, int, int]:
    """Return what stands before, what behind, and the new size, from two of them."""
    first, before, second, after, third, target = side
    given = {str(first): before, str(second): after, str(third): target}
    where = f"ops.image.{name}"
    if sum(value is not None for value in given.values()) != 2:
        raise ArgumentError(where, f"exactly two of {', '.join(given)}", str(given))
    if any(not isinstance(v, int) or isinstance(v, bool) for v in given.values() if v is not None):
        raise ArgumentError(where, f"integers for {', '.join(given)}", str(given))
    numbers = {key: int(str(value)) for key, value in given.items() if value is not None}
    if str(third) not in numbers:
        numbers[str(third)] = size + sign * sum(numbers.values())
    missing = first if str(first) not in numbers else second
    if str(missing) not in numbers:
        known = numbers[str(first if missing == second else second)]
        numbers[str(missing)] = sign * (numbers[str(third)] - size) - known
    b, a, t = (numbers[str(key)] for key in (first, second, third))
    if min(b, a, t) < 0:
        raise ArgumentError(
            where, "numbers that fit an image", f"{first}={b}, {second}={a}, {third}={t} for a size of {size}"
        )
    return b, a, t
