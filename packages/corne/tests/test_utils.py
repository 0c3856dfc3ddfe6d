"""Helpers for labels, samples and batches. Values are worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from corne import utils
from corne.errors import ArgumentError, DataError


@pytest.mark.parametrize(
    ("x", "shape"),
    [([0, 2], (2, 3)), (np.array([[0], [2]]), (2, 3)), ([[0, 1], [2, 0]], (2, 2, 3)), (2, (3,))],
)
def test_to_categorical_puts_a_one_where_the_label_says(backend, x, shape):
    rows = utils.to_categorical(x)
    assert rows.shape == shape
    assert (rows.sum(-1) == 1).all()
    assert (rows.argmax(-1).ravel() == np.ravel(x)).all()


def test_to_categorical_of_native_arrays_is_native(backend):
    rows = utils.to_categorical(backend.asarray([1, 0], "int64"), num_classes=4)
    assert backend.is_array(rows)
    assert backend.to_numpy(rows).tolist() == [[0, 1, 0, 0], [1, 0, 0, 0]]


@pytest.mark.parametrize("labels", [[0, 3], [-1, 0]])
def test_to_categorical_refuses_labels_out_of_range(backend, labels):
    with pytest.raises(ArgumentError, match="class numbers from 0 to 2, got numbers from"):
        utils.to_categorical(labels, num_classes=3)


def test_normalize_divides_by_the_norm(backend):
    # 3-4-5 triangle; |3| + |4| = 7; a zero vector stays.
    assert np.allclose(utils.normalize([[3.0, 4.0], [0.0, 0.0]]), [[0.6, 0.8], [0, 0]])
    assert np.allclose(utils.normalize([3.0, 4.0], order=1), [3 / 7, 4 / 7])
    assert np.allclose(utils.normalize([[3.0, 1.0], [4.0, 0.0]], axis=0), [[0.6, 1], [0.8, 0]])
    native = utils.normalize(backend.asarray([[3.0, 4.0]]))
    assert np.allclose(backend.to_numpy(native), [[0.6, 0.8]])
    with pytest.raises(ArgumentError, match="a positive integer, got 0"):
        utils.normalize([1.0], order=0)


def test_batches_are_packed_and_unpacked():
    assert utils.unpack_x_y_sample_weight("x") == ("x", None, None)
    for data in [("x",), ("x", "y"), ("x", "y", "w")]:
        assert utils.unpack_x_y_sample_weight(data) == (*data, None, None)[:3]
        assert utils.unpack_x_y_sample_weight(list(data)) == (*data, None, None)[:3]
    assert utils.pack_x_y_sample_weight("x") == "x"
    assert utils.pack_x_y_sample_weight(["a", "b"]) == (["a", "b"],)
    assert utils.pack_x_y_sample_weight("x", "y") == ("x", "y")
    assert utils.pack_x_y_sample_weight("x", "y", "w") == ("x", "y", "w")
    for data in [(), (1, 2, 3, 4)]:
        with pytest.raises(DataError, match=f"got {len(data)} parts"):
            utils.unpack_x_y_sample_weight(data)


def test_clear_session_counts_names_anew():
    from corne.naming import unique_name

    utils.clear_session()
    assert [unique_name("dense"), unique_name("dense")] == ["dense", "dense_1"]
    utils.clear_session(free_memory=False)
    assert unique_name("dense") == "dense"
