"""Turn errors of the libraries that read files into Corne's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corne.errors import CorneError, FileFormatError

#: Handles a defect in a file: raises it, or records it and returns.
Problem = Callable[[FileFormatError], None]


def raise_problem(error: FileFormatError) -> None:
    """Raise the error: the default of readers."""
    raise error


@contextmanager
def wrap_read_errors(where: str, expected: str) -> Iterator[None]:
    """Turn whatever a library raises inside the block into one kind of error.

    This catches every exception: zipfile, h5py and NumPy raise more than a dozen kinds on corrupt files,
    ``tokenize.TokenError`` among them. Keep the block to calls that read.

    Args:
        where: The file, and the member in it.
        expected: The expected content.

    Raises:
        FileFormatError: Reading failed.
    """
    try:
        yield
    except CorneError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise FileFormatError(
            where, expected, reason, "The file is corrupt or has another format."
        ) from error


def exceeds_stored_size(declared: int, stored: int) -> bool:
    """Return whether data declares far more bytes than the file stores for it.

    The limit is 64 MiB, and 100 times the stored bytes above that. Trained weights compress by half at most.
    """
    return declared > 64 * 2**20 and declared > 100 * stored
