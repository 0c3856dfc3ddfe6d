"""Nested structures: tuples, lists, dicts and named tuples of anything; None is a leaf.

A thin face over optree. Dicts are visited in sorted order of their keys, as Keras does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import optree


def flatten(structure: Any) -> list[Any]:
    """Return the leaves.

    >>> flatten({"b": 1, "a": (2, None)})
    [2, None, 1]
    """
    return optree.tree_leaves(structure, none_is_leaf=True)


def map_structure(fn: Callable[..., Any], *structures: Any) -> Any:
    """Apply ``fn`` to the corresponding leaves of structures of one form.

    >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    return optree.tree_map(fn, *structures, none_is_leaf=True)


def pack_sequence_as(structure: Any, leaves: list[Any]) -> Any:
    """Return a structure formed like ``structure`` with other leaves, in :func:`flatten` order."""
    return optree.tree_unflatten(structure_of(structure), leaves)


def structure_of(structure: Any) -> Any:
    """Return the form of a structure, without its leaves: equal and hashed alike for equal forms.

    >>> structure_of([1, (2,)]) == structure_of([3, (None,)])
    True
    """
    return optree.tree_structure(structure, none_is_leaf=True)


def is_nested(structure: Any) -> bool:
    """Tell whether ``structure`` is a container rather than a leaf."""
    return not optree.tree_is_leaf(structure, none_is_leaf=True)


def assert_same_structure(a: Any, b: Any) -> None:
    """Raise ValueError when two structures are not formed alike."""
    one, two = structure_of(a), structure_of(b)
    if one != two:
        raise ValueError(f"The two structures differ: {one} and {two}")


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return ``(path, leaf)`` pairs, a path being the keys and indices that lead to the leaf."""
    paths, leaves, _ = optree.tree_flatten_with_path(structure, none_is_leaf=True)
    return list(zip(paths, leaves, strict=True))
