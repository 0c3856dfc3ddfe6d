"""Resizing of images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F

from corne_torch.kernels._table import kernel
from corne_torch.kernels.windows import from_first, resolve, to_first

#: "nearest" looks at pixel centres, which PyTorch calls exact.
_MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}


@kernel("image.resize")
def resize(
    images: torch.Tensor,
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> Any:
    """Return floating images in another size; cropping, margins and the rest are the default's."""
    form = resolve(data_format)
    plain = not crop_to_aspect_ratio and not pad_to_aspect_ratio and fill_mode == "constant"
    sizes = tuple(size) if isinstance(size, (tuple, list)) else ()
    good = len(sizes) == 2 and all(type(n) is int and n > 0 for n in sizes) and interpolation in _MODES
    known = form in ("channels_last", "channels_first")
    if (
        not (plain and good and known)
        or images.ndim != 4
        or images.dtype not in (torch.float32, torch.float64)
    ):
        return NotImplemented
    antialias = antialias and interpolation != "nearest"
    x = F.interpolate(to_first(images, form), sizes, mode=_MODES[interpolation], antialias=antialias)
    return from_first(x, 4, form)
