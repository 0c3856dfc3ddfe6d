"""pad_sequences against arithmetic and Keras."""

import os

import numpy as np
import pytest
from corne.errors import ArgumentError, ShapeError
from corne_data.pad_sequences import pad_sequences


@pytest.mark.oracle
@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
@pytest.mark.parametrize("maxlen", [None, 2, 5])
def test_as_keras(padding, truncating, maxlen):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    for sequences in ([[1], [2, 3], [], [4, 5, 6]], [[[1, 2]], [[3, 4], [5, 6], [7, 8]]]):
        options = {"maxlen": maxlen, "padding": padding, "truncating": truncating, "value": 9}
        ours, theirs = pad_sequences(sequences, **options), keras.utils.pad_sequences(sequences, **options)
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype


def test_text():
    padded = pad_sequences([["a"], ["b", "c"]], dtype=object, value="", padding="post")
    assert padded.tolist() == [["a", ""], ["b", "c"]]


def test_wrong_use():
    with pytest.raises(ArgumentError):
        pad_sequences([[1]], padding="left")
    with pytest.raises(ArgumentError) as raised:
        pad_sequences([[1], 2])
    assert raised.value.where == "pad_sequences(sequences)[1]"
    with pytest.raises(ArgumentError):
        pad_sequences([[1]], value="x")
    with pytest.raises(ShapeError):
        pad_sequences([[[1, 2]], [[1, 2, 3]]])
