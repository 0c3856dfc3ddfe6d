"""hashing_trick: words as numbers without a vocabulary."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from corne import checks

from corne_keras.preprocessing.text.text_to_word_sequence import FILTERS, text_to_word_sequence


def hashing_trick(
    text: str,
    n: int,
    hash_function: str | Callable[[str], int] | None = None,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """Return a number from 1 to n - 1 for each word of a text; different words may share one.

    ``hash_function(word) % (n - 1) + 1``

    Args:
        text: The text.
        n: Size of the space of numbers, at least 2; 0 is reserved.
        hash_function: "md5", which gives the same numbers everywhere, or a function from a word to an
            integer. Default None: Python's ``hash``, which differs in each process unless ``PYTHONHASHSEED``
            is set.
        filters: Characters that are replaced by ``split``.
        lower: Whether the text is converted to lower case first. Default True.
        split: What stands between words. Default: a space.
        analyzer: Function from a text to its words, instead of ``filters``, ``lower`` and ``split``. Default
            None.

    Raises:
        ArgumentError: ``n`` isn't an integer of at least 2, or an unknown ``hash_function``.

    >>> hashing_trick("The cat sat on the mat", 100, "md5")
    [51, 3, 10, 28, 51, 26]
    """
    size = checks.integer("hashing_trick(n)", n, least=2) - 1
    hashed: Callable[[str], int]
    if hash_function is None:
        hashed = hash
    elif callable(hash_function):
        hashed = hash_function
    else:
        checks.one_of("hashing_trick(hash_function=…)", hash_function, ("md5",), "Or pass a function.")
        hashed = _md5
    words: Any = analyzer(text) if analyzer else text_to_word_sequence(text, filters, lower, split)
    return [hashed(word) % size + 1 for word in words]


def _md5(word: str) -> int:
    return int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16)
