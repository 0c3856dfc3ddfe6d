"""TextVectorization: what Keras has no facts about; see test_facts.py for the rest."""

from __future__ import annotations

import numpy as np
import pytest
from corne import layers, utils
from corne.errors import ArgumentError, DataError, ShapeError, StateError
from corne.saving import register_keras_serializable


@register_keras_serializable(package="preprocessing-tests")
def shout(texts):
    """Change every text of an array."""
    assert texts.dtype.kind == "T"
    return np.strings.upper(texts)


@register_keras_serializable(package="preprocessing-tests")
def at_bars(texts):
    """Split every text of an array."""
    return [text.split("|") for text in texts]


def test_unicode(backend):
    """All letters are folded, all punctuation goes, all white space splits: the two spellings are one token."""
    layer = layers.TextVectorization(standardize="unicode_lower_and_strip_punctuation")
    layer.adapt(["« ÉCOLE »\u00a0Straße — Я", "école STRASSE я…"])
    assert sorted(layer.get_vocabulary(include_special_tokens=False)) == ["strasse", "école", "я"]


def test_functions(backend):
    """Functions get arrays of strings, survive the configuration, and may return lists."""
    layer = layers.TextVectorization(standardize=shout, split=at_bars)
    layer.adapt(["a b|c", "c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "C", "A B"]
    again = layers.TextVectorization.from_config(layer.get_config())
    again.set_vocabulary(layer.get_vocabulary())
    assert backend.to_numpy(again(["c|a b|x"])).tolist() == [[2, 3, 1]]


def test_one_text(backend):
    """A single text makes one row without a batch axis."""
    layer = layers.TextVectorization(vocabulary=["a", "b"])
    assert backend.to_numpy(layer("b a")).tolist() == [3, 2]


def test_shapes():
    """Symbolic calls know them."""
    from corne import Input

    x = Input((1,), dtype="string")
    assert layers.TextVectorization(output_sequence_length=5)(x).shape == (None, 5)
    assert layers.TextVectorization()(x).shape == (None, None)
    y = layers.TextVectorization(vocabulary=["a"], output_mode="multi_hot")(x)
    assert (y.shape, y.dtype) == ((None, 2), "float32")


def test_streams_give_the_same_vocabulary():
    """Texts in one list, in batches, and in pairs with labels."""
    texts = ["a b b", "c c c", "b a d"] * 5
    whole = layers.TextVectorization(output_mode="tf_idf")
    whole.adapt(texts)
    for source in (
        (texts[i : i + 4] for i in range(0, 15, 4)),
        [(np.array(texts[:7]), np.ones(7)), (np.array(texts[7:]), np.ones(8))],
    ):
        layer = layers.TextVectorization(output_mode="tf_idf")
        layer.adapt(source)
        assert layer.get_vocabulary() == whole.get_vocabulary()
        np.testing.assert_array_equal(layer._lookup_layer._idf, whole._lookup_layer._idf)


def test_ngrams_function():
    """Widths in their order; a text shorter than a width has none of it."""
    assert utils.ngrams(["a", "b"], widths=(2, 1)) == ["a b", "a", "b"]
    assert utils.ngrams(["a"], widths=3) == ["a"]
    assert utils.ngrams([], widths=2) == []
    for wrong in (0, (), (1, "2"), True):
        with pytest.raises(ArgumentError):
            utils.ngrams(["a"], widths=wrong)


def test_wrong_use():
    """Arguments out of range or in contradiction, calls before adapt(), texts side by side."""
    for arguments in (
        {"standardize": "upper"},
        {"split": "word"},
        {"ngrams": 0},
        {"ragged": True},
        {"sparse": True},
        {"output_mode": "multi_hot", "output_sequence_length": 3},
        {"output_sequence_length": 0},
        {"vocabulary": ["a", "a"]},
    ):
        with pytest.raises(ArgumentError):
            layers.TextVectorization(**arguments)
    layer = layers.TextVectorization()
    with pytest.raises(StateError):
        layer(["a"])
    for data in ([], ["", "!"]):
        with pytest.raises(DataError):
            layer.adapt(data)
    with pytest.raises(ShapeError):
        layer.adapt([["a", "b"]])
    with pytest.raises(ShapeError):
        layers.TextVectorization(vocabulary=["a"])([["a", "b"]])
