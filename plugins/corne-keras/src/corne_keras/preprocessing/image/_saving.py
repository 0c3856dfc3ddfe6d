"""Transformed images written to a folder, to look at."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from corne import preprocessing
from numpy.typing import NDArray


def save_images(
    images: Iterable[NDArray[Any]],
    numbers: Iterable[int],
    folder: str | PathLike[str],
    prefix: str,
    file_format: str,
    data_format: str,
    most: int,
) -> None:
    """Write each image as ``prefix_number_random.format``; ``most`` limits the random part, as in Keras."""
    for pixels, number in zip(images, numbers):
        image = preprocessing.image.array_to_img(pixels, data_format, scale=True)
        image.save(Path(folder) / f"{prefix}_{number}_{np.random.randint(most)}.{file_format}")
