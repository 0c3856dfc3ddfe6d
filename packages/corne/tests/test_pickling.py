"""``pickle``, ``copy.deepcopy``, joblib and other processes; pictures for notebooks."""

from __future__ import annotations

import copy
import io
import multiprocessing
import pickle
import sys

import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential

pytest.importorskip("corne_layers")
pytest.importorskip("corne_optimizers")
pytestmark = pytest.mark.parametrize("through", ["pickle", "deepcopy", "joblib"])

X = np.random.default_rng(0).random((8, 3), "float32")
Y = X[:, :1] + 1


@pytest.fixture
def again(through):
    """A function that returns what an object becomes."""
    if through == "joblib":
        joblib = pytest.importorskip("joblib")

        def there_and_back(item):
            file = io.BytesIO()
            joblib.dump(item, file)
            file.seek(0)
            return joblib.load(file)

        return there_and_back
    return copy.deepcopy if through == "deepcopy" else lambda item: pickle.loads(pickle.dumps(item))


class Doubled(Layer):
    """A class of the user's own that nothing registers."""

    def __init__(self, times=2, **kwargs):
        super().__init__(**kwargs)
        self.times = times

    def call(self, inputs):
        return inputs * self.times


def trained():
    from corne import layers

    model = Sequential(
        [Input((3,)), layers.Dense(4, "relu"), layers.BatchNormalization(), Doubled(), layers.Dense(1)]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


def test_a_trained_model_goes_on_as_if_nothing_had_happened(again, backend):
    if backend.name == "numpy":
        pytest.skip("numpy does not train")
    model = trained()
    model.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    copied = again(model)
    assert int(copied.optimizer.iterations.numpy()) == 2
    for one in (model, copied):
        one.fit(X, Y, batch_size=4, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), copied.get_weights(), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert copied.evaluate(X, Y, verbose=0, return_dict=True).keys() == {"loss", "mae"}


def test_functional_models_and_layers_by_themselves(again, backend):
    from corne import layers

    x = Input((3,))
    model = Model(x, [layers.Dense(2)(x), layers.Dense(1)(x)])
    for ours, theirs in zip(model.predict(X, verbose=0), again(model).predict(X, verbose=0), strict=True):
        np.testing.assert_array_equal(ours, theirs)
    dense = layers.Dense(2)
    dense.build((None, 3))
    copied = again(dense)
    assert (copied.name, copied.units) == (dense.name, 2)
    np.testing.assert_array_equal(copied.kernel.numpy(), dense.kernel.numpy())
    assert not again(layers.Dense(2)).built
    assert again(Doubled(5)).times == 5


def test_an_optimizer_keeps_its_state(again, backend):
    from corne import optimizers
    from corne.variable import Variable

    optimizer = optimizers.SGD(0.5, momentum=0.9)
    weight = Variable(np.zeros(2, "float32"), name="w")
    optimizer.apply_gradients([(np.array([1.0, 2.0], "float32"), weight)])
    copied = again(optimizer)
    assert type(copied) is type(optimizer)
    assert [v.numpy().tolist() for v in copied.variables] == [v.numpy().tolist() for v in optimizer.variables]


def test_a_loss_and_a_metric(again, backend):
    pytest.importorskip("corne_losses")
    pytest.importorskip("corne_metrics")
    from corne.losses import Huber
    from corne.metrics import MeanSquaredError

    assert again(Huber(delta=2.0)).get_config() == Huber(delta=2.0).get_config()
    metric = MeanSquaredError()
    metric.update_state(np.zeros((2, 1)), np.array([[1.0], [3.0]]))  # (1 + 9) / 2
    copied = again(metric)
    copied.update_state(np.zeros((1, 1)), np.array([[4.0]]))  # (1 + 9 + 16) / 3
    assert float(metric.result()) == 5
    assert float(copied.result()) == pytest.approx(26 / 3)


def predicted(model):
    return model.predict(X, verbose=0)


@pytest.mark.slow
def test_another_process_gets_the_model(through):
    if through != "pickle":
        pytest.skip("processes pickle")
    from corne import layers

    model = Sequential([Input((3,)), layers.Dense(2)])
    if sys.modules[__name__].__spec__ is None:
        pytest.skip("run as a script")
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        there = pool.apply(type(model).predict, (model, X), {"verbose": 0})
    np.testing.assert_array_equal(there, predicted(model))


def test_html(through, backend):
    from corne import layers
    from corne.training.callbacks.history import History

    model = Sequential([Input((3,)), layers.Dense(2, name="a")], name="b")
    assert "a (Dense)" in model._repr_html_()
    assert "not built" in Sequential([layers.Dense(2)])._repr_html_()
    history = History()
    history.on_epoch_end(0, {"loss": 0.5, "<b>": 1.0})
    html = history._repr_html_()
    assert html == (
        "<table><tr><th>epoch</th><th>loss</th><th>&lt;b&gt;</th></tr>"
        "<tr><td>1</td><td>0.5</td><td>1</td></tr></table>"
    )
