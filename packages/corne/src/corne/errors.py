"""Every error that Corne raises on purpose.

    CorneError
    ├── ShapeError            also ValueError       a shape or rank that does not fit
    ├── DTypeError            also TypeError        a dtype or a Python type that does not fit
    ├── ArgumentError         also ValueError       an argument with an invalid value
    ├── UnknownArgumentError  also TypeError        an unknown keyword
    ├── UnknownNameError      also ValueError, AttributeError   a name that no plugin registers
    ├── DataError             also ValueError       the data given to fit, evaluate or predict
    ├── StateError            also ValueError, RuntimeError     too early: not built, not compiled
    ├── FileFormatError       also ValueError       a file that is corrupt or not of its format
    ├── FileWriteError        also OSError          a file that could not be written; the old one is intact
    ├── BackendError          also RuntimeError     not supported by the backend, or it can't start
    └── PluginError           also RuntimeError     a plugin that is broken or in conflict
        └── MissingPluginError  also ImportError    the name is known, its package is not installed

A message has four parts: where the mistake is, what was expected, what was given, and how to fix it.
The fourth is omitted if the second says it already.

>>> raise ShapeError("dense_1", "784 features", "28 in shape (32, 28)", "Add Flatten() before it?")
Traceback (most recent call last):
    ...
corne.errors.ShapeError: dense_1: expected 784 features, got 28 in shape (32, 28). Add Flatten() before it?
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class CorneError(Exception):
    """Base of Corne's errors.

    Args:
        where: The layer's path, the argument or the file.
        expected: What is valid, as a noun phrase.
        given: The actual value, or its shape and dtype.
        fix: A sentence that says what to do, or "" if ``expected`` says it. Default "".
    """

    def __init__(self, where: str, expected: str, given: str, fix: str = "") -> None:
        super().__init__(where, expected, given, fix)
        self.where = where
        self.expected = expected
        self.given = given
        self.fix = fix

    def __str__(self) -> str:
        return f"{self.where}: expected {self.expected}, got {self.given}. {self.fix}".rstrip()


class ShapeError(CorneError, ValueError):
    """A shape or rank that does not fit."""


class DTypeError(CorneError, TypeError):
    """A dtype, or a Python type, that does not fit."""


class ArgumentError(CorneError, ValueError):
    """An argument with an invalid value."""


class UnknownArgumentError(CorneError, TypeError):
    """An unknown keyword argument."""


class UnknownNameError(CorneError, ValueError, AttributeError):
    """A name that no installed package registers."""


class DataError(CorneError, ValueError):
    """Data that fit, evaluate or predict can't use."""


class StateError(CorneError, ValueError, RuntimeError):
    """Called too early: the object is not built or not compiled yet."""


class FileFormatError(CorneError, ValueError):
    """A file that is corrupt or not of its declared format."""


class FileWriteError(CorneError, OSError):
    """A file could not be written. The previous file is intact, and no partial file remains.

    Args:
        where: The file.
        expected: What the write needs.
        given: The system's message.
        fix: A sentence that says what to do. Default "".
        errno: The system's error number, as in :mod:`errno`. Default None.
    """

    def __init__(
        self, where: str, expected: str, given: str, fix: str = "", errno: int | None = None
    ) -> None:
        super().__init__(where, expected, given, fix)
        self.errno = errno


class BackendError(CorneError, RuntimeError):
    """The backend does not support the request, or can't start."""


class PluginError(CorneError, RuntimeError):
    """A plugin that is broken, incompatible or in conflict with another."""


class MissingPluginError(PluginError, ImportError):
    """The name is known, but the package that provides it is not installed."""

    def __str__(self) -> str:
        return f"{self.where} is provided by {self.expected}, which is {self.given}: {self.fix}"


def nearest(name: str, candidates: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the candidate closest to ``name``, or an empty string.

    >>> nearest("Dence", ["Dense", "Conv2D"])
    " Did you mean 'Dense'?"
    """
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    close = difflib.get_close_matches(name.lower(), list(by_lower), n=1)
    return f" Did you mean {by_lower[close[0]]!r}?" if close else ""
