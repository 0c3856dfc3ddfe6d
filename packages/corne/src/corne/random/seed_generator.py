"""Random state: a seed and a counter."""

from __future__ import annotations

import random as python_random
from collections.abc import Sequence
from typing import Any

import numpy as np

from corne import backend as backends
from corne._state import state
from corne.backend import Array, Key
from corne.errors import ArgumentError
from corne.variable import Variable

_global: SeedGenerator | None = None


class SeedState(Variable):
    """The state of a generator as a variable: two uint32, seed and counter, kept on the host.

    Drawing a key changes two Python integers and never waits for a device. As a variable, the state is
    saved, restored and listed.
    """

    def __init__(self, seed: int, name: str) -> None:
        self.key: Key = (seed, 0)
        super().__init__(np.array(self.key, "uint32"), trainable=False, autocast=False, name=name)
        self.dtype = "uint32"  # also where an engine computes with a wider one

    @property
    def value(self) -> Array:
        """Seed and counter as an array of the backend."""
        scoped = state.scope.get(self) if state.scope is not None else None
        return self.backend.asarray(np.array(self.key, "uint32"), "uint32") if scoped is None else scoped

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return seed and counter as a NumPy array."""
        return super().numpy().astype("uint32")

    def assign(self, value: Any) -> SeedState:
        """Set seed and counter."""
        value = value.value if isinstance(value, Variable) else value
        numbers = np.asarray(self.backend.to_numpy(value) if self.backend.is_array(value) else value)
        if numbers.shape != (2,):
            raise ArgumentError(
                f"variable {self.path!r}",
                "a seed and a counter",
                f"shape {numbers.shape}",
            )
        if state.scope is not None:
            state.scope.set(self, self.backend.asarray(numbers.astype("uint32"), "uint32"))
        else:
            self.key = (int(numbers[0]), int(numbers[1]))
        return self

    def draw(self) -> Key:
        """Return the current key and advance the counter.

        In a scope that holds the state as an array the key is a pair of scalars of the backend, so that
        a recorded step draws again each time it runs.
        """
        if state.scope is None:
            seed, counter = self.key
            self.key = (seed, (counter + 1) % 2**32)
            return seed, counter
        held = self.value
        wide = self.backend.cast(held, "int64")
        following = wide + self.backend.asarray(np.array([0, 1]), "int64")
        # A state keeps its dtype: uint32, which wraps by itself, or the wider one of an engine without it.
        state.scope.set(self, self.backend.cast(following, self.backend.dtype_name(held)))
        return wide[0], wide[1]

    def move(self, backend: backends.Backend) -> None:
        """Move to another backend; the state itself stays on the host."""
        self._backend = backend


class SeedGenerator:
    """A source of keys for random functions.

    Args:
        seed: Default: drawn from Python's ``random``, so that ``set_random_seed`` decides it.
        name: Name of its state. Default "seed_generator_state".

    Raises:
        ArgumentError: ``seed`` is not an integer.

    >>> generator = SeedGenerator(7)
    >>> generator.next(), generator.next()
    ((7, 0), (7, 1))
    """

    def __init__(self, seed: int | None = None, name: str | None = None, **kwargs: Any) -> None:
        if kwargs:
            raise ArgumentError(
                "SeedGenerator(…)", "seed and name", f"{sorted(kwargs)}", "Remove the others."
            )
        if seed is None:
            seed = make_default_seed()
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
            raise ArgumentError("SeedGenerator(seed=…)", "an integer", repr(seed), "Use a number such as 42.")
        self._initial_seed = int(seed)
        self.name = name or "seed_generator"
        self.state = SeedState(int(seed) % 2**32, f"{self.name}_state")

    def next(self, ordered: bool = True) -> Key:
        """Return a key that it has not returned before.

        Args:
            ordered: Accepted for Keras's signature; keys are always ordered.
        """
        return self.state.draw()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"seed": self._initial_seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> SeedGenerator:
        """Return a generator with the configuration of :meth:`get_config`."""
        return cls(**config)


def make_default_seed() -> int:
    """Return a seed drawn from Python's ``random``."""
    return python_random.randint(1, int(1e9))


def global_seed_generator() -> SeedGenerator:
    """Return the generator that random functions use when they are given no seed."""
    global _global
    if _global is None:
        _global = SeedGenerator(name="global_seed_generator")
    return _global


def get_global_key() -> Key | None:
    """Return seed and counter of the global generator, or None before its first use."""
    return None if _global is None else _global.state.key


def set_global_key(key: Sequence[int] | None) -> None:
    """Set the key of the global generator, as returned by :func:`get_global_key`."""
    global _global
    if key is None:
        _global = None
        return
    if _global is None:
        _global = SeedGenerator(0, name="global_seed_generator")
    _global.state.key = (int(key[0]), int(key[1]))


def draw_seed(seed: int | SeedGenerator | None) -> Key:
    """Return a key: a generator's next, an integer's fixed one, or for None the global generator's next."""
    if isinstance(seed, SeedGenerator):
        return seed.next()
    if seed is None:
        return global_seed_generator().next()
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)):
        raise ArgumentError(
            "seed", "an integer, a SeedGenerator or None", repr(seed), "Use a number such as 42."
        )
    return int(seed) % 2**32, 0


def set_random_seed(seed: int) -> None:
    """Seed Python's, NumPy's and Corne's global generators, so that random numbers repeat.

    Args:
        seed: A non-negative integer below 2**32.
    """
    global _global
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise ArgumentError("set_random_seed(seed)", "an integer from 0 to 2**32 - 1", repr(seed))
    python_random.seed(int(seed))
    np.random.seed(int(seed))
    _global = None
