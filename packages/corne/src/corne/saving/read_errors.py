"""Turn errors of the libraries that read files into Corne's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corne.errors import CorneError, FileFormatError

#: What a reader does with a defect in a file: raise it, or record it and continue with the rest.
Problem = Callable[[FileFormatError], None]


def raise_problem(error: FileFormatError) -> None:
    """Raise the error: the default of readers."""
    raise error


@contextmanager
def wrap_read_errors(where: str, expected: str) -> Iterator[None]:
    """Raise one kind of error for whatever a library raises about bytes inside the block.

    This catches every exception: zipfile, h5py and NumPy raise more than a dozen kinds on damaged files,
    ``tokenize.TokenError`` among them. Keep the block to calls that read.

    Args:
        where: The file, and the member in it.
        expected: What should be there.

    Raises:
        FileFormatError: Reading failed.
    """
    try:
        yield
    except CorneError:
        raise
    except Exception as error:
        reason = str(error) or type(error).__name__
        raise FileFormatError(where, expected, reason, "The file is damaged or of another kind.") from error


def exceeds_stored_size(declared: int, stored: int) -> bool:
    """Return whether data declares far more bytes than the file stores for it.

    The limit is 64 MiB, and 100 times the stored bytes above that. Trained weights compress by half at most.
    """
    return declared > 64 * 2**20 and declared > 100 * stored
