"""pad_sequences: lists of different lengths as one array."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError, ShapeError
from numpy.typing import NDArray

_ENDS = ("pre", "post")


def pad_sequences(
    sequences: Sequence[Any],
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: float | str = 0.0,
) -> NDArray[Any]:
    """Return sequences of different lengths as one array, padded and cut to the same length.

    Args:
        sequences: Lists or arrays; those with several axes agree in all but the first.
        maxlen: Length of the result. Default None: that of the longest sequence.
        dtype: Type of the result; ``object`` or ``str`` for text. Default "int32".
        padding: "pre" puts the padding in front, "post" behind. Default "pre".
        truncating: "pre" cuts the beginning, "post" the end of what is too long. Default "pre".
        value: What to pad with. Default 0.

    Shapes:
        output ``(sequences, maxlen, ...)``.

    Raises:
        ArgumentError: Something that isn't a sequence, another ``padding`` or ``truncating``, or padding with
            text in an array of numbers.
        ShapeError: The sequences differ in an axis other than the first.

    >>> pad_sequences([[1], [2, 3], [4, 5, 6]], maxlen=2)
    array([[0, 1],
           [2, 3],
           [5, 6]], dtype=int32)
    """
    checks.one_of("pad_sequences(padding=…)", padding, _ENDS)
    checks.one_of("pad_sequences(truncating=…)", truncating, _ENDS)
    if not hasattr(sequences, "__len__"):
        raise ArgumentError("pad_sequences(sequences)", "a list of sequences", type(sequences).__name__)
    for index, sequence in enumerate(sequences):
        if not hasattr(sequence, "__len__"):
            raise ArgumentError(f"pad_sequences(sequences)[{index}]", "a sequence", repr(sequence))
    longest = max((len(sequence) for sequence in sequences), default=0)
    length = longest if maxlen is None else checks.integer("pad_sequences(maxlen=…)", maxlen, 0)
    is_text = np.issubdtype(dtype, np.str_)
    if isinstance(value, str) and np.dtype(dtype) != object and not is_text:
        raise ArgumentError(
            "pad_sequences(value=…)", f"a value of dtype {dtype}", repr(value), 'Pass dtype="object".'
        )
    rest = next((np.shape(sequence)[1:] for sequence in sequences if len(sequence)), ())
    result = np.full((len(sequences), length, *rest), value, dtype=dtype)
    for index, sequence in enumerate(sequences):
        kept = sequence[max(len(sequence) - length, 0) :] if truncating == "pre" else sequence[:length]
        if not len(kept):
            continue
        row = np.asarray(kept, dtype=dtype)
        if row.shape[1:] != rest:
            raise ShapeError(
                f"pad_sequences(sequences)[{index}]", f"items of shape {rest}", f"{row.shape[1:]}"
            )
        place = slice(length - len(row), None) if padding == "pre" else slice(len(row))
        result[index, place] = row
    return result
