"""Masks that travel with arrays.

A mask says which time steps of a batch are real and which are padding: a boolean array of shape
``(batch, steps)``, True for real. Layers attach it to the array they return and the next layer finds
it there. NumPy arrays take no attributes, so the link is a table from an array's identity to its mask,
emptied by weak references as arrays die. It is empty unless some layer makes masks, and then costs
nothing. A symbolic tensor holds its mask itself.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from corne.backend import Array
from corne.symbolic import SymbolicTensor

#: The table; empty where no living array has a mask, which is what hot paths ask.
attached: dict[int, tuple[weakref.ref[Any], Array]] = {}


def get_mask(x: Any) -> Array | None:
    """Return the mask attached to ``x``, or None."""
    if isinstance(x, SymbolicTensor):
        return x.mask
    entry = attached.get(id(x))
    return entry[1] if entry is not None and entry[0]() is x else None


def set_mask(x: Array, mask: Array | None) -> Array:
    """Attach ``mask`` to ``x`` (None detaches) and return ``x``."""
    if isinstance(x, SymbolicTensor):
        x.mask = mask
        return x
    key = id(x)
    if mask is None:
        attached.pop(key, None)
    else:
        attached[key] = (weakref.ref(x, _forgetting(key, attached)), mask)
    return x


def any_masks() -> bool:
    """Return whether any living array has a mask."""
    return bool(attached)


def _forgetting(
    key: int, table: dict[int, tuple[weakref.ref[Any], Array]]
) -> Callable[[weakref.ref[Any]], None]:
    """Return what removes an entry; a closure, as arrays may die after this module's globals."""

    def forget(ref: weakref.ref[Any]) -> None:
        entry = table.get(key)
        if entry is not None and entry[0] is ref:  # not a younger array at the same address
            del table[key]

    return forget
