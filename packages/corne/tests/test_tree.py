"""Nested structures."""

from __future__ import annotations

from collections import namedtuple

import pytest
from corne import tree
from corne.errors import ArgumentError
from hypothesis import given
from hypothesis import strategies as st

Pair = namedtuple("Pair", "first second")
STRUCTURES = st.recursive(
    st.integers() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
        | st.tuples(inner, inner).map(lambda pair: Pair(*pair))
    ),
    max_leaves=8,
)


@given(STRUCTURES)
def test_leaves_packed_again_give_the_structure(structure):
    assert tree.pack_sequence_as(structure, tree.flatten(structure)) == structure
    assert [leaf for _, leaf in tree.flatten_with_path(structure)] == tree.flatten(structure)


@given(STRUCTURES)
def test_lists_to_tuples_leaves_no_list_and_keeps_leaves(structure):
    result = tree.lists_to_tuples(structure)
    assert tree.flatten(result) == tree.flatten(structure)
    assert "[" not in repr(result)


def test_map_structure_needs_one_form():
    assert tree.map_structure(lambda a, b: a * b, {"x": (2, 3)}, {"x": (4, 5)}) == {"x": (8, 15)}
    assert tree.map_structure(lambda a: a + 1, [1, None], none_is_leaf=False) == [2, None]
    for structures in [([1], [1, 2]), ([1], (1,)), ({"a": 1}, {"b": 1})]:
        with pytest.raises(ArgumentError):
            tree.map_structure(lambda a, b: a, *structures)
    with pytest.raises(ArgumentError):
        tree.map_structure(lambda: 0)


def test_map_structure_up_to_hands_over_what_lies_below_the_leaves():
    shallow = {"a": 0, "b": [0, 0]}
    deep = {"a": [1, 2, 3], "b": [(4,), {"c": 5, "d": 6}]}
    assert tree.map_structure_up_to(shallow, len, deep) == {"a": 3, "b": [1, 2]}
    with pytest.raises(ArgumentError):
        tree.map_structure_up_to([[0]], len, [1])


def test_traverse_in_both_directions():
    seen = []

    def note(part):
        seen.append(part)

    tree.traverse(note, [1, (2,)])
    assert seen == [[1, (2,)], 1, (2,), 2]
    seen.clear()
    tree.traverse(note, [1, (2,)], top_down=False)
    assert seen == [1, 2, (2,), [1, (2,)]]
    # A container that is replaced on the way down is not entered.
    assert tree.traverse(lambda part: "T" if isinstance(part, tuple) else None, [(1, 2), 3]) == ["T", 3]
    assert tree.traverse(lambda part: tree.MAP_TO_NONE if part == 1 else None, [1, 2]) == [None, 2]


def test_shapes_are_leaves():
    assert tree.map_shape_structure(lambda shape: shape[0], {"a": (None, 3), "b": [(2,), [4, 5]]}) == {
        "a": None,
        "b": [2, 4],
    }


def test_same_paths_and_same_structure():
    tree.assert_same_paths([1, {"a": 2}], (3, {"a": 4}))
    with pytest.raises(ArgumentError):
        tree.assert_same_paths([1, {"a": 2}], [1, {"b": 2}])
    tree.assert_same_structure([1, (2,)], [3, (4,)])
    with pytest.raises(ArgumentError):
        tree.assert_same_structure([1, (2,)], [3, [4]])
    with pytest.raises(ArgumentError):
        tree.pack_sequence_as([1, 2], [1])
