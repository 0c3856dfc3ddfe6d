"""Nested structures: tuples, lists, dicts and named tuples of anything; None is a leaf.

A thin face over optree. Dicts are visited in the sorted order of their keys, as Keras does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import optree

from corne.errors import ArgumentError


class MAP_TO_NONE:
    """What a function given to :func:`traverse` returns to put None into the result."""


def flatten(structure: Any) -> list[Any]:
    """Return the leaves.

    >>> flatten({"b": 1, "a": (2, None)})
    [2, None, 1]
    """
    return optree.tree_leaves(structure, none_is_leaf=True)


def map_structure(func: Callable[..., Any], *structures: Any, none_is_leaf: bool = True) -> Any:
    """Apply ``func`` to the corresponding leaves of structures of one form.

    Args:
        func: Takes one leaf of each structure.
        *structures: At least one.
        none_is_leaf: Whether None is a leaf; otherwise it is part of the form and stays. Default True.

    Raises:
        ArgumentError: The structures differ in form.

    >>> map_structure(lambda a, b: a + b, [1, (2,)], [10, (20,)])
    [11, (22,)]
    """
    if not structures:
        raise ArgumentError("tree.map_structure(…)", "at least one structure", "none")
    if len(structures) == 1:
        return optree.tree_map(func, structures[0], none_is_leaf=none_is_leaf)
    form = optree.tree_structure(structures[0], none_is_leaf=none_is_leaf)
    for other in structures[1:]:
        _assert_equal(form, optree.tree_structure(other, none_is_leaf=none_is_leaf))
    return optree.tree_map(func, *structures, none_is_leaf=none_is_leaf)


def map_structure_up_to(shallow_structure: Any, func: Callable[..., Any], *structures: Any) -> Any:
    """Apply ``func`` to what deeper structures hold where ``shallow_structure`` has its leaves.

    Raises:
        ArgumentError: A structure ends before the shallow one does.

    >>> map_structure_up_to([0, 0], len, [(1, 2), (3,)])
    [2, 1]
    """
    if not structures:
        raise ArgumentError("tree.map_structure_up_to(…)", "at least one structure", "none")
    form = structure_of(shallow_structure)
    try:
        columns = [form.flatten_up_to(structure) for structure in structures]
    except ValueError as error:
        raise ArgumentError(
            "tree.map_structure_up_to(…)", f"structures that contain {form}", str(error)
        ) from None
    return optree.tree_unflatten(form, map(func, *columns))


def map_shape_structure(func: Callable[[Any], Any], structure: Any) -> Any:
    """Apply ``func`` to every shape of a structure: a tuple or list of integers and None.

    >>> map_shape_structure(len, {"a": (None, 3), "b": [(2, 3, 4)]})
    {'a': 2, 'b': [3]}
    """
    return optree.tree_map(func, structure, is_leaf=_is_shape, none_is_leaf=True)


def traverse(func: Callable[[Any], Any], structure: Any, top_down: bool = True) -> Any:
    """Rebuild a structure from what ``func`` returns for each of its parts, containers and leaves.

    Args:
        func: Returns what replaces a part, None to keep it, or :class:`MAP_TO_NONE` for None.
        structure: Any structure.
        top_down: Whether a container is passed to ``func`` before its parts, which are then passed only if it is
            kept. Otherwise its parts come first. Default True.

    >>> traverse(lambda part: tuple(part) if isinstance(part, list) else None, [1, [2, 3]], top_down=False)
    (1, (2, 3))
    """

    def parts() -> Any:
        if not is_nested(structure):
            return structure
        children, form = optree.tree_flatten(
            structure, is_leaf=lambda part: part is not structure, none_is_leaf=True
        )
        return optree.tree_unflatten(form, [traverse(func, child, top_down) for child in children])

    if top_down:
        result = func(structure)
        if result is None:
            return parts()
    else:
        kept = parts()
        result = func(kept)
        if result is None:
            return kept
    return None if result is MAP_TO_NONE else result


def lists_to_tuples(structure: Any) -> Any:
    """Return the structure with a tuple in place of every list.

    >>> lists_to_tuples([1, {"a": [2]}])
    (1, {'a': (2,)})
    """
    return traverse(lambda part: tuple(part) if isinstance(part, list) else None, structure, top_down=False)


def pack_sequence_as(structure: Any, flat_sequence: Iterable[Any]) -> Any:
    """Return a structure formed like ``structure`` with other leaves, in :func:`flatten` order.

    Raises:
        ArgumentError: There are more or fewer leaves than the structure has.
    """
    form, leaves = structure_of(structure), list(flat_sequence)
    if form.num_leaves != len(leaves):
        raise ArgumentError("tree.pack_sequence_as(…)", f"{form.num_leaves} leaves", str(len(leaves)))
    return optree.tree_unflatten(form, leaves)


def structure_of(structure: Any) -> Any:
    """Return the form of a structure, without its leaves: equal and hashed alike for equal forms.

    >>> structure_of([1, (2,)]) == structure_of([3, (None,)])
    True
    """
    return optree.tree_structure(structure, none_is_leaf=True)


def is_nested(structure: Any) -> bool:
    """Return whether ``structure`` is a container rather than a leaf."""
    return not optree.tree_is_leaf(structure, none_is_leaf=True)


def assert_same_structure(a: Any, b: Any, check_types: None = None) -> None:
    """Check that two structures have the same form.

    Args:
        a: A structure.
        b: Another.
        check_types: Must be None: containers of different types always differ.

    Raises:
        ArgumentError: They differ, or ``check_types`` is given.
    """
    if check_types is not None:
        raise ArgumentError("tree.assert_same_structure(check_types=…)", "None", repr(check_types))
    _assert_equal(structure_of(a), structure_of(b))


def assert_same_paths(a: Any, b: Any) -> None:
    """Check that the same keys and indices lead to leaves in two structures; a list may stand for a tuple.

    Raises:
        ArgumentError: They differ.
    """
    one, two = ({path for path, _ in flatten_with_path(structure)} for structure in (a, b))
    if one != two:
        raise ArgumentError(
            "tree.assert_same_paths(a, b)", "the same paths",
            f"only in a: {sorted(one - two, key=repr)}, only in b: {sorted(two - one, key=repr)}",
        )  # fmt: skip


def flatten_with_path(structure: Any) -> list[tuple[tuple[Any, ...], Any]]:
    """Return ``(path, leaf)`` pairs, a path being the keys and indices that lead to the leaf.

    >>> flatten_with_path({"a": [1, 2]})
    [(('a', 0), 1), (('a', 1), 2)]
    """
    paths, leaves, _ = optree.tree_flatten_with_path(structure, none_is_leaf=True)
    return list(zip(paths, leaves, strict=True))


def _is_shape(part: Any) -> bool:
    return isinstance(part, (list, tuple)) and all(size is None or isinstance(size, int) for size in part)


def _assert_equal(one: Any, two: Any) -> None:
    if one != two:
        raise ArgumentError("nested structures", f"one form, {one}", str(two))
