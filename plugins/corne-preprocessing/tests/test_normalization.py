"""Normalization, and what every layer with adapt() does alike."""

from __future__ import annotations

import numpy as np
import pytest
from corne import layers
from corne.errors import ArgumentError, DataError, ShapeError
from corne.utils import PyDataset
from corne_testkit import Case, LayerConformance
from hypothesis import given, settings
from hypothesis import strategies as st


class TestNormalization(LayerConformance):
    """What every layer owes."""

    cases = [
        Case("Normalization", {}, input_shape=(4, 3)),
        Case("Normalization", {"axis": [1, 2]}, input_shape=(2, 3)),
        Case("Normalization", {"axis": None, "invert": True}, input_shape=(2, 3)),
        Case("Normalization", {"mean": [1.0, 2.0, 3.0], "variance": [4.0, 1.0, 0.25]}, input_shape=(2, 3)),
        Case("Normalization", {"axis": None, "mean": 3.0, "variance": 2.0}, input_shape=(2,)),
    ]


def _statistics(layer):
    return layer.adapt_mean.numpy(), layer.adapt_variance.numpy()


class _Batches(PyDataset):
    def __init__(self, x):
        super().__init__()
        self._x = x

    @property
    def num_batches(self):
        return 4

    def __getitem__(self, index):
        return self._x[index * 8 : index * 8 + 8], np.full(8, 1e9)


def test_learns_mean_and_variance(backend):
    """Of 1, 3, 5 the mean is 3 and the variance (4 + 0 + 4) / 3; of 2, 2, 8: 4 and (4 + 4 + 16) / 3."""
    layer = layers.Normalization()
    layer.adapt(np.array([[1, 2], [3, 2], [5, 8]]))
    mean, variance = _statistics(layer)
    assert mean.tolist() == [3, 4]
    np.testing.assert_allclose(variance, [8 / 3, 8])
    # (5 - 3) / sqrt(8 / 3), (4 - 4) / sqrt(8)
    np.testing.assert_allclose(
        backend.to_numpy(layer(np.array([[5, 4]]))), [[2 / (8 / 3) ** 0.5, 0]], rtol=1e-6
    )


def test_every_source_gives_the_same():
    """Arrays, lists, generators and data sets hold the same numbers, so the statistics are the same; no labels."""
    x = np.random.default_rng(0).normal(5, 2, (32, 3)).astype("float32")
    labels = np.full(8, 1e9)
    parts = np.split(x, 4)
    sources = {
        "array in pieces": (x, {"batch_size": 7}),
        "list of rows": (x.tolist(), {}),
        "list of arrays": (parts, {}),
        "generator": ((p for p in parts), {}),
        "pairs": (((p, labels) for p in parts), {}),
        "triples": ([*zip(parts, [labels] * 4, [labels] * 4)], {}),
        "PyDataset": (_Batches(x), {}),
        "steps": (iter([*parts, np.full((8, 3), 1e9)]), {"steps": 4}),
    }
    for name, (source, options) in sources.items():
        layer = layers.Normalization()
        layer.adapt(source, **options)
        np.testing.assert_allclose(layer.adapt_mean.numpy(), x.mean(0), rtol=1e-5, err_msg=name)
        np.testing.assert_allclose(layer.adapt_variance.numpy(), x.var(0), rtol=1e-5, err_msg=name)


def test_frames_of_pandas():
    """A frame is an array with an axis for its columns, a column an array."""
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"a": [1.0, 3.0], "b": [10, 30]})
    layer = layers.Normalization()
    layer.adapt(frame)
    assert layer.adapt_mean.numpy().tolist() == [2, 20]
    layer = layers.Normalization(axis=None)
    layer.adapt(frame["b"])
    assert layer.adapt_mean.numpy() == 20


def test_loaders_and_datasets_of_torch():
    """A DataLoader's batches are lists [x, y]; a Dataset is read by index."""
    torch = pytest.importorskip("torch")
    x = torch.arange(12.0).reshape(6, 2)
    data = torch.utils.data.TensorDataset(x, torch.full((6,), 1e9))
    for source in (data, torch.utils.data.DataLoader(data, batch_size=4), x):
        layer = layers.Normalization()
        layer.adapt(source)
        assert layer.adapt_mean.numpy().tolist() == [5, 6]  # 0, 2, ..., 10 and 1, 3, ..., 11


def test_far_from_zero():
    """In float32 sums of squares around 1e6 would lose a variance of 1; the layer sums in float64."""
    x = (1e6 + np.random.default_rng(0).integers(-1, 2, (20000, 1))).astype("float32")
    layer = layers.Normalization()
    layer.adapt(x)
    np.testing.assert_allclose(layer.adapt_variance.numpy(), x.astype("float64").var(0), rtol=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 5), min_size=3, max_size=6), st.integers(0, 99))
def test_merging_is_associative(sizes, seed):
    """Merged from the left or from the right, moments are those of all data."""
    generator = np.random.default_rng(seed)
    parts = [generator.normal(generator.normal() * 100, 1, (n, 2)) for n in sizes]
    layer = layers.Normalization()
    summaries = [layer.summarize(p) for p in parts]
    left = summaries[0]
    for s in summaries[1:]:
        left = layer.merge(left, s)
    right = summaries[-1]
    for s in reversed(summaries[:-1]):
        right = layer.merge(s, right)
    whole = np.concatenate(parts)
    for merged in (left, right):
        assert merged.size == len(whole)
        np.testing.assert_allclose(merged.mean, whole.mean(0), atol=1e-9)
        np.testing.assert_allclose(merged.squares / merged.size, whole.var(0), rtol=1e-9)


def test_adapts_again_from_the_beginning():
    """What an earlier adapt() learned is forgotten."""
    layer = layers.Normalization()
    layer.adapt(np.array([[100.0]]))
    layer.adapt(np.array([[1.0], [3.0]]))
    assert [float(s[0]) for s in _statistics(layer)] == [2, 1]


@pytest.mark.parametrize(
    "data, error",
    [
        ([], DataError),
        (iter(()), DataError),
        (np.zeros((0, 3)), DataError),
        (None, DataError),
        ({"a": [1.0]}, DataError),
        (np.array([["a"]]), DataError),
        (np.array([[1.0], [np.nan]]), DataError),
        ([[1.0], [1.0, 2.0]], DataError),
        (3 + 4j, DataError),
        (iter([np.ones((2, 3)), np.ones((2, 4))]), ShapeError),
    ],
)
def test_wrong_data(data, error):
    """What can't be adapted to is refused, and the layer named."""
    layer = layers.Normalization(name="scaled")
    with pytest.raises(error) as caught:
        layer.adapt(data)
    assert caught.value.where.startswith("scaled.adapt(")


def test_wrong_arguments():
    """Arguments that contradict one another, or the input."""
    for arguments in ({"mean": 1.0}, {"mean": [1.0], "variance": [1.0, 2.0]}, {"axis": "last"}):
        with pytest.raises(ArgumentError):
            layers.Normalization(**arguments)
    with pytest.raises(ShapeError):
        layers.Normalization(axis=3)(np.ones((2, 3)))
    with pytest.raises(ShapeError):
        layers.Normalization(mean=[1.0, 2.0], variance=[1.0, 2.0])(np.ones((2, 3)))
    with pytest.raises(ArgumentError):
        layers.Normalization(mean=1.0, variance=1.0).adapt(np.ones((2, 3)))
    for options in ({"batch_size": 0}, {"steps": True}):
        with pytest.raises(ArgumentError):
            layers.Normalization().adapt(np.ones((2, 3)), **options)
