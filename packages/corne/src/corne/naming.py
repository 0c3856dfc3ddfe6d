"""Names for layers and models that were given none: ``dense``, ``dense_1``, ..."""

from __future__ import annotations

import re
from collections import Counter

_counts: Counter[str] = Counter()


def to_snake_case(name: str) -> str:
    """Turn a class name into the stem of automatic names.

    >>> to_snake_case("Conv2DTranspose"), to_snake_case("MaxPooling2D"), to_snake_case("LSTM")
    ('conv2d_transpose', 'max_pooling2d', 'lstm')
    """
    name = re.sub(r"\W+", "", name)
    name = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub("([a-z])([A-Z])", r"\1_\2", name).lower()


def unique_name(stem: str) -> str:
    """Return ``stem``, ``stem_1``, ``stem_2``, ... in the order of the calls."""
    count = _counts[stem]
    _counts[stem] += 1
    return f"{stem}_{count}" if count else stem


def get_uid(prefix: str = "") -> int:
    """Return the next number of a prefix: 1, 2, 3, ...

    >>> get_uid("a prefix of my own"), get_uid("a prefix of my own")
    (1, 2)
    """
    _counts[prefix] += 1
    return _counts[prefix]


def reset_names() -> None:
    """Start counting from the beginning (``corne.utils.clear_session``)."""
    _counts.clear()
