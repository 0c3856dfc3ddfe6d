"""Checks that all schedules share."""

from __future__ import annotations

from typing import Any

from corne.errors import ArgumentError


def check_steps(where: str, argument: str, value: Any) -> None:
    """Raise unless ``value`` is a number of steps above 0."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
        raise ArgumentError(
            f"{where}({argument}=…)", "a number of steps above 0", repr(value), f"Correct {argument}."
        )


def check_rate(where: str, argument: str, value: Any) -> None:
    """Raise unless ``value`` is a number, 0 or more."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        raise ArgumentError(
            f"{where}({argument}=…)", "a number, at least 0", repr(value), f"Correct {argument}."
        )
