"""image_dataset_from_directory: a folder of pictures as a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError
from corne.plugins import registry
from numpy.typing import NDArray

from corne_data.from_directory.index import Request
from corne_data.timeseries import FORMATS

_NAME = "image_dataset_from_directory"
_ENDINGS = (".bmp", ".gif", ".jpeg", ".jpg", ".png")


def image_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    color_mode: str = "rgb",
    batch_size: int | None = 32,
    image_size: int | Sequence[int] = (256, 256),
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    interpolation: str = "bilinear",
    follow_links: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    data_format: str | None = None,
    format: str = "tf",
    verbose: bool = True,
    on_error: str = "raise",
) -> Any:
    """Return the pictures below a folder, one class for each folder in it.

    Args:
        directory: The folder.
        labels: "inferred" from the folders, None, or a list of integers in the order of the sorted paths.
            Default "inferred".
        label_mode: "int" for int32, "categorical" for one-hot vectors, "binary" for 0.0 and 1.0 of shape
            ``(batch, 1)``, or None for no labels. Default "int".
        class_names: Folders to use, in the order of their numbers. Default None: all, sorted; not hidden ones.
        color_mode: "rgb", "rgba" or "grayscale". Default "rgb".
        batch_size: Pictures in a batch; None for single ones. Default 32.
        image_size: Height and width to resize to, or one number for both. Default (256, 256).
        shuffle: Whether each epoch has an order of its own, over all pictures. Default True.
        seed: Decides the orders and the split. Default None: drawn from Python's ``random``.
        validation_split: Share of the files that is held back, the last ones of the drawn order. Default None.
        subset: "training", "validation", or "both" for a list of two data sets. Default None: all files.
        interpolation: "bilinear", "nearest" or "bicubic", without antialiasing. Default "bilinear".
        follow_links: Whether to enter folders that are links. Default False.
        crop_to_aspect_ratio: Whether to cut pictures to the new ratio. Default False: they are distorted.
        pad_to_aspect_ratio: Whether to add black margins instead. Default False.
        data_format: "channels_last" or "channels_first". Default: the configured one.
        format: "tf" or "grain"; a :class:`~corne.utils.Dataset` either way. Default "tf".
        verbose: Whether to print the number of files and classes. Default True.
        on_error: "raise" when a file can't be read, or "skip" to leave it out and list it in ``skipped``.
            Default "raise".

    Shapes:
        a batch ``(batch, height, width, channels)``, float32 from 0 to 255, with its labels.

    Raises:
        ArgumentError: An invalid argument, or a class without a folder.
        DataError: No files, or labels of another length.
        FileFormatError: While reading: a file that isn't a picture. It names the file.
        UnknownNameError: No plugin reads pictures; install ``corne-images``.
    """
    checks.one_of(f"{_NAME}(format=…)", format, FORMATS)
    checks.one_of(f"{_NAME}(color_mode=…)", color_mode, ("rgb", "rgba", "grayscale"))
    kind = checks.one_of(
        f"{_NAME}(interpolation=…)", interpolation.lower(), ("bilinear", "nearest", "bicubic")
    )
    if crop_to_aspect_ratio and pad_to_aspect_ratio:
        raise ArgumentError(f"{_NAME}(…)", "crop_to_aspect_ratio or pad_to_aspect_ratio", "both")
    pair = (image_size, image_size) if isinstance(image_size, int) else image_size
    if not isinstance(pair, (list, tuple)) or len(pair) != 2:
        raise ArgumentError(f"{_NAME}(image_size=…)", "height and width", repr(image_size))
    size = tuple(checks.integer(f"{_NAME}(image_size=…)", length, 1) for length in pair)
    channels_first = checks.data_format(f"{_NAME}(data_format=…)", data_format) == "channels_first"

    def read(path: str, **options: Any) -> NDArray[Any]:
        pixels = registry.get("readers", os.path.splitext(path)[1].lower())(path, **options)
        pixels = pixels.astype("float32", copy=False)
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)) if channels_first else pixels

    for ending in _ENDINGS:
        registry.get("readers", ending)
    request = Request(
        _NAME, os.fspath(directory), labels, label_mode, class_names, shuffle, seed, validation_split, subset,
        follow_links, verbose,
    )  # fmt: skip
    return request.datasets(
        _ENDINGS, read, on_error, lambda dataset: dataset if batch_size is None else dataset.batch(batch_size),
        color_mode=color_mode, size=size, interpolation=kind, crop_to_aspect_ratio=crop_to_aspect_ratio,
        pad_to_aspect_ratio=pad_to_aspect_ratio,
    )  # fmt: skip
