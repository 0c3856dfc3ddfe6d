"""corne.datasets on small files of the same formats."""

import gzip
import hashlib

import corne
import numpy as np
import pytest
from corne.errors import ArgumentError, FileFormatError
from corne_data.datasets import files


@pytest.fixture
def published(tmp_path, monkeypatch):
    origin = tmp_path / "origin"
    origin.mkdir()
    monkeypatch.setenv("CORNE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(files, "BASE", origin.as_uri() + "/")

    def publish(name, **arrays):
        np.savez(origin / name, **arrays)
        digest = hashlib.sha256((origin / name).read_bytes()).hexdigest()
        monkeypatch.setitem(files.HASHES, name, digest)

    publish.folder = origin
    return publish


def test_mnist(published):
    x = np.arange(2 * 28 * 28, dtype="uint8").reshape(2, 28, 28)
    published("mnist.npz", x_train=x, y_train=[1, 2], x_test=x[:1], y_test=[3])
    (a, b), (c, d) = corne.datasets.mnist.load_data()
    np.testing.assert_array_equal(a, x)
    assert (b.tolist(), len(c), d.tolist()) == ([1, 2], 1, [3])


def test_fashion_mnist(published):
    pixels = bytes(i % 256 for i in range(2 * 28 * 28))
    for part in ("train", "t10k"):
        images = bytes((0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 28, 0, 0, 0, 28)) + pixels
        labels = bytes((0, 0, 8, 1, 0, 0, 0, 2, 7, 9))
        (published.folder / f"{part}-images-idx3-ubyte.gz").write_bytes(gzip.compress(images))
        (published.folder / f"{part}-labels-idx1-ubyte.gz").write_bytes(gzip.compress(labels))
    (x, y), (x_test, _) = corne.datasets.fashion_mnist.load_data()
    assert x.tobytes() == x_test.tobytes() == pixels
    assert y.tolist() == [7, 9]


@pytest.mark.parametrize("name", ["boston_housing", "california_housing"])
def test_housing_is_shuffled_by_the_seed(published, name):
    published(f"{name}.npz", x=np.arange(20).reshape(10, 2), y=np.arange(10))
    module = getattr(corne.datasets, name)
    (x, y), (x_test, y_test) = module.load_data()
    order = np.arange(10)
    np.random.RandomState(113).shuffle(order)
    assert [*y, *y_test] == order.tolist()
    assert (x[:, 0] == 2 * y).all()
    assert len(x_test) == 2
    with pytest.raises(ArgumentError):
        module.load_data(test_split=1.0)


def test_pickles_are_refused(published):
    published("mnist.npz", x_train=np.array([[1], [2, 3]], dtype=object))
    with pytest.raises(FileFormatError):
        corne.datasets.mnist.load_data()
