"""Where the random numbers of image layers come from: a layer's seed in a model, a key in a data set."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from corne import backend, random
from corne.backend import Array
from corne.random import SeedGenerator


class Draws(Protocol):
    """Random arrays, each a function of what was drawn before."""

    def uniform(
        self, shape: Sequence[int], low: float = 0.0, high: float = 1.0, dtype: str | None = None
    ) -> Array:
        """Draw floats from ``[low, high)``."""

    def normal(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        """Draw from the standard normal distribution."""

    def integers(self, shape: Sequence[int], low: int, high: int) -> Array:
        """Draw integers from ``[low, high)``."""

    def beta(self, shape: Sequence[int], alpha: Any, dtype: str | None = None) -> Array:
        """Draw from the symmetric beta distribution."""

    def gamma(self, shape: Sequence[int], alpha: float) -> Array:
        """Draw from the gamma distribution with scale 1."""

    def order(self, n: int) -> Array:
        """Draw an order of ``n`` things."""


class ModelDraws:
    """Draws from a layer's seed generator: equal seeds give the numbers that Keras draws on PyTorch.

    Args:
        seed_generator: The layer's own; it advances with each draw.
    """

    def __init__(self, seed_generator: SeedGenerator) -> None:
        self._seed = seed_generator

    def uniform(
        self, shape: Sequence[int], low: float = 0.0, high: float = 1.0, dtype: str | None = None
    ) -> Array:
        return random.uniform(shape, low, high, dtype, self._seed)

    def normal(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return random.normal(shape, dtype=dtype, seed=self._seed)

    def integers(self, shape: Sequence[int], low: int, high: int) -> Array:
        return random.randint(shape, low, high, "int32", self._seed)

    def beta(self, shape: Sequence[int], alpha: Any, dtype: str | None = None) -> Array:
        return random.beta(shape, alpha, alpha, dtype, self._seed)

    def gamma(self, shape: Sequence[int], alpha: float) -> Array:
        return random.gamma(shape, alpha, seed=self._seed)

    def order(self, n: int) -> Array:
        return random.shuffle(np.arange(n, dtype="int64"), seed=self._seed)


class HostDraws:
    """Draws from a NumPy generator, for data sets.

    Args:
        generator: Made for one sample: what it draws then depends on nothing else.

    >>> key = np.random.Philox(key=[7, 0], counter=[0, 0, 12, 1])  # seed, epoch; sample, layer
    >>> tuple(HostDraws(np.random.Generator(key)).uniform((2,)).shape)
    (2,)
    """

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator

    def uniform(
        self, shape: Sequence[int], low: float = 0.0, high: float = 1.0, dtype: str | None = None
    ) -> Array:
        drawn = self._generator.random(tuple(shape), dtype="float32") * (high - low) + low
        return _array(drawn, dtype or "float32")

    def normal(self, shape: Sequence[int], dtype: str | None = None) -> Array:
        return _array(self._generator.standard_normal(tuple(shape), dtype="float32"), dtype or "float32")

    def integers(self, shape: Sequence[int], low: int, high: int) -> Array:
        return _array(self._generator.integers(low, high, tuple(shape)), "int32")

    def beta(self, shape: Sequence[int], alpha: Any, dtype: str | None = None) -> Array:
        return _array(self._generator.beta(alpha, alpha, tuple(shape)), dtype or "float32")

    def gamma(self, shape: Sequence[int], alpha: float) -> Array:
        return _array(self._generator.gamma(alpha, size=tuple(shape)), "float32")

    def order(self, n: int) -> Array:
        return _array(self._generator.permutation(n), "int64")


def _array(x: Any, dtype: str) -> Array:
    return backend.active().asarray(np.asarray(x), dtype)
