"""Structures of batches, losses, inputs and outputs: what steps get, and what compile and calls accept."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import Input, Model, ops
from corne.errors import ArgumentError
from corne.utils import PyDataset

ONES = np.ones((4, 2), "float32")
ZEROS = np.zeros((4, 1), "float32")


class Total(corne.Layer):
    """The sum of the features times a factor."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return ops.multiply(ops.sum(inputs, axis=-1, keepdims=True), self.factor)


def squares(y_true, y_pred):
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


def distances(y_true, y_pred):
    return ops.mean(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1)


@pytest.fixture
def training():
    """A backend with gradients."""
    for name in [n for n, reason in corne.backend.available().items() if reason is None]:
        if "gradients" in corne.backend.load(name).capabilities:
            with corne.backend.use(name) as backend:
                yield backend
            return
    pytest.skip("needs a backend with gradients")


class Seeing(Model):
    """Keeps what its training step gets."""

    def train_step(self, data):
        self.seen = data
        return {"loss": 0.0}

    def call(self, inputs):
        return inputs


class Fixed(PyDataset):
    def __init__(self, batch):
        super().__init__()
        self.batch = batch

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return self.batch


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (ONES, "array"),
        ({"a": ONES}, dict),
        ([ONES, ONES], tuple),  # x is a list of inputs
        (Fixed(ONES), "array"),
        (Fixed({"a": ONES, "b": ONES}), dict),
        (Fixed([ONES, ZEROS]), list),
        (Fixed((ONES, ZEROS)), tuple),
        (Fixed((ONES,)), tuple),
    ],
)
def test_steps_get_batches_as_they_came(training, data, kind):
    model = Seeing()
    model.compile()
    model.fit(data, verbose=0)
    assert training.is_array(model.seen) if kind == "array" else type(model.seen) is kind
    model.fit(ONES, ZEROS, verbose=0)
    assert type(model.seen) is tuple


def two_outputs(structure):
    x = Input((2,))
    a, b = Total(1.0, name="a")(x), Total(2.0, name="b")(x)  # 2 and 4 for ones
    return Model(x, structure(a, b)), structure(ZEROS, ZEROS)


@pytest.mark.parametrize(
    ("structure", "loss", "expected"),
    [
        (lambda a, b: {"a": a, "b": b}, {"a": [squares]}, 4.0),
        (lambda a, b: {"a": a, "b": b}, {"a": [squares], "b": (distances,)}, 8.0),
        (lambda a, b: {"a": a, "b": b}, {"a": [squares, distances], "b": distances}, 10.0),
        (lambda a, b: (a, b), {"a": [squares], "b": [distances]}, 8.0),
        (lambda a, b: [a, b], ([squares], [distances]), 8.0),
        (lambda a, b: {"p": {"a": a}, "q": [b]}, {"p": {"a": [squares]}, "q": [distances]}, 8.0),
        (lambda a, b: [(a,), {"b": b}], [squares, distances], 8.0),
    ],
)
@pytest.mark.usefixtures("backend")
def test_losses_in_nested_structures(structure, loss, expected):
    # squares: 2 ** 2 and 4 ** 2; distances: 2 and 4
    model, targets = two_outputs(structure)
    model.compile(loss=loss)
    assert model.evaluate(ONES, targets, verbose=0, return_dict=True)["loss"] == pytest.approx(expected)


@pytest.mark.usefixtures("backend")
def test_several_losses_of_an_output_have_names_of_their_own():
    model, targets = two_outputs(lambda a, b: {"a": a, "b": b})
    model.compile(loss={"a": [squares, distances], "b": distances})
    logs = model.evaluate(ONES, targets, verbose=0, return_dict=True)
    assert logs == {"loss": 10.0, "a_loss": 4.0, "a_loss_1": 2.0, "b_loss": 4.0}


@pytest.mark.usefixtures("backend")
def test_one_output_in_a_list_is_the_output():
    x = Input((2,))
    y = Total(1.0)(x)
    for outputs in ([y], (y,)):
        model = Model([x], outputs)
        assert model.predict(ONES, verbose=0).tolist() == [[2.0]] * 4
        assert model(ONES).shape == (4, 1)
    assert list(Model(x, {"y": y}).predict(ONES, verbose=0)) == ["y"]


@pytest.mark.usefixtures("backend")
def test_inputs_by_name():
    b, a = Input((2,), name="b"), Input((2,), name="a")
    model = Model({"b": b, "a": a}, ops.add(ops.multiply(b, 10.0), a))
    inputs = {"b": ONES, "a": 2 * ONES}
    assert model.predict(inputs, verbose=0)[0].tolist() == [12.0, 12.0]
    with pytest.warns(UserWarning, match=r"\['c'\] are left out"):
        model.predict({**inputs, "c": ONES}, verbose=0)
    with pytest.raises(ArgumentError) as caught:  # sorted or as written: either might be meant
        model.predict([ONES, 2 * ONES], verbose=0)
    assert caught.value.given == "a list"


class Late(PyDataset):
    """Makes its data when an epoch begins."""

    begun = 0

    def on_epoch_begin(self):
        self.begun += 1
        self.rows = ONES * self.begun

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return self.rows, ZEROS


def test_datasets_are_notified_before_they_are_asked(training):
    seen = []

    class Watching(Seeing):
        def train_step(self, data):
            seen.append(float(data[0][0, 0]))
            return {"loss": 0.0}

    for workers in (0, 1, 2):
        model, data = Watching(), Late(workers=workers, max_queue_size=0)
        model.compile()
        model.fit(data, epochs=3, verbose=0)
        assert data.begun == 3
    assert seen == [1.0, 1.0, 2.0, 2.0, 3.0, 3.0] * 3


class Endless(PyDataset):
    def __getitem__(self, index):
        return ONES * index


def test_datasets_without_a_length_have_no_end(training):
    model = Seeing()
    model.compile()
    assert Endless().num_batches is None
    model.fit(Endless(), steps_per_epoch=3, epochs=2, verbose=0)
    assert float(model.seen[0, 0]) == 5.0
    with pytest.raises(ArgumentError) as caught:
        model.fit(Endless(), verbose=0)
    assert caught.value.where == "steps_per_epoch"
    with pytest.raises(ArgumentError):
        PyDataset(max_queue_size=-1)
