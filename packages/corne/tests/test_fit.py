"""fit, evaluate and predict: kinds of data, steps of one's own, and what bad input is told."""

from __future__ import annotations

import contextlib
import sys

import corne
import numpy as np
import pytest
from corne import Input, Layer, Model, Sequential, layers, ops
from corne.errors import ArgumentError, BackendError, DataError, ShapeError, StateError, UnknownNameError
from corne.training.batch_source import DataRanOutWarning
from corne.training.loop import NonFiniteLossWarning
from corne.utils import PyDataset

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype("float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5]]) + 0.3).astype("float32")


class Affine(Layer):
    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight((input_shape[-1], self.units), "zeros", name="kernel")
        self.bias = self.add_weight((self.units,), "zeros", name="bias")

    def call(self, inputs):
        return ops.add(ops.matmul(inputs, self.kernel), self.bias)


def squared(y_true, y_pred):
    return ops.mean(ops.square(ops.subtract(y_true, y_pred)), axis=-1)


class Descent(corne.Optimizer):
    """Plain gradient descent, so that these tests need no optimizer plugin."""

    def update_step(self, gradient, variable, learning_rate):
        variable.assign_sub(ops.multiply(gradient, learning_rate))


def linear(**arguments):
    model = Sequential([Input((3,)), Affine(1)])
    model.compile(optimizer=Descent(0.1), loss=squared, **arguments)
    return model


@pytest.fixture
def training():
    """A backend with gradients."""
    usable = [n for n, reason in corne.backend.available().items() if reason is None]
    for name in usable:
        if "gradients" in corne.backend.load(name).capabilities:
            with corne.backend.use(name) as backend:
                yield backend
            return
    pytest.skip("needs a backend with gradients")


def learned(model):
    kernel, bias = model.get_weights()
    return np.allclose(kernel.ravel(), [1, -2, 0.5], atol=0.05) and np.allclose(bias, 0.3, atol=0.05)


def test_learns_a_line(training):
    model = linear()
    history = model.fit(X, Y, epochs=40, batch_size=8, verbose=0)
    assert learned(model)
    assert len(history.history["loss"]) == 40
    assert history.history["loss"][-1] < 1e-3 < history.history["loss"][0]


def test_first_step_is_the_gradient_worked_by_hand(training):
    model = linear()
    model.train_on_batch(X[:2], Y[:2])
    # From zero weights: dL/dw = mean(2 (0 - y) x), and the step is 0.1 of it
    expected = 0.1 * np.mean(2 * Y[:2] * X[:2], axis=0)
    np.testing.assert_allclose(model.get_weights()[0].ravel(), expected, rtol=1e-5)


def test_evaluate_and_predict_without_gradients(backend):
    model = Sequential([Input((3,)), Affine(1)])
    model.compile(optimizer=None, loss=squared)
    # Zero weights predict 0, so the loss is the mean square of the targets
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(float(np.mean(Y**2)), rel=1e-5)
    predictions = model.predict(X, batch_size=7, verbose=0)
    assert predictions.shape == (40, 1)
    assert not predictions.any()


def test_numpy_backend_says_why_it_cannot_train():
    if "numpy" not in corne.backend.available():
        pytest.skip("needs corne-numpy")
    with corne.backend.use("numpy"):
        model = linear()
        with pytest.raises(BackendError, match=r"gradients.*pip install corne-cpu"):
            model.fit(X, Y, verbose=0)


# -- kinds of data ------------------------------------------------------------------------------------------
def batches(count=5, size=8):
    for i in range(count):
        yield X[i * size : (i + 1) * size], Y[i * size : (i + 1) * size]


class Numbered(PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[index * 8 : (index + 1) * 8], Y[index * 8 : (index + 1) * 8]


def reference():
    model = linear()
    model.fit(X, Y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    return model.get_weights()


@pytest.mark.parametrize(
    "make",
    [
        lambda: (X.astype("float64"), Y.astype("float64")),
        lambda: (X.tolist(), Y.tolist()),
        lambda: (ops.convert_to_tensor(X), ops.convert_to_tensor(Y)),
        lambda: (Numbered(workers=3), None),
    ],
    ids=["float64", "lists", "native", "PyDataset"],
)
def test_kinds_of_data_train_alike(training, make):
    x, y = make()
    model = linear()
    model.fit(x, y, batch_size=8, epochs=2, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), reference(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_generator(training):
    model = linear()

    def forever():
        while True:
            yield from batches()

    model.fit(forever(), epochs=2, steps_per_epoch=5, verbose=0)
    for one, two in zip(model.get_weights(), reference(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_generator_that_runs_dry_gives_notice(training):
    model = linear()
    with pytest.warns(DataRanOutWarning, match="ran out of data in epoch 3, after 1 of 2 steps"):
        history = model.fit(batches(5), epochs=10, steps_per_epoch=2, verbose=0)
    assert len(history.epoch) == 3


def test_pandas(training):
    pd = pytest.importorskip("pandas")
    model = linear()
    frame = pd.DataFrame(X, columns=list("abc"))
    model.fit(frame, pd.Series(Y[:, 0]), batch_size=8, epochs=2, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), reference(), strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_torch_loader_and_dataset(training):
    if "torch" not in sys.modules:
        pytest.skip("needs a backend on PyTorch")
    from torch.utils.data import DataLoader, TensorDataset

    dataset = TensorDataset(ops.convert_to_tensor(X), ops.convert_to_tensor(Y))
    for data in (DataLoader(dataset, batch_size=8), dataset):
        model = linear()
        model.fit(data, batch_size=8, epochs=2, shuffle=False, verbose=0)
        for one, two in zip(model.get_weights(), reference(), strict=True):
            np.testing.assert_allclose(one, two, rtol=1e-5, atol=1e-6)


def test_nested_inputs(training):
    a, b = Input((3,), name="a"), Input((3,), name="b")
    model = Model({"a": a, "b": b}, Affine(1)(ops.add(a, b)))
    model.compile(Descent(0.1), squared)
    model.fit({"a": X, "b": X}, Y, epochs=1, verbose=0)
    assert model.predict({"a": X, "b": X}, verbose=0).shape == (40, 1)


def test_shuffling_is_repeatable_and_changes_with_the_epoch(training):
    seen = []

    class Watch(Layer):
        def call(self, inputs):
            with contextlib.suppress(TypeError):  # shapes are found with arrays that have no values
                seen.append(ops.convert_to_numpy(ops.stop_gradient(inputs))[:, 0].tolist())
            return inputs

    def run():
        seen.clear()
        corne.utils.set_random_seed(1)
        model = Sequential([Input((1,)), Watch(), Affine(1)])
        model.compile(Descent(0.0), squared, run_eagerly=True)
        seen.clear()
        model.fit(np.arange(10.0)[:, None], np.zeros((10, 1)), batch_size=10, epochs=2, verbose=0)
        return [s for s in seen if len(s) == 10][-2:]

    one, two = run(), run()
    assert one == two
    assert one[0] != one[1] != sorted(one[1])
    assert sorted(one[0]) == list(range(10))


def test_last_batch_may_be_smaller_and_counts_by_its_size(training):
    model = linear()
    x = np.zeros((5, 3), "float32")
    y = np.array([[1.0], [1.0], [1.0], [1.0], [3.0]])
    # Weights stay 0 at rate 0: the mean square over 5 samples, not over 2 batches
    model.optimizer.learning_rate = 0.0
    history = model.fit(x, y, batch_size=4, shuffle=False, verbose=0)
    assert history.history["loss"] == pytest.approx([(4 * 1 + 9) / 5])


# -- validation, verbosity, steps per execution ---------------------------------------------------------------
def test_validation_split_takes_the_last_samples(training):
    model = linear()
    model.optimizer.learning_rate = 0.0
    history = model.fit(X, Y, validation_split=0.25, verbose=0)
    assert history.history["val_loss"] == pytest.approx([float(np.mean(Y[30:] ** 2))], rel=1e-5)


def test_validation_frequency(training):
    history = linear().fit(X, Y, epochs=4, validation_data=(X, Y), validation_freq=2, verbose=0)
    assert len(history.history["val_loss"]) == 2
    assert len(history.history["loss"]) == 4


@pytest.mark.parametrize("verbose", ["auto", 1, 2])
def test_progress_is_printed(training, capsys, verbose):
    linear().fit(X, Y, epochs=2, batch_size=8, verbose=verbose)
    out = capsys.readouterr().out
    assert "Epoch 2/2" in out
    assert "loss:" in out
    assert "5/5" in out


def test_initial_epoch(training):
    assert linear().fit(X, Y, epochs=5, initial_epoch=3, verbose=0).epoch == [3, 4]


def test_steps_per_execution_calls_callbacks_less_often(training):
    model = linear(steps_per_execution=2)
    ends = []
    watch = corne.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: ends.append(batch))
    model.fit(X, Y, batch_size=8, callbacks=[watch], verbose=0)
    assert ends == [1, 3, 5]  # as Keras numbers them: the last execution might have held batch 5


# -- steps of one's own -----------------------------------------------------------------------------------------
def test_train_step_of_ones_own(training):
    class Mine(Model):
        def train_step(self, data):
            x, y = data
            loss, gradients = self.value_and_grad(lambda: self.compute_loss(x, y, self(x, training=True)))
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"my_loss": loss}

    x = Input((3,))
    model = Mine(x, Affine(1)(x))
    model.compile(Descent(0.1), squared)
    history = model.fit(X, Y, epochs=30, batch_size=8, verbose=0)
    assert set(history.history) == {"my_loss"}
    assert learned(model)


def test_train_step_in_pytorchs_manner(training):
    if "torch" not in sys.modules:
        pytest.skip("needs a backend on PyTorch")

    class Mine(Model):
        def train_step(self, data):
            x, y = data
            loss = self.compute_loss(y=y, y_pred=self(x, training=True))
            self.zero_grad()
            loss.backward()
            variables = self.trainable_variables
            self.optimizer.apply([v.value.grad for v in variables], variables)
            return {"loss": loss}

        def zero_grad(self):
            for v in self.trainable_variables:
                v.value.grad = None

    x = Input((3,))
    model = Mine(x, Affine(1)(x))
    model.compile(Descent(0.1), squared)
    model.fit(X, Y, epochs=30, batch_size=8, verbose=0)
    assert learned(model)


def test_compute_loss_and_predict_step_of_ones_own(training):
    class Mine(Model):
        def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
            return ops.mean(ops.square(y_pred - y)) * 2.0

        def predict_step(self, data):
            return super().predict_step(data) + 100.0

    x = Input((3,))
    model = Mine(x, Affine(1)(x))
    model.compile(Descent(0.0))
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(2 * float(np.mean(Y**2)), rel=1e-5)
    assert model.predict(X, verbose=0).min() == 100.0


def test_subclassed_model_trains(training):
    class Net(Model):
        def __init__(self):
            super().__init__()
            self.out = Affine(1)

        def call(self, inputs):
            return self.out(inputs)

    net = Net()
    net.compile(Descent(0.1), squared)
    net.fit(X, Y, epochs=30, batch_size=8, verbose=0)
    assert learned(net)


def test_layers_losses_and_metrics_take_part(training):
    class Penalty(Layer):
        def __init__(self):
            super().__init__()
            self.mean = corne.metrics.Mean(name="size")

        def call(self, inputs):
            self.add_loss(ops.sum(ops.zeros_like(inputs)) + 7.0)
            self.mean.update_state(ops.stop_gradient(ops.sum(ops.ones_like(inputs), axis=-1)))
            return inputs

    model = Sequential([Input((3,)), Penalty(), Affine(1)])
    model.compile(Descent(0.0), squared)
    logs = model.evaluate(X, Y, verbose=0, return_dict=True)
    assert logs["loss"] == pytest.approx(7.0 + float(np.mean(Y**2)), rel=1e-5)
    assert logs["size"] == pytest.approx(3.0)


def test_frozen_layers_stay(training):
    model = Sequential([Input((3,)), Affine(3, name="frozen"), Affine(1)])
    model.get_layer("frozen").trainable = False
    model.get_layer("frozen").kernel.assign(np.eye(3))
    model.compile(Descent(0.1), squared)
    model.fit(X, Y, epochs=2, verbose=0)
    np.testing.assert_array_equal(model.get_layer("frozen").get_weights()[0], np.eye(3))


def test_compiled_model_survives_a_file_with_its_optimizer(training, tmp_path):
    model = Sequential([Input((3,)), corne.layers.Dense(1)]) if "Dense" in dir(corne.layers) else None
    if model is None or "Adam" not in dir(corne.optimizers):
        pytest.skip("needs corne-layers and corne-optimizers")
    model.compile("adam", "mse", metrics=["mae"])
    model.fit(X, Y, epochs=1, shuffle=False, verbose=0)
    model.save(tmp_path / "m.keras")
    again = corne.models.load_model(tmp_path / "m.keras")
    for m in (model, again):
        m.fit(X, Y, epochs=1, shuffle=False, verbose=0)
    for one, two in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)


# -- bad input --------------------------------------------------------------------------------------------------
def ragged():
    array = np.empty(2, object)
    array[:] = [[1], [1, 2]]
    return array


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"x": X, "y": Y[:-1]}, DataError, "40 in x, 39 in y"),
        ({"x": X, "y": Y, "sample_weight": np.ones(3)}, DataError, "3 in sample_weight"),
        ({"x": X[:0], "y": Y[:0]}, DataError, "at least one sample"),
        ({"x": None}, DataError, "Pass arrays"),
        ({"x": ragged(), "y": Y[:2]}, DataError, "elements of list"),
        ({"x": np.array([["a"]] * 3), "y": Y[:3]}, DataError, "array of numbers"),
        ({"x": "hello"}, DataError, "arrays"),
        ({"x": iter([])}, DataError, "at least one batch"),
        ({"x": X, "y": Y, "batch_size": 0}, ArgumentError, "a positive integer, got 0"),
        ({"x": X, "y": Y, "batch_size": 2.5}, ArgumentError, "a positive integer"),
        ({"x": X, "y": Y, "epochs": -1}, ArgumentError, "zero or more"),
        ({"x": X, "y": Y, "steps_per_epoch": 0}, ArgumentError, "steps"),
        ({"x": X, "y": Y, "validation_split": 1.5}, ArgumentError, "between 0 and 1"),
        ({"x": X[:1], "y": Y[:1], "validation_split": 0.5}, ArgumentError, "samples on both sides"),
        ({"x": batches(), "validation_split": 0.2}, ArgumentError, "validation_data"),
        ({"x": batches(), "y": Y}, ArgumentError, "yield everything itself"),
        ({"x": X, "y": Y, "shuffle": "yes"}, ArgumentError, "'batch'"),
        ({"x": X, "y": Y, "verbose": 7}, ArgumentError, "verbose"),
        ({"x": X, "y": Y, "callbacks": [corne.callbacks.History]}, ArgumentError, "not a class"),
        ({"x": X, "y": Y, "validation_data": (X, Y), "validation_freq": 0}, ArgumentError, "validation_freq"),
        ({"x": X[:, :2], "y": Y}, ShapeError, r"shape \(None, 3\)"),
        ({"x": X, "y": [Y, Y]}, DataError, "1 entries"),
        ({"x": X, "class_weight": {0: 1.0}}, ArgumentError, "class_weight"),
    ],
)  # fmt: skip
def test_bad_arguments_of_fit(training, arguments, error, text):
    with pytest.raises(error, match=text):
        linear().fit(**{"verbose": 0, **arguments})


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        ({"loss": "mean_squarred_error"}, UnknownNameError, "mean_squared_error|corne-losses"),
        ({"optimizer": "adamm"}, UnknownNameError, "(?i)adam'|corne-optimizers"),
        ({"loss": 3}, ArgumentError, "a callable|function of"),
        ({"metrics": "accuracy"}, ArgumentError, r"Write \['accuracy'\]"),
        ({"jit_compile": "maybe"}, ArgumentError, "jit_compile"),
        ({"steps_per_execution": 0}, ArgumentError, "steps_per_execution"),
        ({"loss": {"wrong": squared}}, ArgumentError, "names of outputs"),
        ({"loss": [squared, squared]}, ArgumentError, "1 entries"),
    ],
)
def test_bad_arguments_of_compile(training, arguments, error, text):
    model = Sequential([Input((3,)), Affine(1)])

    def run():
        model.compile(**{"optimizer": Descent(0.1), "loss": squared, **arguments})
        model.fit(X, Y, verbose=0)

    with pytest.raises(error, match=text):
        run()


@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch", "test_on_batch"])
def test_before_compile(training, method):
    model = Sequential([Input((3,)), Affine(1)])
    with pytest.raises(StateError, match=r"model\.compile"):
        getattr(model, method)(X, Y)


def test_no_loss_at_all(training):
    model = Sequential([Input((3,)), Affine(1)])
    model.compile(Descent(0.1))
    with pytest.raises(ArgumentError, match="loss=…"):
        model.fit(X, Y, verbose=0)


def test_nothing_to_train(training):
    model = linear()
    model.trainable = False
    before = model.get_weights()
    with pytest.warns(UserWarning, match="no trainable weights"):
        history = model.fit(X, Y, verbose=0)
    assert history.history["loss"] == pytest.approx([float(np.mean(Y**2))], rel=1e-5)
    np.testing.assert_equal(model.get_weights(), before)
    model.compile(optimizer=None, loss=squared)
    with pytest.raises(StateError, match="an optimizer"):
        model.fit(X, Y, verbose=0)


def test_labels_out_of_range(training):
    if "SparseCategoricalCrossentropy" not in dir(corne.losses):
        pytest.skip("needs corne-losses")
    model = Sequential([Input((3,)), Affine(3)])
    model.compile(Descent(0.1), "sparse_categorical_crossentropy")
    with pytest.raises(DataError, match=r"class numbers from 0 to 2.*got 3"):
        model.fit(X, np.arange(40) % 4, verbose=0)
    with pytest.raises(DataError, match="got -1"):
        model.fit(X, np.arange(40) % 3 - 1, verbose=0)


def test_nan_in_data_when_asked_to_check(training):
    x = X.copy()
    x[3, 1] = np.nan
    with pytest.warns(NonFiniteLossWarning):
        linear().fit(x, Y, verbose=0)  # nobody asked
    corne.config.set_check_finite(True)
    try:
        with pytest.raises(DataError, match=r"x: expected finite numbers.*1 that are NaN.*index \(3, 1\)"):
            linear().fit(x, Y, verbose=0)
        linear().fit(X, Y, verbose=0)
    finally:
        corne.config.reload()
    with pytest.raises(ArgumentError, match="true or false"):
        corne.config.set_check_finite("perhaps")


def test_an_unbuilt_model_runs_once_before_its_first_step():
    class Counted(layers.Dense):
        runs = 0

        def call(self, x):
            Counted.runs += 1
            return super().call(x)

    class Plain(Model):
        def __init__(self):
            super().__init__()
            self.out = Counted(2)

        def call(self, x):
            return self.out(x)

    model = Plain()
    model.compile(None, "mse", run_eagerly=True)
    model.evaluate(np.ones((4, 3)), np.ones((4, 2)), batch_size=4, verbose=0)
    assert Counted.runs == 2  # one to make the weights, one for the only batch
