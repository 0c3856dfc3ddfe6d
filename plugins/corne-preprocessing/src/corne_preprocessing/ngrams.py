"""ngrams: neighbouring tokens joined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from corne import checks
from corne.errors import ArgumentError

T = TypeVar("T", str, bytes)


def ngrams(tokens: Sequence[T], widths: int | Sequence[int] = 2, separator: T | None = None) -> list[T]:
    """Return all runs of neighbouring tokens, joined: those of the first width, then of the next.

    Args:
        tokens: The tokens of one text.
        widths: Number of tokens in a run, or several numbers. An integer n means all from 1 to n. Default 2.
        separator: Stands between the tokens of a run. Default None: a space.

    Raises:
        ArgumentError: A width that is not a positive integer.

    >>> ngrams(["a", "b", "c"])
    ['a', 'b', 'c', 'a b', 'b c']
    >>> ngrams("abc", widths=(3,), separator="")
    ['abc']
    """
    chosen = checked_widths("ngrams(widths=…)", widths)
    found: list[T] = []
    for width in chosen:
        if width == 1:
            found.extend(tokens)
            continue
        runs = zip(*(tokens[start:] for start in range(width)), strict=False)
        joint = separator
        if joint is None:
            joint = b" " if tokens and isinstance(tokens[0], bytes) else " "  # type: ignore[assignment]
        found.extend(joint.join(run) for run in runs)  # type: ignore[union-attr]
    return found


def checked_widths(where: str, widths: int | Sequence[int]) -> tuple[int, ...]:
    """Return widths as a tuple; an integer n means all from 1 to n."""
    if isinstance(widths, (list, tuple)):
        if not widths:
            raise ArgumentError(where, "at least one width", repr(widths), "")
        return tuple(checks.integer(where, width, least=1) for width in widths)
    return tuple(range(1, checks.integer(where, widths, least=1) + 1))
