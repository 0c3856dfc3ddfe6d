"""The files that data sets are in, and what is common to reading them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from corne import checks
from corne.errors import FileFormatError
from numpy.typing import NDArray

from corne_data.download import get_file

Arrays: TypeAlias = tuple[tuple[NDArray[Any], NDArray[Any]], tuple[NDArray[Any], NDArray[Any]]]

#: Where the files are.
BASE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"

#: SHA-256 of each file.
HASHES = {
    "boston_housing.npz": "f553886a1f8d56431e820c5b82552d9d95cfcb96d1e678153f8839538947dff5",
    "california_housing.npz": "1a2e3a52e0398de6463aebe6f4a8da34fb21fbb6b934cf88c3425e766f2a1a6f",
    "mnist.npz": "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
}


def npz_arrays(path: str, name: str, members: Sequence[str]) -> list[NDArray[Any]]:
    """Return arrays of an ``.npz`` file, which is fetched if it isn't there; pickles in it are refused.

    Args:
        path: Name on disk.
        name: The published name.
        members: Names of the arrays.
    """
    found = get_file(path, BASE + name, file_hash=HASHES[name])
    try:
        with np.load(found, allow_pickle=False) as file:
            return [file[member] for member in members]
    except (KeyError, ValueError, OSError) as error:
        raise FileFormatError(found, f"arrays {', '.join(members)}", str(error)) from error


def shuffled_split(where: str, x: NDArray[Any], y: NDArray[Any], test_split: float, seed: int) -> Arrays:
    """Return samples in an order that ``seed`` decides, the last share of them as the test set."""
    share = checks.number(f"{where}(test_split=…)", test_split, 0, below=1)
    order = np.arange(len(x))
    np.random.RandomState(checks.integer(f"{where}(seed=…)", seed, 0, 2**32 - 1)).shuffle(order)
    first = int(len(x) * (1 - share))
    return (x[order[:first]], y[order[:first]]), (x[order[first:]], y[order[first:]])
