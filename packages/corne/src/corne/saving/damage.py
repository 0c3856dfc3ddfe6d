"""Errors of the libraries that read files, as Corne's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from corne.errors import CorneError, FileFormatError

#: What a reader does with something wrong in a file: raise it, or note it and go on with the rest.
Problem = Callable[[FileFormatError], None]


def refuse(error: FileFormatError) -> None:
    """Raise the error; what readers do unless told otherwise."""
    raise error


@contextmanager
def reading(where: str, expected: str) -> Iterator[None]:
    """Turn whatever a library raises about bytes inside the block into one error.

    Every kind of exception is meant: zipfile, h5py and NumPy have raised more than a dozen about damaged
    files, ``tokenize.TokenError`` among them. Keep the block to calls that read.

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


def is_bomb(declared: int, stored: int) -> bool:
    """Tell whether data claims far more bytes than the file has for it.

    That is: above 64 MiB, and above 100 times as much. Trained weights compress by half at most.
    """
    return declared > 64 * 2**20 and declared > 100 * stored
