"""one_hot: words as numbers by Python's hash."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from corne_keras.preprocessing.text.hashing_trick import hashing_trick
from corne_keras.preprocessing.text.text_to_word_sequence import FILTERS


def one_hot(
    input_text: str,
    n: int,
    filters: str = FILTERS,
    lower: bool = True,
    split: str = " ",
    analyzer: Callable[[str], Iterable[str]] | None = None,
) -> list[int]:
    """Return a number from 1 to n - 1 for each word of a text, by Python's ``hash``.

    The name is Keras's: the result is numbers, not vectors. The numbers differ in each process unless
    ``PYTHONHASHSEED`` is set; ``hashing_trick(…, hash_function="md5")`` gives the same everywhere.

    Args:
        input_text: The text.
        n: Size of the space of numbers, at least 2; 0 is reserved.
        filters: Characters that are replaced by ``split``.
        lower: Whether the text is converted to lower case first. Default True.
        split: What stands between words. Default: a space.
        analyzer: Function from a text to its words, instead of the three above. Default None.

    Raises:
        ArgumentError: ``n`` isn't an integer of at least 2.

    >>> first, second, again = one_hot("spam egg Spam", 50)
    >>> first == again
    True
    """
    return hashing_trick(input_text, n, hash, filters, lower, split, analyzer)
