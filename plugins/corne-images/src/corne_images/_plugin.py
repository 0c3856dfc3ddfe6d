"""What corne-images registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_readers() -> dict[str, str]:
    """Return the endings of image files that Pillow decodes."""
    endings = ".bmp .gif .jpeg .jpg .png .tif .tiff .webp"
    return dict.fromkeys(endings.split(), "corne_images.readers:read_image")
