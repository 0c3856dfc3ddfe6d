"""Fashion-MNIST: pictures of clothes."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import numpy as np
from corne.errors import FileFormatError
from numpy.typing import NDArray

from corne_data.datasets import files
from corne_data.download import get_file


def load_data() -> files.Arrays:
    """Return 60,000 pictures of clothes in 10 classes to train with and 10,000 to test with, fetched once.

    Shapes:
        ``(x_train, y_train), (x_test, y_test)``: x ``(samples, 28, 28)``, y ``(samples,)``, uint8.

    Source: Xiao, Rasul, Vollgraf 2017, https://arxiv.org/abs/1708.07747
    """
    return _part("train"), _part("t10k")


def _part(name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    return _idx(f"{name}-images-idx3-ubyte.gz", 3), _idx(f"{name}-labels-idx1-ubyte.gz", 1)


def _idx(name: str, rank: int) -> NDArray[Any]:
    """Return the bytes of an IDX file: two zeros, 8 for uint8, the rank, sizes as big-endian uint32, values."""
    path = get_file(name, files.BASE + name, cache_subdir="datasets/fashion-mnist")
    try:
        with gzip.open(path) as file:
            data = file.read()
    except (OSError, EOFError, zlib.error) as error:
        raise FileFormatError(path, "a whole gzip file", str(error)) from error
    shape = np.frombuffer(data[4 : 4 + 4 * rank], ">u4").astype(int).tolist()
    values = np.frombuffer(data[4 + 4 * rank :], "uint8")
    if data[:4] != bytes((0, 0, 8, rank)) or len(values) != np.prod(shape):
        raise FileFormatError(path, f"an IDX file of uint8 with {rank} axes", f"{len(data)} bytes")
    return values.reshape(shape).copy()
