"""The ways in which TextVectorization makes text uniform, and in which it splits it."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Callable

from corne_preprocessing.text import decoded, encoded

_PUNCTUATION = string.punctuation.encode()
_LOWER = bytes.maketrans(string.ascii_uppercase.encode(), string.ascii_lowercase.encode())


class _WithoutPunctuation(dict[int, "int | None"]):
    """A table for ``str.translate`` that learns which characters are punctuation."""

    def __missing__(self, code: int) -> int | None:
        kept = None if unicodedata.category(chr(code)).startswith("P") else code
        self[code] = kept
        return kept


#: ASCII's symbols such as $ and + go too, as in the other modes.
_UNICODE = _WithoutPunctuation(dict.fromkeys(_PUNCTUATION))


def _unicode(text: bytes) -> bytes:
    return encoded(decoded(text).casefold().translate(_UNICODE))


#: By name: what is done to the UTF-8 of one text. Only ASCII is changed but by the last.
STANDARDIZE: dict[str, Callable[[bytes], bytes]] = {
    "lower": lambda text: text.translate(_LOWER),
    "strip_punctuation": lambda text: text.translate(None, _PUNCTUATION),
    "lower_and_strip_punctuation": lambda text: text.translate(_LOWER, _PUNCTUATION),
    "unicode_lower_and_strip_punctuation": _unicode,
}


def characters(text: bytes) -> list[bytes]:
    """Return the characters of a text; bytes that are not UTF-8 become U+FFFD."""
    return [character.encode() for character in text.decode("utf-8", "replace")]


def unicode_words(text: bytes) -> list[bytes]:
    """Split at all of Unicode's white space."""
    return [encoded(word) for word in decoded(text).split()]


#: By name: the tokens of one text. "whitespace" is ASCII's alone.
SPLIT: dict[str, Callable[[bytes], list[bytes]]] = {"whitespace": bytes.split, "character": characters}
