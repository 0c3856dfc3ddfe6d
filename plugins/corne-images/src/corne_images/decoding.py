"""From an image file to Pillow's image, or to an error that names the file."""

from __future__ import annotations

import io
import os
import warnings
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, DTypeError, FileFormatError
from PIL import Image, UnidentifiedImageError

#: Pillow's modes of each color mode that users name.
MODES = {"rgb": "RGB", "rgba": "RGBA", "grayscale": "L"}

_DEEP = ("I", "F", "I;16", "I;16B", "I;16L", "I;16N")


def check_color_mode(where: str, color_mode: Any) -> str:
    """Return ``color_mode`` after checking that it is "rgb", "rgba" or "grayscale"."""
    if color_mode not in MODES:
        raise ArgumentError(where, " or ".join(map(repr, MODES)), repr(color_mode))
    return str(color_mode)


def source_name(source: Any) -> str:
    """Return what an error calls a source: its path, or ``<bytes>``."""
    if isinstance(source, bytes):
        return os.fsdecode(source)
    return str(source) if isinstance(source, (str, os.PathLike)) else "<bytes>"


def read_bytes(source: Any) -> bytes:
    """Return the bytes of a path or of an open binary file.

    Raises:
        DTypeError: ``source`` is neither.
        FileNotFoundError: There is no such file.
    """
    if isinstance(source, (str, bytes, os.PathLike)):
        return Path(os.fsdecode(source)).read_bytes()
    if hasattr(source, "read"):
        data: bytes = source.read()
        return data
    raise DTypeError("path", "a path or an open binary file", f"a {type(source).__name__}")


def decode(
    data: bytes, name: str, color_mode: str = "rgb", *, frame: int | None = None, deep: bool = False
) -> Image.Image:
    """Return the image that ``data`` holds, converted to ``color_mode`` and fully loaded.

    Args:
        data: The file's content.
        name: What errors call it.
        color_mode: "rgb", "rgba" or "grayscale". Default "rgb".
        frame: Which frame of an animated image to take, from 0. Default None: an animated image is an error.
        deep: Whether a grayscale image with more than 8 bits per pixel is returned as it is. Default False:
            it is an error.

    Raises:
        FileFormatError: Not an image, or truncated, animated, empty, in CMYK, or with more than 8 bits for
            each channel.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        raise FileFormatError(name, "an image that Pillow can read", _described(data)) from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileFormatError(name, "an image that Pillow can read", f"{error}") from error
    frames = int(getattr(image, "n_frames", 1))
    if frames > 1:
        if frame is None:
            raise FileFormatError(
                name, "a single image", f"{frames} frames",
                "Pass frame=0 to the reader for the first one, or save the frames as files of their own.",
            )  # fmt: skip
        if not 0 <= frame < frames:
            raise FileFormatError(name, f"frame={frame}", f"an image with {frames} frames")
        image.seek(frame)
    if 0 in image.size:
        raise FileFormatError(name, "an image with pixels", f"{image.width} x {image.height}")
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise FileFormatError(
            name,
            "a complete image",
            f"a truncated or corrupt one ({error})",
            "Fetch or write the file again.",
        ) from error
    if image.mode == "CMYK":
        raise FileFormatError(
            name, "an image in RGB or gray", "one in CMYK",
            "Convert it with its color profile; a plain conversion gives wrong colors.",
        )  # fmt: skip
    if image.mode in _DEEP:
        if deep and color_mode == "grayscale":
            return image
        raise FileFormatError(
            name, "8 bits for each channel", f"more of them (Pillow's mode {image.mode!r})",
            'Read it as load_img(path, color_mode="grayscale") and scale it, or save it with 8 bits.',
        )  # fmt: skip
    mode = MODES[color_mode]
    return image if image.mode == mode else image.convert(mode)


def _described(data: bytes) -> str:
    return f"{len(data)} bytes that start with {data[:8]!r}" if data else "an empty file"
