"""How callbacks print numbers."""

from __future__ import annotations


def shown(value: float | None) -> str:
    """Return a number with five decimals, or five significant digits where it is small.

    >>> shown(0.31005990505218506), shown(0.00012345678), shown(None)
    ('0.31006', '1.2346e-04', 'None')
    """
    if value is None:
        return "None"
    return f"{value:.5f}" if value == 0 or abs(value) >= 1e-3 else f"{value:.4e}"
