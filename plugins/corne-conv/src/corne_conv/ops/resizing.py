"""Operations on images: ``corne.ops.image``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from corne import backend, checks
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.kernels import windows
from corne.operation import op

from corne_conv.kernels.conv import channels_from_last, channels_to_last, pad
from corne_conv.kernels.resize import resize as resized


@op()
def resize(
    images: Array,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Array:
    """Return images in another size.

    Args:
        images: ``(batch, height, width, channels)``, or one image without the batch axis;
            ``(batch, channels, height, width)`` with "channels_first".
        size: New height and width.
        interpolation: "nearest", "bilinear" or "bicubic". Default "bilinear".
        antialias: Whether all pixels count when images are made smaller. Default False.
        crop_to_aspect_ratio: Whether to cut the images to the new ratio of height and width first, instead
            of distorting them. Default False.
        pad_to_aspect_ratio: Whether to add margins instead. Default False.
        fill_mode: Must be "constant".
        fill_value: Value of the margins. Default 0.
        data_format: Default None: ``config.image_data_format()``.

    Raises:
        ArgumentError: An unknown interpolation or fill mode, or both cropping and padding.
        ShapeError: ``images`` have neither three nor four axes.

    >>> resize([[[1.0], [3.0]]], (1, 4), data_format="channels_last").tolist()
    [[[1.0], [1.5], [2.5], [3.0]]]
    """
    data_format = checks.data_format("ops.image.resize(data_format=…)", data_format)
    new_sizes = windows.as_sizes("ops.image.resize(size=…)", size, 2)
    for argument, value, allowed in (
        ("interpolation", interpolation, ("nearest", "bilinear", "bicubic")),
        ("fill_mode", fill_mode, ("constant",)),
    ):
        if value not in allowed:
            raise ArgumentError(
                f"ops.image.resize({argument}=…)",
                " or ".join(map(repr, allowed)),
                repr(value),
                "Use one of these.",
            )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError(
            "ops.image.resize(…)",
            "crop_to_aspect_ratio or pad_to_aspect_ratio",
            "both",
        )
    rank = len(images.shape)
    if rank not in (3, 4):
        raise ShapeError(
            "ops.image.resize(images)", "three or four axes", f"shape {tuple(images.shape)}",
            "Pass (batch, height, width, channels).",
        )  # fmt: skip
    engine = backend.active()
    xp = engine.xp
    dtype = engine.dtype_name(images)
    x = engine.cast(
        images if rank == 4 else images[None, ...], "float64" if dtype == "float64" else "float32"
    )
    x = channels_to_last(xp, x, data_format)
    if crop_to_aspect_ratio:
        x = _crop(x, new_sizes)
    elif pad_to_aspect_ratio:
        x = _pad(xp, x, new_sizes, fill_value)

    def asarray(matrix: np.ndarray) -> Array:
        return engine.asarray(matrix, engine.dtype_name(x))

    x = resized(xp, asarray, x, new_sizes, interpolation, antialias)
    x = _cast_back(xp, channels_from_last(xp, x, data_format), dtype)
    return x if rank == 4 else x[0, ...]


def _cast_back(xp: object, x: Array, dtype: str) -> Array:
    engine = backend.active()
    if "int" in dtype:
        limits = np.iinfo(dtype)
        x = engine.xp.clip(engine.xp.round(x), float(limits.min), float(limits.max))
    return engine.cast(x, dtype)


def _crop(x: Array, new_sizes: Sequence[int]) -> Array:
    height, width = x.shape[1:3]
    new_height, new_width = new_sizes
    kept = (
        max(min(height, width * new_height // new_width), 1),
        max(min(width, height * new_width // new_height), 1),
    )
    top, left = (height - kept[0]) // 2, (width - kept[1]) // 2
    return x[:, top : top + kept[0], left : left + kept[1], :]


def _pad(xp: object, x: Array, new_sizes: Sequence[int], value: float) -> Array:
    height, width = x.shape[1:3]
    new_height, new_width = new_sizes
    full = max(height, width * new_height // new_width), max(width, height * new_width // new_height)
    top, left = (full[0] - height) // 2, (full[1] - width) // 2
    return pad(xp, x, [(0, 0), (top, top), (left, left), (0, 0)], value)
