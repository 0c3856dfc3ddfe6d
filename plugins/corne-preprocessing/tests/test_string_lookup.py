"""StringLookup and IntegerLookup: every form of text, wrong use, files."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from corne import backend as backends
from corne import layers
from corne.errors import ArgumentError, DataError, DTypeError, StateError

TEXTS = ["a", "été", "猫", "a", "🦄"]


@pytest.mark.parametrize(
    "form",
    [
        list,
        tuple,
        np.array,
        lambda x: np.array(x, object),
        lambda x: np.array(x, np.dtypes.StringDType()),
        lambda x: np.array([t.encode() for t in x]),
        lambda x: np.array([t.encode() for t in x], object),
        lambda x: pytest.importorskip("pandas").Series(x),
    ],
)
def test_every_form_of_text(form, backend):
    """Lists, fixed-width text and bytes, objects, StringDType and columns are one text."""
    layer = layers.StringLookup()
    layer.adapt(form(TEXTS))
    assert layer.get_vocabulary() == ["[UNK]", "a", "🦄", "猫", "été"]  # by count, then bytes, descending
    assert backend.to_numpy(layer(form(TEXTS))).tolist() == [1, 4, 3, 1, 2]


def test_missing_values_count_as_empty(backend):
    """None and NaN in a column of text are unknown."""
    layer = layers.StringLookup(vocabulary=["a"])
    assert backend.to_numpy(layer(np.array(["a", None, np.nan], object))).tolist() == [1, 0, 0]


def test_outside_of_a_model_numpy_stays_numpy():
    """In a data pipeline on the numpy backend ids are NumPy's."""
    with backends.use("numpy"):
        assert type(layers.StringLookup(vocabulary=["a"])(["a"])) is np.ndarray


def test_inverse(backend):
    """Numbers become text again."""
    layer = layers.StringLookup(vocabulary=["a", "b"], invert=True)
    assert layer(np.array([[1, 2], [0, 7]])).tolist() == [["a", "b"], ["[UNK]", "[UNK]"]]


def test_vocabulary_with_special_tokens_at_its_head(backend):
    """They are not counted twice."""
    layer = layers.StringLookup(vocabulary=["", "[UNK]", "a"], mask_token="")
    assert layer.get_vocabulary() == ["", "[UNK]", "a"]
    assert backend.to_numpy(layer(["a", "", "?"])).tolist() == [2, 0, 1]


def test_file_ends_lines_at_line_feeds_alone(tmp_path):
    """Tokens may hold what Python takes for line ends; bytes that are not UTF-8 survive."""
    layer = layers.StringLookup()
    layer.adapt([b"a\x0bb", "c\x85d", "e\u2028f", b"g\xff"])
    layer.save_assets(str(tmp_path))
    again = layers.StringLookup()
    again.load_assets(str(tmp_path))
    assert again.get_vocabulary() == layer.get_vocabulary()
    assert "g\udcff" in again.get_vocabulary()
    path = tmp_path / "mine.txt"
    path.write_text("x\ny\n", "utf-8")
    assert layers.StringLookup(vocabulary=str(path)).get_vocabulary() == ["[UNK]", "x", "y"]


def test_an_empty_token_at_the_end_of_a_file(tmp_path):
    """The configuration says how many tokens there are."""
    layer = layers.StringLookup()
    layer.adapt(["b", "b", ""])
    layer.save_assets(str(tmp_path))
    again = layers.StringLookup.from_config(layer.get_config())
    again.load_assets(str(tmp_path))
    assert again.get_vocabulary() == ["[UNK]", "b", ""]


def test_copies():
    """A deep copy and a pickled copy have the vocabulary."""
    layer = layers.StringLookup(vocabulary=["a", "b"])
    for again in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert again.get_vocabulary() == layer.get_vocabulary()


@pytest.mark.parametrize("name", ["StringLookup", "IntegerLookup"])
@pytest.mark.parametrize(
    "arguments",
    [
        {"max_tokens": 1},
        {"num_oov_indices": -1},
        {"sparse": True},
        {"output_mode": "float"},
        {"pad_to_max_tokens": True},
        {"invert": True, "output_mode": "one_hot"},
        {"idf_weights": [1.0]},
        {"vocabulary": []},
        {"vocabulary": "/nowhere/at/all.txt"},
        {"vocabulary": [1, 1]},
        {"vocabulary": [1, 2], "max_tokens": 2},
        {"vocabulary": [1, 2], "mask_token": 2},
        {"vocabulary": [1], "output_mode": "tf_idf"},
        {"vocabulary": [1], "output_mode": "tf_idf", "idf_weights": [1.0, 2.0]},
        {"salt": [1, 2, 3]},
    ],
)
def test_wrong_arguments(name, arguments):
    """Arguments out of range, in contradiction, and vocabularies that make no sense."""
    if name == "StringLookup":
        arguments = {
            key: [str(v) for v in value] if key == "vocabulary" and isinstance(value, list) else value
            for key, value in arguments.items()
        }
        if "mask_token" in arguments:
            arguments["mask_token"] = "2"
    with pytest.raises(ArgumentError):
        getattr(layers, name)(**arguments)


def test_wrong_use(tmp_path):
    """Calls before adapt(), adapt() on nothing, unknown values without a number for them, line breaks."""
    layer = layers.StringLookup(name="words")
    with pytest.raises(StateError) as caught:
        layer(["a"])
    assert caught.value.where == "words(…)"
    for data in ([], iter(()), ["[UNK]"]):
        with pytest.raises(DataError):
            layer.adapt(data)
    with pytest.raises(StateError):
        layers.StringLookup(vocabulary=["a"]).adapt(["b"])
    with pytest.raises(DataError) as caught:
        layers.StringLookup(vocabulary=["a"], num_oov_indices=0)(["a", "b"])
    assert caught.value.given == "'b'"
    layer.adapt(["one\ntoken"])
    with pytest.raises(StateError):
        layer.save_assets(str(tmp_path))
    with pytest.raises(DTypeError):
        layer([1.5])
    with pytest.raises(DTypeError):
        layers.IntegerLookup(vocabulary=[1])(["a"])
    with pytest.raises(DTypeError):
        layers.IntegerLookup(vocabulary=[1])([1.5])
