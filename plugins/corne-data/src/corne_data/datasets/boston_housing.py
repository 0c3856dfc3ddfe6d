"""Boston housing: prices of houses in 1978."""

from __future__ import annotations

from corne_data.datasets.files import Arrays, npz_arrays, shuffled_split


def load_data(path: str = "boston_housing.npz", test_split: float = 0.2, seed: int = 113) -> Arrays:
    """Return 506 suburbs with 13 features and the median price of their houses, fetched once.

    One feature encodes an assumption about race: use California housing instead, except to compare with old work.

    Args:
        path: Name of the file in ``~/.corne/datasets``. Default "boston_housing.npz".
        test_split: Share of the samples that is held back for testing. Default 0.2.
        seed: Decides the order. Default 113.

    Shapes:
        ``(x_train, y_train), (x_test, y_test)``: x ``(samples, 13)``, y ``(samples,)`` in thousands of dollars.

    Source: Harrison, Rubinfeld 1978, http://lib.stat.cmu.edu/datasets/boston
    """
    x, y = npz_arrays(path, "boston_housing.npz", ("x", "y"))
    return shuffled_split("boston_housing.load_data", x, y, test_split, seed)
