"""The layers for numbers against Keras, on PyTorch."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import layers, models

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]


@pytest.fixture(autouse=True)
def _cpu():
    with backends.use("cpu"):
        yield


def _keras():
    return pytest.importorskip("keras")


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("Rescaling", {"scale": 1 / 127.5, "offset": -1}),
        ("Rescaling", {"scale": [1.0, 2.0, 3.0], "offset": 0.5}),
        ("Normalization", {}),
        ("Normalization", {"axis": None}),
        ("Normalization", {"axis": (1, -1)}),
        ("Normalization", {"axis": 1, "invert": True}),
        ("Normalization", {"axis": (1, 2), "mean": [1.0, 2.0, 3.0], "variance": [1.0, 4.0, 9.0]}),
        ("Normalization", {"mean": 2.0, "variance": 3.0, "invert": True}),
    ],
)
def test_values_and_files(name, arguments, tmp_path):
    """Equal values after adapt(), and models that each library reads from the other's file."""
    keras = _keras()
    x = np.random.default_rng(0).normal(3, 2, (40, 4, 3)).astype("float32")
    ours, theirs = getattr(layers, name)(**arguments), getattr(keras.layers, name)(**arguments)
    if name == "Normalization" and "mean" not in arguments:
        ours.adapt(x)
        theirs.adapt(x)
    expected = keras.ops.convert_to_numpy(theirs(x))
    np.testing.assert_allclose(backends.active().to_numpy(ours(x)), expected, rtol=2e-5, atol=2e-6)

    import corne

    corne.Sequential([corne.Input((4, 3)), ours]).save(tmp_path / "corne.keras")
    keras.Sequential([keras.Input((4, 3)), theirs]).save(tmp_path / "keras.keras")
    np.testing.assert_allclose(
        keras.models.load_model(tmp_path / "corne.keras").predict(x, verbose=0),
        expected,
        rtol=2e-5,
        atol=2e-6,
    )
    np.testing.assert_allclose(
        models.load_model(tmp_path / "keras.keras").predict(x, verbose=0), expected, rtol=2e-5, atol=2e-6
    )


@pytest.mark.parametrize("mode", ["int", "one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(40,), (40, 1), (40, 3), (20, 3, 2)])
def test_discretization(mode, shape):
    """Equal boundaries from one array and from batches in their order, and equal bins."""
    keras = _keras()
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    many = np.random.default_rng(1).normal(size=1000).astype("float32")
    for data in (many, np.split(many, 10)):
        ours = layers.Discretization(num_bins=5, output_mode=mode, epsilon=0.05)
        theirs = keras.layers.Discretization(num_bins=5, output_mode=mode, epsilon=0.05)
        ours.adapt(data)
        for batch in data if isinstance(data, list) else [data]:  # adapt() of Keras's asks for TensorFlow
            theirs.update_state(batch)
        theirs.finalize_state()
        assert ours.bin_boundaries == theirs.bin_boundaries
        y = backends.active().to_numpy(ours(x))
        np.testing.assert_array_equal(y, keras.ops.convert_to_numpy(theirs(x)))
        assert ours.compute_output_shape(shape) == y.shape


@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 4), (2, 3, 2)])
def test_category_encoding(mode, shape):
    """Equal vectors, with weights for counts."""
    keras = _keras()
    x = np.random.default_rng(0).integers(0, 6, shape)
    ours, theirs = (kind.CategoryEncoding(num_tokens=6, output_mode=mode) for kind in (layers, keras.layers))
    options = {"count_weights": np.full(shape, 0.5, "float32")} if mode == "count" else {}
    for given in ({}, options):
        y = backends.active().to_numpy(ours(x, **given))
        np.testing.assert_array_equal(y, keras.ops.convert_to_numpy(theirs(x, **given)))
    assert ours.compute_output_shape(shape) == y.shape
