"""SpectralNormalization: conformance, linear algebra, Keras."""

from __future__ import annotations

import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError
from corne.layers import Dense, Embedding, Flatten, SpectralNormalization
from corne_testkit import Case, LayerConformance

X = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")


SKIP = {
    "gradients": "training normalizes the kernel before it is used: a small difference in it is divided away"
}


class TestSpectralNormalization(LayerConformance):
    cases = [
        Case(
            "SpectralNormalization",
            lambda dtype, n=iterations: {"layer": Dense(3, dtype=dtype), "power_iterations": n},
            input_shape=shape,
            updates_state=True,
            skip=SKIP,
        )
        for iterations, shape in ((1, (4,)), (3, (2, 4)))
    ]


def test_the_kernel_gets_the_largest_singular_value_one():
    layer = SpectralNormalization(Dense(3), power_iterations=100)
    layer(X)
    kernel = layer.layer.kernel.numpy()
    layer(X, training=True)
    expected = kernel / np.linalg.svd(kernel, compute_uv=False)[0]
    np.testing.assert_allclose(layer.layer.kernel.numpy(), expected, atol=1e-5)


def test_a_kernel_of_zeros_stays_and_inference_changes_nothing():
    layer = SpectralNormalization(Dense(3, kernel_initializer="zeros"))
    layer(X, training=True)
    assert (layer.layer.kernel.numpy() == 0).all()
    layer = SpectralNormalization(Embedding(6, 3))
    before = ops.convert_to_numpy(layer(np.array([[1, 2]])))
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(np.array([[1, 2]]))), before)


def test_wrong_use():
    with pytest.raises(ArgumentError):
        SpectralNormalization(Dense(3), power_iterations=0)
    with pytest.raises(ArgumentError):
        SpectralNormalization("dense")
    with pytest.raises(ArgumentError):
        SpectralNormalization(Flatten())(X)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize("iterations", [1, 4])
def test_keras(iterations):
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    theirs = keras.layers.SpectralNormalization(keras.layers.Dense(3), power_iterations=iterations)
    ours = SpectralNormalization(Dense(3), power_iterations=iterations)
    theirs(X)
    ours(X)
    assert [w.shape for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    for _ in range(3):
        expected = theirs(X, training=True).detach().cpu().numpy()
        np.testing.assert_allclose(ops.convert_to_numpy(ours(X, training=True)), expected, atol=1e-6)
    for mine, other in zip(ours.weights, theirs.weights, strict=True):
        np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), atol=1e-6)
