"""A subclassed model that calls string layers in call(): the same results as a functional model of these layers."""

from __future__ import annotations

import warnings

import corne
import numpy as np
import pytest
from corne.errors import CorneError, DataError
from corne.layers import Dense, Embedding, Flatten, StringLookup, TextVectorization
from corne.utils import PyDataset

pytest.importorskip("torch")
WORDS = np.array([["rot", "blau"], ["grün", "rot"], ["🐟", "blau"], ["neu", "grün"]])
TARGETS = np.array([[0.0], [1.0], [2.0], [3.0]], "float32")
VOCABULARY = ["rot", "grün", "blau", "🐟"]
EAGERLY = "steps run eagerly"


class Subclassed(corne.Model):
    """Looks words up in call()."""

    def __init__(self):
        super().__init__()
        self.look = StringLookup(vocabulary=VOCABULARY)
        self.embed, self.flat = Embedding(5, 2, embeddings_initializer="ones"), Flatten()
        self.out = Dense(1, kernel_initializer="ones")

    def call(self, inputs):
        return self.out(self.flat(self.embed(self.look(inputs))))


def _compiled(model):
    model.compile(corne.optimizers.SGD(0.05), "mse", metrics=["mae"])
    return model


def _functional():
    inputs = corne.Input((2,), dtype="string")
    x = StringLookup(vocabulary=VOCABULARY)(inputs)
    x = Flatten()(Embedding(5, 2, embeddings_initializer="ones")(x))
    return _compiled(corne.Model(inputs, Dense(1, kernel_initializer="ones")(x)))


def _generator():
    while True:
        yield WORDS[:2], TARGETS[:2]
        yield WORDS[2:], TARGETS[2:]


class Batches(PyDataset):
    """Two batches."""

    @property
    def num_batches(self):
        return 2

    def __getitem__(self, index):
        return WORDS[2 * index : 2 * index + 2], TARGETS[2 * index : 2 * index + 2]


@pytest.mark.filterwarnings(f"ignore:.*{EAGERLY}")
@pytest.mark.parametrize(
    ("arguments", "more"),
    [
        ((WORDS, TARGETS), {"batch_size": 2}),
        ((WORDS.astype(object), TARGETS), {"batch_size": 2}),
        ((np.char.encode(WORDS, "utf-8"), TARGETS), {"batch_size": 2}),
        ((WORDS.tolist(), TARGETS), {"batch_size": 2}),
        ((_generator,), {"steps_per_epoch": 2}),
        ((Batches,), {}),
    ],
    ids=["array", "objects", "bytes", "lists", "generator", "dataset"],
)
def test_training_equals_that_of_a_functional_model(arguments, more):
    data = (arguments[0](),) if callable(arguments[0]) else arguments
    model = _compiled(Subclassed())
    history = model.fit(*data, epochs=3, shuffle=False, verbose=0, **more).history
    other = _functional()
    expected = other.fit(WORDS, TARGETS, batch_size=2, epochs=3, shuffle=False, verbose=0).history
    assert set(history) == {"loss", "mae"}
    for name, values in history.items():
        assert values == pytest.approx(expected[name], rel=1e-6)
    assert set(model.explain_steps().values()) == {"eager"}
    np.testing.assert_allclose(model.predict(WORDS, verbose=0), other.predict(WORDS, verbose=0), rtol=1e-6)
    np.testing.assert_allclose(model.predict_on_batch(WORDS), other.predict_on_batch(WORDS), rtol=1e-6)
    np.testing.assert_allclose(
        corne.ops.convert_to_numpy(model(WORDS)), model.predict(WORDS, verbose=0), rtol=1e-6
    )
    assert model.evaluate(WORDS, TARGETS, verbose=0) == pytest.approx(
        other.evaluate(WORDS, TARGETS, verbose=0), rel=1e-6
    )


def test_a_warning_says_so_once():
    model = _compiled(Subclassed())
    with pytest.warns(UserWarning, match=EAGERLY):
        model.fit(WORDS, TARGETS, validation_data=(WORDS, TARGETS), verbose=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.evaluate(WORDS, TARGETS, verbose=0)
        model.predict(WORDS, verbose=0)


@pytest.mark.filterwarnings(f"ignore:.*{EAGERLY}")
@pytest.mark.parametrize("as_list", [False, True])
def test_text_beside_numbers(as_list):
    class Two(corne.Model):
        def __init__(self):
            super().__init__()
            self.vectorize = TextVectorization(
                vocabulary=["gut", "film"], output_mode="multi_hot", pad_to_max_tokens=False
            )
            self.out = Dense(1, use_bias=False, kernel_initializer="ones")

        def call(self, inputs):
            text, year = inputs if as_list else (inputs["text"], inputs["year"])
            return self.out(corne.ops.concatenate([self.vectorize(text), year], axis=-1))

    text, year = np.array(["Gut!", "ein guter Film", "gut, der Film"]), np.array([[1.0], [2.0], [3.0]])
    x = [text, year] if as_list else {"text": text, "year": year}
    model = _compiled(Two())
    # Columns [UNK], gut, film: 010, 101, 111; their sums 1, 2, 3; plus the year.
    assert model.predict(x, verbose=0).ravel().tolist() == [2.0, 4.0, 6.0]
    assert model.predict_on_batch(x).ravel().tolist() == [2.0, 4.0, 6.0]
    assert model.evaluate(x, np.zeros((3, 1)), verbose=0)[1] == 4.0
    model.fit(x, np.array([[2.0], [4.0], [6.0]]), epochs=2, verbose=0)
    assert model.predict(x, verbose=0).ravel().tolist() == pytest.approx([2.0, 4.0, 6.0])  # no loss, no step


@pytest.mark.filterwarnings(f"ignore:.*{EAGERLY}")
def test_on_numpy():
    with corne.backend.use("numpy"):
        model = Subclassed()
        # All weights are 1: two words of two ones each.
        assert model.predict(WORDS, verbose=0).ravel().tolist() == [4.0] * 4
        assert np.asarray(model(WORDS)).ravel().tolist() == [4.0] * 4


def test_text_without_a_layer_for_it_is_refused_as_before():
    class Numbers(corne.Model):
        def __init__(self):
            super().__init__()
            self.out = Dense(1)

        def call(self, inputs):
            return self.out(inputs)

    model = _compiled(Numbers())
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DataError):
            model.fit(WORDS, TARGETS, verbose=0)
        with pytest.raises(CorneError):
            model(WORDS)


def test_objects_that_are_no_text_are_refused():
    with pytest.raises(DataError):
        _compiled(Subclassed()).fit(np.array([["a", None]] * 4, object), TARGETS, verbose=0)
