"""Vocabulary: tokens and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from corne.errors import ArgumentError


class Vocabulary:
    """Tokens in the order of their numbers, and the way back.

    Args:
        tokens: Without special ones.
        start: Number of the first token; the ones before it are of special tokens.
        key: Returns what a token is looked up by, such as its UTF-8.
        missing: Returns the number of a key that is not among the tokens.

    Attributes:
        tokens: As given.
        table: Maps every key to its number; unknown ones too.
    """

    def __init__(
        self,
        tokens: Sequence[Any],
        start: int,
        key: Callable[[Any], Hashable],
        missing: Callable[[Any], int],
    ) -> None:
        self.tokens = list(tokens)
        self.start = start
        self.table = _Table(missing)
        self.table.update((key(token), number) for number, token in enumerate(self.tokens, start))

    def __len__(self) -> int:
        return len(self.tokens)

    def __deepcopy__(self, memo: dict[int, Any]) -> Vocabulary:
        return self  # never changed


class _Table(dict[Any, int]):
    """Finds a number for unknown keys too; for known ones at a dictionary's speed."""

    def __init__(self, missing: Callable[[Any], int]) -> None:
        super().__init__()
        self._missing = missing

    def __missing__(self, key: Any) -> int:
        return self._missing(key)


def without_special(
    where: str, tokens: list[Any], special: list[Any], reserved: list[Any]
) -> tuple[list[Any], bool]:
    """Return the tokens after the special ones at their head, if those are there, and whether they were.

    Raises:
        ArgumentError: No token is left, one is there twice, or a reserved one is among them.
    """
    had = bool(special) and tokens[: len(special)] == special
    rest = tokens[len(special) :] if had else tokens
    if not tokens:
        raise ArgumentError(where, "at least one token", "an empty vocabulary", "")
    twice = [token for token, count in Counter(rest).items() if count > 1]
    if twice:
        raise ArgumentError(
            where,
            "each token once",
            f"{len(twice)} more than once: {twice[:5]}",
            "list(dict.fromkeys(tokens))",
        )
    for token in reserved:
        if token in rest:
            raise ArgumentError(
                where, f"special tokens at the head, as {special}, or none of them",
                f"{token!r} at index {tokens.index(token)}", "",
            )  # fmt: skip
    return rest, had
