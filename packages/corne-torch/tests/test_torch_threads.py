"""Several threads and one model."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import corne
import numpy as np
import pytest
from corne import layers
from corne.random import set_random_seed
from corne_torch.traced import compiler

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 8)).astype("float32")
X[:, 5:] = 0  # padding, for models with masks
Y = rng.normal(size=(40, 3)).astype("float32")


def dense() -> list[Any]:
    return [
        layers.Dense(16, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.2),
        layers.Dense(3, activity_regularizer="l2", kernel_regularizer="l2"),
    ]  # fmt: skip


def recurrent() -> list[Any]:
    return [
        layers.Reshape((8, 1)),
        layers.Masking(0.0),
        layers.SimpleRNN(4, return_sequences=True),
        layers.GRU(3),
    ]


MAKERS = {"dense": dense, "recurrent": recurrent}


def make(kind: str, jit_compile: bool, first: Sequence[Any] = (layers.Input((8,)),)) -> corne.Model:
    set_random_seed(0)
    model = corne.Sequential([*first, *MAKERS[kind]()])
    model.compile("sgd", "mse", metrics=["mae"], jit_compile=jit_compile)
    return model


def predict(model: corne.Model) -> Any:
    return model.predict(X, verbose=0, batch_size=16)  # the last batch is smaller


def race(functions: Sequence[Callable[[], Any]]) -> list[Any]:
    """Call all at once, each in a thread, and return what they return."""
    barrier = threading.Barrier(len(functions))
    results: list[Any] = [None] * len(functions)

    def call(index: int) -> None:
        barrier.wait()
        try:
            results[index] = functions[index]()
        except BaseException as error:
            results[index] = error

    threads = [threading.Thread(target=call, args=(index,)) for index in range(len(functions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


@pytest.mark.parametrize("jit_compile", [False, True], ids=["eager", "recorded"])
@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("threads", [2, 8])
@pytest.mark.usefixtures("interpreted")
class TestThreads:
    """Each result is the one that a thread alone gets."""

    def test_predict(self, threads: int, kind: str, jit_compile: bool) -> None:
        wanted = predict(make(kind, jit_compile))
        model = make(kind, jit_compile)
        for _ in range(3):  # the first time nothing is recorded yet
            for result in race([lambda: predict(model)] * threads):
                np.testing.assert_allclose(result, wanted, atol=1e-6)

    def test_first_calls_make_weights_once(self, threads: int, kind: str, jit_compile: bool) -> None:
        wanted = [v.shape for v in make(kind, jit_compile).weights]
        for _ in range(3):
            model = make(kind, jit_compile, first=())
            results = race([lambda m=model: predict(m)] * threads)
            assert [v.shape for v in model.weights] == wanted
            for result in results:
                np.testing.assert_allclose(result, predict(model), atol=1e-6)

    def test_beside_evaluate_and_calls(self, threads: int, kind: str, jit_compile: bool) -> None:
        alone = make(kind, jit_compile)
        wanted, numbers = predict(alone), alone.evaluate(X, Y, verbose=0, batch_size=16)
        model = make(kind, jit_compile)
        ways = [
            lambda: predict(model), lambda: model(X).detach().numpy(), lambda: model.predict_on_batch(X),
        ]  # fmt: skip
        for _ in range(3):
            evaluated, *results = race([
                lambda: model.evaluate(X, Y, verbose=0, batch_size=16), *(ways[i % 3] for i in range(threads))
            ])  # fmt: skip
            # What other calls add to the loss isn't evaluate's.
            np.testing.assert_allclose(evaluated, numbers, rtol=1e-5)
            for result in results:
                np.testing.assert_allclose(result, wanted, atol=1e-6)


@pytest.mark.skipif(compiler.cpp_compiler() is None, reason="no C++ compiler")
def test_first_compilations_race() -> None:
    wanted = predict(make("dense", False))
    model = make("dense", True, first=())
    race([lambda: predict(model)] * 4)
    model.set_weights(make("dense", False).get_weights())
    for result in race([lambda: predict(model)] * 4):
        np.testing.assert_allclose(result, wanted, atol=1e-5)
    assert model.explain_steps()["predict"] == "compiled: as asked"
