"""What RNN asks of a cell: ``call(inputs, states) -> (output, states)`` and ``state_size``, at least."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.errors import ArgumentError


def check_cell(where: str, cell: Any) -> None:
    """Raise ArgumentError for what can't be run as a cell."""
    for needed in ("call", "state_size"):
        if not hasattr(cell, needed):
            raise ArgumentError(
                where, f"a cell with {needed}", repr(cell),
                "A cell has call(inputs, states) -> (output, new states), and state_size, the sizes of its states.",
            )  # fmt: skip
    sizes = cell.state_size
    if not isinstance(sizes, (int, list, tuple)) or isinstance(sizes, bool):
        raise ArgumentError(
            where, "a state_size that is a size or a list of sizes", repr(sizes), "Correct the cell."
        )


def output_size(cell: Any) -> int:
    """Return the size of a cell's output: its ``output_size``, or the size of its first state."""
    size = getattr(cell, "output_size", None)
    while size is None or isinstance(size, (list, tuple)):
        size = cell.state_size if size is None else size[0]
    return int(size)


def initial_state(cell: Any, batch_size: int, dtype: str) -> Any:
    """Return a cell's initial states: its own idea of them, or zeros."""
    own = getattr(cell, "get_initial_state", None)
    if own is not None:
        return own(batch_size=batch_size)
    sizes = cell.state_size
    if isinstance(sizes, int):
        return ops.zeros((batch_size, sizes), dtype=dtype)
    return [ops.zeros((batch_size, size), dtype=dtype) for size in sizes]
