"""Images as a batch with channels last, which operations on images compute with."""

from __future__ import annotations

from corne.backend import Array
from corne.checks import data_format as as_data_format
from corne.errors import DTypeError, ShapeError
from corne.operation import dtype_of, to, xp


def check_images(where: str, images: Array, data_format: str | None) -> str:
    """Return the data format of images after checking that they have three or four axes."""
    form = as_data_format(f"{where}(data_format=…)", data_format)
    if len(images.shape) not in (3, 4):
        raise ShapeError(
            f"{where}(images)",
            "three axes for one image or four for a batch",
            f"shape {tuple(images.shape)}",
        )
    return form


def to_batch(images: Array, data_format: str) -> Array:
    """Return images as ``(batch, height, width, channels)``."""
    if len(images.shape) == 3:
        images = xp().expand_dims(images, axis=0)
    return images if data_format == "channels_last" else xp().permute_dims(images, (0, 2, 3, 1))


def from_batch(images: Array, rank: int, data_format: str) -> Array:
    """Return ``(batch, height, width, channels)`` in a data format, without the batch axis for rank 3."""
    if data_format == "channels_first":
        images = xp().permute_dims(images, (0, 3, 1, 2))
    return images if rank == 4 else images[0, ...]


def channels_axis(data_format: str) -> int:
    """Return where the channels stand, counted from the end so that one image needs no other rule."""
    return -1 if data_format == "channels_last" else -3


def check_channels(where: str, images: Array, data_format: str, allowed: tuple[int, ...]) -> None:
    """Refuse images of another number of channels."""
    count = images.shape[channels_axis(data_format)]
    if count not in allowed:
        raise ShapeError(
            f"{where}(images)", " or ".join(map(str, allowed)) + " channels", f"{count} channels in shape "
            f"{tuple(images.shape)} ({data_format})", "Set data_format if the channels are on another axis.",
        )  # fmt: skip


def check_float(where: str, images: Array) -> None:
    """Refuse images of integers."""
    dtype = dtype_of(images)
    if "float" not in dtype:
        raise DTypeError(
            f"{where}(images)", "a floating dtype", dtype, "Convert them: ops.cast(images, 'float32') / 255."
        )


def planes(images: Array, data_format: str) -> list[Array]:
    """Return the channels of images, each without the channels axis."""
    axis = channels_axis(data_format)
    count = images.shape[axis]
    after = (slice(None),) * (-axis - 1)
    return [images[(..., i, *after)] for i in range(count)]


def wide(x: Array) -> Array:
    """Return ``x`` in a dtype fit for coordinates and weights: float32, or float64 if it is that."""
    return to(x, "float64" if dtype_of(x) == "float64" else "float32")
