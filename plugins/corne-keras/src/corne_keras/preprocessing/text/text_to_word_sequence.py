"""text_to_word_sequence: a text as a list of words."""

from __future__ import annotations

from functools import lru_cache

from corne.errors import ArgumentError, DTypeError

#: Characters that count as spaces: ASCII punctuation except the apostrophe, tab and newline.
FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(
    input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " "
) -> list[str]:
    """Return the words of a text.

    Args:
        input_text: The text.
        filters: Characters that are replaced by ``split``. Default: ASCII punctuation without the apostrophe,
            tab and newline.
        lower: Whether the text is converted to lower case first. Default True.
        split: What stands between words. Default: a space.

    Raises:
        DTypeError: ``input_text`` isn't a string.
        ArgumentError: ``split`` is empty.

    >>> text_to_word_sequence("Don't panic, Mr. Dent!")
    ["don't", 'panic', 'mr', 'dent']
    """
    if not isinstance(input_text, str):
        raise DTypeError("text_to_word_sequence(input_text)", "a string", _described(input_text))
    if not split:
        raise ArgumentError("text_to_word_sequence(split=…)", "at least one character", repr(split))
    text = input_text.lower() if lower else input_text
    return [word for word in text.translate(_table(filters, split)).split(split) if word]


@lru_cache(maxsize=32)
def _table(filters: str, split: str) -> dict[int, str]:
    return str.maketrans(dict.fromkeys(filters, split))


def _described(value: object) -> str:
    return f"{type(value).__name__} {value!r:.80}"
