"""What changes between steps: a recorded step must notice it as an eager one does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, optimizers
from corne.random import set_random_seed
from corne_torch.traced.step import EagerStepWarning

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 6)).astype("float32")
Y = X[:, :1] - X[:, 1:2]
pytestmark = pytest.mark.usefixtures("interpreted")


@pytest.fixture(params=[False, True], ids=["eager", "recorded"])
def jit_compile(request: pytest.FixtureRequest) -> bool:
    """Both ways of running a step."""
    return bool(request.param)


def make(jit_compile: bool, **options: Any) -> corne.Model:
    set_random_seed(1)
    model = corne.Sequential([
        layers.Input((6,)), layers.Dense(5, activation="tanh", name="first"), layers.BatchNormalization(name="norm"),
        layers.Dropout(0.0, seed=3, name="drop"), layers.Dense(1, name="last"),
    ])  # fmt: skip
    model.compile(
        options.pop("optimizer", None) or optimizers.SGD(0.1), "mse", jit_compile=jit_compile, **options
    )
    return model


def fit(model: corne.Model, x: Any = X, **options: Any) -> Any:
    return model.fit(x, Y, batch_size=8, shuffle=False, verbose=0, **options)


def learned(model: corne.Model, run: Callable[[], Any] | None = None) -> set[str]:
    """Return the layers whose weights a fit changes."""
    before = {v.path: v.numpy() for v in model.weights}
    fit(model) if run is None else run()
    changed = {v.path for v in model.weights if (v.numpy() != before[v.path]).any()}
    return {path.split("/")[-2] for path in changed}


ALL = {"first", "norm", "last"}


def is_on_tape(model: corne.Model) -> set[str]:
    return {v.path.split("/")[-2] for v in model.weights if v.value.requires_grad}


# -- trainable -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("before", [0, 1], ids=["at once", "after a fit"])
def test_frozen_and_thawed_layers_without_compiling_again(jit_compile: bool, before: int) -> None:
    """Keras's rule: it counts from the next step on, and needs no other compile()."""
    model = make(jit_compile)
    if before:
        fit(model)
    else:
        model.optimizer.build(model.trainable_variables)  # so that they can be thawed
    assert is_on_tape(model) == ALL
    model.get_layer("first").trainable = False
    assert is_on_tape(model) == {"norm", "last"}
    assert learned(model) == {"norm", "last"}
    assert learned(model, lambda: model.train_on_batch(X, Y)) == {"norm", "last"}
    assert is_on_tape(model) == {"norm", "last"}
    model.get_layer("first").trainable = True
    assert is_on_tape(model) == ALL
    assert learned(model) == ALL
    model.get_layer("last").kernel.trainable = False
    last = model.get_layer("last")
    kernel, bias = last.kernel.numpy(), last.bias.numpy()
    fit(model)
    np.testing.assert_array_equal(last.kernel.numpy(), kernel)
    assert (last.bias.numpy() != bias).all()


def test_frozen_statistics_are_used_and_left_alone(jit_compile: bool) -> None:
    model = make(jit_compile)
    fit(model)
    model.get_layer("norm").trainable = False
    assert learned(model) == {"first", "last"}
    model.optimizer.learning_rate = 0.0
    # In inference mode the loss of training is that of evaluation.
    loss = model.train_on_batch(X, Y)
    assert loss == pytest.approx(model.evaluate(X, Y, batch_size=24, verbose=0), rel=1e-6)
    model.get_layer("norm").trainable = True
    assert loss != pytest.approx(model.train_on_batch(X, Y), rel=1e-3)


def test_frozen_by_a_callback(jit_compile: bool) -> None:
    class Freeze(corne.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            if epoch == 1:
                self.model.get_layer("first").trainable = False
                self.weights = self.model.get_layer("first").get_weights()

    model, freeze = make(jit_compile), Freeze()
    fit(model, epochs=3, callbacks=[freeze])
    for was, now in zip(freeze.weights, model.get_layer("first").get_weights(), strict=True):
        np.testing.assert_array_equal(was, now)


def test_frozen_from_the_beginning() -> None:
    layer = layers.Dense(3, trainable=False)
    layer.build((None, 2))
    assert not any(v.value.requires_grad for v in layer.weights)
    layer.trainable = True
    assert all(v.value.requires_grad for v in layer.weights)
    counter = corne.Variable(np.int32(0))
    counter.trainable = True  # integers have no gradients
    assert not counter.value.requires_grad


def test_freezing_in_turn_records_each_way_once(interpreted: list[Any]) -> None:
    """Adversarial training: one network learns while the other rests."""
    model = make(True)
    model.optimizer.build(model.trainable_variables)
    for turn in range(6):
        model.get_layer("first").trainable = turn % 2 == 0
        changed = learned(model, lambda: model.train_on_batch(X, Y))
        assert changed == (ALL if turn % 2 == 0 else ALL - {"first"})
    assert len(interpreted) == 2


# -- numbers that a recorded step holds -----------------------------------------------------------------------
def test_a_new_dropout_rate(jit_compile: bool) -> None:
    one, two = make(jit_compile), make(False)
    for rate in (0.0, 0.5, 0.2):
        for model in (one, two):
            model.get_layer("drop").rate = rate
            fit(model, epochs=2)
        for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
            np.testing.assert_allclose(a, b, atol=1e-5)
    assert one.get_layer("drop").seed_generator.state.key == (3, 12)  # nothing is drawn at rate 0


def test_attributes_that_callbacks_change(jit_compile: bool) -> None:
    class Annealed(corne.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out, self.share = layers.Dense(1), 0.0

        def call(self, x: Any) -> Any:
            self.add_loss(self.share)
            return self.out(x)

    class Anneal(corne.callbacks.Callback):
        def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
            self.model.share = float(epoch)

    model = Annealed()
    model.compile(optimizers.SGD(0.0), "mse", jit_compile=jit_compile)
    losses = model.fit(X, Y, epochs=3, verbose=0, callbacks=[Anneal()]).history["loss"]
    assert np.diff(losses) == pytest.approx([1.0, 1.0], abs=1e-5)


def test_settings_of_the_optimizer(jit_compile: bool) -> None:
    model = make(jit_compile)
    fit(model)
    model.optimizer.clipnorm = 1e-9
    before = model.get_layer("last").kernel.numpy()
    fit(model)
    np.testing.assert_allclose(model.get_layer("last").kernel.numpy(), before, atol=1e-8)


def test_steps_that_set_attributes_themselves_run(interpreted: list[Any]) -> None:
    class Counting(corne.Model):
        def __init__(self) -> None:
            super().__init__()
            self.out, self.steps = layers.Dense(1), 0

        def call(self, x: Any) -> Any:
            return self.out(x)

        def train_step(self, data: Any) -> Any:
            self.steps += 1
            return super().train_step(data)

    model = Counting()
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.warns(EagerStepWarning, match="sets attributes"):
        model.fit(X, Y, batch_size=len(X), epochs=5, verbose=0)
    assert not interpreted
    assert model.steps == 5


# -- the learning rate ---------------------------------------------------------------------------------------
def test_learning_rates(jit_compile: bool) -> None:
    def moved(run: Callable[[], Any]) -> float:
        before = model.get_layer("last").kernel.numpy()
        run()
        return float(np.abs(model.get_layer("last").kernel.numpy() - before).max())

    model = make(jit_compile)
    assert moved(lambda: fit(model)) > 1e-3
    model.optimizer.learning_rate = 0.0
    assert moved(lambda: fit(model)) == 0
    model.optimizer.learning_rate = 0.1
    assert moved(lambda: fit(model)) > 1e-3
    model.optimizer.learning_rate.assign(0.0)
    assert moved(lambda: fit(model)) == 0
    rates = corne.callbacks.LearningRateScheduler(lambda epoch, rate: 0.1 if epoch == 1 else 0.0)
    assert moved(lambda: fit(model, epochs=1, callbacks=[rates])) == 0
    assert moved(lambda: fit(model, epochs=2, callbacks=[rates])) > 1e-3
    model.optimizer.learning_rate = 1e-6
    reduce = corne.callbacks.ReduceLROnPlateau(monitor="loss", factor=0.5, patience=1, min_delta=10.0)
    fit(model, epochs=3, callbacks=[reduce])
    assert float(model.optimizer.learning_rate) == pytest.approx(0.25e-6)


def test_a_schedule_instead_of_a_number(jit_compile: bool) -> None:
    model = make(jit_compile)
    fit(model)
    for rate in (0.0, 0.1, 0.0):
        model.optimizer.learning_rate = optimizers.schedules.ExponentialDecay(rate, 10, 1.0)
        assert bool(learned(model) & {"first", "last"}) == (rate > 0)


def test_a_function_instead_of_a_number(jit_compile: bool) -> None:
    model = make(jit_compile)
    fit(model)
    asked: list[int] = []
    model.optimizer.learning_rate = lambda: asked.append(1) or 0.1
    fit(model)
    assert len(asked) >= 3


# -- weights, compile, data ----------------------------------------------------------------------------------
def test_weights_set_and_loaded(jit_compile: bool, tmp_path: Any) -> None:
    model = make(jit_compile)
    weights = model.get_weights()
    model.save_weights(tmp_path / "start.weights.h5")
    one = fit(model).history["loss"]
    model.predict(X, verbose=0)
    for put in (
        lambda: model.set_weights(weights),
        lambda: model.load_weights(tmp_path / "start.weights.h5"),
    ):
        put()
        np.testing.assert_array_equal(model.get_weights()[0], weights[0])
        assert model.predict(X, verbose=0) == pytest.approx(make(False).predict(X, verbose=0), abs=1e-6)
        assert fit(model).history["loss"] == pytest.approx(one, rel=1e-6)


def test_compiling_again(jit_compile: bool) -> None:
    model = make(jit_compile)
    first = fit(model).history
    model.compile(optimizers.Adam(0.0), "mae", metrics=["mse"], jit_compile=jit_compile)
    second = fit(model).history
    assert second.keys() == {*first, "mse"}
    model.compile(optimizers.SGD(0.0), "mse", jit_compile=jit_compile)
    assert model.evaluate(X, Y, verbose=0) == pytest.approx(
        float(np.mean((model.predict(X, verbose=0) - Y) ** 2)), rel=1e-5
    )


def test_weights_for_classes_and_samples_that_come_later(jit_compile: bool) -> None:
    labels = (Y[:, 0] > 0).astype("int64")
    weight = np.linspace(0.1, 2, len(X), dtype="float32")
    histories = []
    for jit in (False, jit_compile):
        set_random_seed(2)
        model = corne.Sequential([layers.Input((6,)), layers.Dense(2, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy", jit_compile=jit)
        kinds: list[dict[str, Any]] = [
            {}, {"sample_weight": weight}, {"class_weight": {0: 3.0, 1: 0.5}}, {},
            {"sample_weight": weight, "class_weight": {0: 3.0, 1: 0.5}}, {"class_weight": {0: 0.1, 1: 0.1}},
        ]  # fmt: skip
        histories.append(
            [model.fit(X, labels, batch_size=8, shuffle=False, verbose=0, **k).history["loss"] for k in kinds]
        )
    np.testing.assert_allclose(histories[0], histories[1], rtol=1e-5)
    assert len({round(loss[0], 4) for loss in histories[0]}) >= 4


def test_new_shapes_and_masks_that_appear(jit_compile: bool) -> None:
    def run(jit: bool) -> list[Any]:
        set_random_seed(2)
        inputs = layers.Input((None,), dtype="int32")
        x = layers.Embedding(9, 4, mask_zero=True)(inputs)
        model = corne.Model(inputs, layers.Dense(1)(layers.GlobalAveragePooling1D()(x)))
        model.compile("sgd", "mse", jit_compile=jit)
        results: list[Any] = []
        for length, padded in ((5, False), (7, False), (5, True), (5, False)):
            tokens = 1 + np.arange(24 * length).reshape(24, length) % 8
            if padded:
                tokens[:, 3:] = 0
            results += fit(model, tokens).history["loss"]
            results.append(model.predict(tokens, verbose=0).sum())
        return results

    np.testing.assert_allclose(run(jit_compile), run(False), rtol=1e-4)


def test_another_dtype_policy(jit_compile: bool) -> None:
    model = make(jit_compile)
    full = model.predict(X, verbose=0)
    for layer in model.layers:
        layer.dtype_policy = corne.dtype_policies.get("mixed_bfloat16")
    half = model.predict(X, verbose=0)
    assert 0 < np.abs(full - half.astype("float32")).max() < 0.1
    np.testing.assert_array_equal(half, make_half().predict(X, verbose=0))


def make_half() -> corne.Model:
    model = make(False)
    for layer in model.layers:
        layer.dtype_policy = corne.dtype_policies.get("mixed_bfloat16")
    return model


def test_stopping(jit_compile: bool) -> None:
    class Stop(corne.callbacks.Callback):
        def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
            if batch == 1:
                self.model.stop_training = True

    model = make(jit_compile)
    history = fit(model, epochs=5, callbacks=[Stop()])
    assert int(model.optimizer.iterations) == 2
    assert len(history.epoch) == 1
    assert len(fit(model, epochs=2).epoch) == 2  # the next fit begins anew
