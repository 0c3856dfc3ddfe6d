"""The three parts of a batch as one value, and back."""

from __future__ import annotations

from typing import Any

from corne.errors import DataError


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """Return a tuple for ``unpack_x_y_sample_weight``.

    ``x`` alone is returned unchanged unless it is a tuple or list, which would read as several parts.

    >>> pack_x_y_sample_weight("x", "y")
    ('x', 'y')
    """
    if y is None:
        return (x,) if isinstance(x, (tuple, list)) else x
    return (x, y) if sample_weight is None else (x, y, sample_weight)


def unpack_x_y_sample_weight(data: Any) -> tuple[Any, Any, Any]:
    """Return ``(x, y, sample_weight)`` of a batch; missing parts are None.

    Args:
        data: A tuple or list of one to three parts, or ``x`` alone.

    Raises:
        DataError: A tuple without one to three parts.

    >>> unpack_x_y_sample_weight(("x", "y"))
    ('x', 'y', None)
    """
    if not isinstance(data, (tuple, list)):
        return data, None, None
    if not 1 <= len(data) <= 3:
        raise DataError(
            "a batch",
            "(x,), (x, y) or (x, y, sample_weight)",
            f"{len(data)} parts",
            "Put several inputs or targets into one list or dict each.",
        )
    x, y, sample_weight = (*data, None, None)[:3]
    return x, y, sample_weight
