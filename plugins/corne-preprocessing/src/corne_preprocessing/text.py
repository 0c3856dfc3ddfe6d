"""Text in every form that users have it, as UTF-8."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne.backend import Shape
from corne.errors import DTypeError

from corne_preprocessing.sources import to_host


def is_text(data: Any) -> bool:
    """Return whether this is text: a string, or an array or list of strings. Objects count by the first value."""
    if isinstance(data, (str, bytes)):
        return True
    if isinstance(data, (list, tuple)):
        return bool(data) and is_text(data[0])
    kind = getattr(getattr(data, "dtype", None), "kind", "")
    if kind == "O":
        return not data.size or isinstance(data.reshape(-1)[0], (str, bytes, type(None)))
    return kind in ("U", "S", "T")


def flat_bytes(where: str, data: Any) -> tuple[list[bytes], Shape]:
    """Return text as a flat list of UTF-8 and its shape. None and NaN count as empty.

    Bytes that are not UTF-8 stay as they are.

    Raises:
        DTypeError: A value that is no text.
    """
    array = to_host(where, data)
    flat = array.reshape(-1).tolist()
    try:
        return [value.encode() for value in flat], array.shape
    except (AttributeError, UnicodeEncodeError):
        return [_as_bytes(where, value) for value in flat], array.shape


def _as_bytes(where: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return encoded(value)
    if value is None or (isinstance(value, float) and value != value):
        return b""
    raise DTypeError(where, "text", f"{value!r}, {_article(type(value).__name__)}", "Convert it with str().")


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def encoded(text: str) -> bytes:
    """Return UTF-8, with bytes that :func:`decoded` could not read as they were."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # half of a surrogate pair, as JSON may hold it
        return text.encode("utf-8", "surrogatepass")


def decoded(data: bytes, encoding: str = "utf-8") -> str:
    """Return text; bytes that are not in ``encoding`` become lone surrogates, which :func:`encoded` undoes."""
    return data.decode(encoding, "surrogateescape")


def text_array(values: list[str], shape: Shape) -> np.ndarray[Any, Any]:
    """Return text as an array: NumPy's StringDType, or objects where a text is not valid UTF-8."""
    try:
        array = np.array(values, dtype=np.dtypes.StringDType())
    except UnicodeEncodeError:
        array = np.array(values, dtype=object)
    return array.reshape(tuple(size or 0 for size in shape))
