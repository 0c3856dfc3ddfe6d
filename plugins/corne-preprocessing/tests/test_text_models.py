"""Models that take text: the graph is cut behind it, and the rest is a model like any other."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import Input, Model, layers, models
from corne.errors import ArgumentError, DataError, ShapeError
from corne.utils import PyDataset
from corne_testkit.conformance import require_gradients

TEXTS = np.array(["un film magnifique", "un film nul", "quel beau film", "quel film horrible"] * 8)
LABELS = np.array([1.0, 0.0, 1.0, 0.0] * 8)


def _vectorize():
    layer = layers.TextVectorization(output_sequence_length=4)
    layer.adapt(TEXTS)
    return layer


def _model():
    corne.utils.set_random_seed(1)
    text = Input((1,), dtype="string", name="text")
    x = layers.Embedding(20, 8)(_vectorize()(text))
    return Model(text, layers.Dense(1, activation="sigmoid")(layers.Flatten()(x)))


class _Batches(PyDataset):
    num_batches = 4

    def __getitem__(self, index):
        return TEXTS[index * 8 : index * 8 + 8], LABELS[index * 8 : index * 8 + 8]


def test_forms_of_text_predict_the_same(backend):
    """Arrays, lists, one column, an axis of size 1, a call, one batch and a generator."""
    model = _model()
    expected = model.predict(TEXTS, verbose=0)
    assert expected.shape == (32, 1)
    for text in (TEXTS.tolist(), TEXTS[:, None], TEXTS.astype(object), TEXTS.astype(np.dtypes.StringDType())):
        np.testing.assert_array_equal(model.predict(text, verbose=0), expected)
    np.testing.assert_allclose(model.predict_on_batch(TEXTS), expected, rtol=1e-6)
    np.testing.assert_allclose(backend.to_numpy(model(TEXTS)), expected, rtol=1e-6)
    np.testing.assert_allclose(
        model.predict((TEXTS[i : i + 8] for i in (0, 8, 16, 24)), verbose=0), expected, rtol=1e-6
    )


def test_ids_are_what_the_rest_computes_on(backend):
    """A model of the numeric layers alone, fed ids, gives the same numbers."""
    model = _model()
    ids = x = Input((4,), dtype="int64")
    for layer in model.layers[2:]:
        x = layer(x)
    expected = Model(ids, x).predict(backend.to_numpy(model.layers[1](TEXTS)), verbose=0)
    np.testing.assert_allclose(model.predict(TEXTS, verbose=0), expected, rtol=1e-6)


def test_fit(backend):
    """Text is learned from arrays with validation, generators, loaders by index, and single batches."""
    require_gradients(backend)
    model = _model()
    model.compile(corne.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    history = model.fit(TEXTS, LABELS, epochs=20, validation_data=(TEXTS, LABELS), verbose=0).history
    assert history["val_accuracy"][-1] == 1
    model.fit(_Batches(), verbose=0)
    model.fit(((TEXTS[:8], LABELS[:8]) for _ in range(3)), verbose=0)
    model.fit([*TEXTS], LABELS, validation_split=0.25, verbose=0)
    model.train_on_batch(TEXTS, LABELS)
    assert model.test_on_batch(TEXTS, LABELS, return_dict=True)["accuracy"] == 1
    assert model.evaluate(TEXTS, LABELS, verbose=0, return_dict=True)["accuracy"] == 1


def test_one_file(backend, tmp_path):
    """The vocabulary is in the file; functional and Sequential models, clones too."""
    for model in (_model(), _sequential()):
        expected = model.predict(TEXTS, verbose=0)
        model.save(tmp_path / "text.keras")
        again = models.load_model(tmp_path / "text.keras")
        np.testing.assert_array_equal(again.predict(TEXTS, verbose=0), expected)
        assert again.layers[-3].built


def _sequential():
    model = corne.Sequential([_vectorize(), layers.Embedding(20, 8), layers.Flatten(), layers.Dense(1)])
    model.predict(TEXTS[:1], verbose=0)
    return model


def test_text_and_numbers(backend, tmp_path):
    """Several inputs, as a list, by name and as a frame; hashes and lookups of integers run on the host too."""
    text, number = Input((1,), dtype="string", name="city"), Input((1,), name="size")
    code = Input((1,), dtype="int64", name="code")
    parts = [
        layers.StringLookup(vocabulary=["lyon", "nice"], output_mode="one_hot")(text),
        layers.HashedCrossing(7, output_mode="one_hot")([text, code]),
        layers.IntegerLookup(vocabulary=[69, 6], output_mode="multi_hot")(code),
        layers.Rescaling(0.5)(number),
    ]
    model = Model([text, number, code], layers.Concatenate()(parts))
    city, size, number_of = np.array(["nice", "rome"]), np.array([4.0, 2.0], "float32"), np.array([6, 1])
    y = model.predict([city, size, number_of], verbose=0)
    assert y[:, :3].tolist() == [[0, 0, 1], [1, 0, 0]]
    assert y[:, 10:].tolist() == [[0, 0, 1, 2], [1, 0, 0, 1]]
    by_name = {"city": city, "size": size, "code": number_of}
    np.testing.assert_array_equal(model.predict(by_name, verbose=0), y)
    pandas = pytest.importorskip("pandas")
    np.testing.assert_array_equal(model.predict(pandas.DataFrame(by_name), verbose=0), y)


def test_wrong_use(backend):
    """Text that nothing turns into numbers, text for a model of numbers, inputs of another number or shape."""
    text = Input((1,), dtype="string")
    with pytest.raises(ArgumentError):
        Model(text, layers.Dense(1)(layers.Flatten()(text)))
    numbers = Model(n := Input((1,)), layers.Dense(1)(n))
    with pytest.raises(DataError):
        numbers.predict(np.array(["a"]), verbose=0)
    model = _model()
    with pytest.raises(ShapeError):
        model.predict([TEXTS, TEXTS], verbose=0)
    with pytest.raises(ShapeError):
        model.predict(np.array([["a", "b"]]), verbose=0)
