"""California housing: prices of houses in 1990."""

from __future__ import annotations

from corne import checks

from corne_data.datasets.files import Arrays, npz_arrays, shuffled_split


def load_data(
    version: str = "large", path: str = "california_housing.npz", test_split: float = 0.2, seed: int = 113
) -> Arrays:
    """Return 20,640 districts with 8 features and the median price of their houses, fetched once.

    Args:
        version: "large", or "small" for the first 600 districts. Default "large".
        path: Name of the file in ``~/.corne/datasets``. Default "california_housing.npz".
        test_split: Share of the samples that is held back for testing. Default 0.2.
        seed: Decides the order. Default 113.

    Shapes:
        ``(x_train, y_train), (x_test, y_test)``: x ``(samples, 8)``, y ``(samples,)`` in dollars.

    Source: Pace, Barry 1997, https://doi.org/10.1016/S0167-7152(96)00140-X
    """
    version = checks.one_of("california_housing.load_data(version=…)", version, ("large", "small"))
    x, y = npz_arrays(path, "california_housing.npz", ("x", "y"))
    if version == "small":
        x, y = x[:600], y[:600]
    return shuffled_split("california_housing.load_data", x, y, test_split, seed)
