"""MNIST: handwritten digits."""

from __future__ import annotations

from corne_data.datasets.files import Arrays, npz_arrays


def load_data(path: str = "mnist.npz") -> Arrays:
    """Return 60,000 digits to train with and 10,000 to test with, fetched once.

    Args:
        path: Name of the file in ``~/.corne/datasets``. Default "mnist.npz".

    Shapes:
        ``(x_train, y_train), (x_test, y_test)``: x ``(samples, 28, 28)``, y ``(samples,)``, uint8.

    Source: LeCun, Cortes, Burges, http://yann.lecun.com/exdb/mnist/
    """
    x_train, y_train, x_test, y_test = npz_arrays(
        path, "mnist.npz", ("x_train", "y_train", "x_test", "y_test")
    )
    return (x_train, y_train), (x_test, y_test)
