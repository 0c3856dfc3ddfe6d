"""How often something is saved."""

from __future__ import annotations

from typing import Any

from corne.errors import ArgumentError


def check_frequency(where: str, value: Any) -> None:
    """Raise ArgumentError unless ``value`` is "epoch" or a positive number of batches.

    Args:
        where: The argument, for the message.
        value: What the user passed.
    """
    if value != "epoch" and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ArgumentError(where, "'epoch' or a number of batches", repr(value), "")
