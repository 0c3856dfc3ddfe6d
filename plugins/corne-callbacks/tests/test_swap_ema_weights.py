"""SwapEMAWeights: what evaluations, other callbacks and the trained model hold."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import callbacks, ops
from corne.errors import StateError

X = np.ones((4, 1), "float32")


class Factor(corne.Layer):
    def build(self, input_shape):
        self.factor = self.add_weight((), "zeros", name="factor")

    def call(self, inputs):
        return ops.multiply(inputs, self.factor)


class Descent(corne.Optimizer):
    def update_step(self, gradient, variable, learning_rate):
        variable.assign_sub(ops.multiply(gradient, learning_rate))


def falling(y_true, y_pred):
    return ops.negative(
        ops.mean(y_pred, axis=-1)
    )  # its gradient is -1: the factor grows by the learning rate


@pytest.fixture
def model():
    for name in [n for n, reason in corne.backend.available().items() if reason is None]:
        if "gradients" in corne.backend.load(name).capabilities:
            with corne.backend.use(name):
                made = corne.Sequential([corne.Input((1,)), Factor()])
                made.compile(Descent(1.0, use_ema=True, ema_momentum=0.5), falling)
                yield made
            return
    pytest.skip("needs a backend with gradients")


class Watch(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.tested, self.ended, self.began = [], [], []

    def factor(self):
        return float(self.model.trainable_variables[0].numpy())

    def on_test_batch_end(self, batch, logs=None):
        self.tested.append(self.factor())

    def on_epoch_begin(self, epoch, logs=None):
        self.began.append(self.factor())

    def on_epoch_end(self, epoch, logs=None):
        self.ended.append(self.factor())


# One step an epoch: the factor is 1, 2, 3; its average 1, (1 + 2) / 2, (1.5 + 3) / 2.
@pytest.mark.parametrize(("on_epoch", "ended"), [(False, [1.0, 2.0, 3.0]), (True, [1.0, 1.5, 2.25])])
def test_evaluations_see_averages(model, on_epoch, ended):
    watch = Watch()
    swap = callbacks.SwapEMAWeights(swap_on_epoch=on_epoch)
    model.fit(X, X, epochs=3, validation_data=(X, X), callbacks=[swap, watch], verbose=0)
    assert watch.tested == [1.0, 1.5, 2.25]
    assert watch.ended == ended
    assert watch.began == [0.0, 1.0, 2.0]
    assert model.get_weights()[0] == 2.25  # training ends with the averages
    model.layers[0].factor.assign(7.0)
    assert model.evaluate(X, X, callbacks=[callbacks.SwapEMAWeights()], verbose=0) == -2.25
    assert model.predict(X, callbacks=[callbacks.SwapEMAWeights()], verbose=0).tolist() == [[2.25]] * 4
    assert model.get_weights()[0] == 7.0


def test_an_optimizer_without_averages(model):
    model.compile(Descent(1.0), falling)
    with pytest.raises(StateError) as caught:
        model.evaluate(X, X, callbacks=[callbacks.SwapEMAWeights()], verbose=0)
    assert caught.value.where == "SwapEMAWeights()"
