"""Random generators whose state can be read, compared and set."""

from __future__ import annotations

import collections
import itertools
import json
import random as python_random
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from corne import backend as backends
from corne.random import seed_generator

_DEPTH = 6  # of attributes and items in which generators are looked for
_LOOKED_AT = 2000  # objects at most
_ITEMS = 100  # of one list, dict or object


class Generator(NamedTuple):
    """One random generator.

    Attributes:
        read: Returns its state: equal states compare equal, and JSON and bytes can hold it.
        set: Takes a state; lists stand for tuples.
    """

    read: Callable[[], Any]
    set: Callable[[Any], None]


def global_generators() -> dict[str, Generator]:
    """Return the generators that a whole program shares: Python's, NumPy's, the engine's and Corne's.

    >>> sorted(global_generators())
    ['corne', 'engine', 'numpy', 'python']
    """
    backend = backends.active()
    return {
        "python": Generator(python_random.getstate, lambda s: python_random.setstate((s[0], tuple(s[1]), s[2]))),
        "numpy": _legacy(np.random.get_state, np.random.set_state),
        "engine": Generator(backend.get_random_state, backend.set_random_state),
        "corne": Generator(seed_generator.get_global_key, seed_generator.set_global_key),
    }  # fmt: skip


def generators_in(owner: object) -> dict[str, Generator]:
    """Return the generators that an object holds in its attributes, in those of its parts, in lists and dicts.

    Args:
        owner: Looked through without calling anything of it.

    >>> class Data:
    ...     def __init__(self):
    ...         self.rng = np.random.default_rng(0)
    >>> list(generators_in(Data()))
    ['.rng']
    """
    found = ((path, _as_generator(value)) for path, value in parts_of(owner))
    return {path: generator for path, generator in found if generator is not None}


def parts_of(owner: object) -> Iterator[tuple[str, Any]]:
    """Yield what an object holds in its attributes, in those of its parts, in lists and dicts, each once.

    A few thousand parts at most; numbers and texts are left out.
    """
    seen: set[int] = set()
    waiting = collections.deque([("", owner, 0)])
    while waiting and len(seen) < _LOOKED_AT:
        path, value, depth = waiting.popleft()
        if id(value) in seen:
            continue
        seen.add(id(value))
        yield path, value
        if depth < _DEPTH and _as_generator(value) is None:
            waiting += [(path + step, part, depth + 1) for step, part in _parts(value)]


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    items: Iterable[tuple[str, Any]]
    if isinstance(value, dict):
        items = ((f"[{key!r}]", item) for key, item in value.items() if isinstance(key, (str, int)))
    elif isinstance(value, (list, tuple)):
        items = ((f"[{index}]", item) for index, item in enumerate(value))
    elif isinstance(value, (type, ModuleType)):
        items = ()
    else:
        items = ((f".{name}", item) for name, item in getattr(value, "__dict__", {}).items())
    for step, item in itertools.islice(items, _ITEMS):
        if item is not None and not isinstance(item, (str, bytes, int, float, complex)):
            yield step, item


def _as_generator(value: Any) -> Generator | None:
    if isinstance(value, python_random.Random) and not isinstance(value, python_random.SystemRandom):
        return Generator(value.getstate, lambda s: value.setstate((s[0], tuple(s[1]), s[2])))
    if isinstance(value, np.random.RandomState):
        return _legacy(value.get_state, value.set_state)
    if isinstance(value, np.random.Generator):
        source: Any = value.bit_generator

        def read() -> str:
            return json.dumps(source.state, default=lambda array: array.tolist())

        return Generator(read, lambda s: setattr(source, "state", json.loads(s)))
    if isinstance(value, seed_generator.SeedGenerator):
        return Generator(
            lambda: value.state.key, lambda s: setattr(value.state, "key", (int(s[0]), int(s[1])))
        )
    if type(value).__module__.startswith("torch") and type(value).__name__ == "Generator":
        return _as_bytes(value)
    return None


def _as_bytes(generator: Any) -> Generator:
    """Return a PyTorch generator, whose state is a tensor of bytes."""

    def put(state: bytes) -> None:
        tensor = generator.get_state()
        generator.set_state(tensor.new_tensor(list(state)))

    return Generator(lambda: generator.get_state().numpy().tobytes(), put)


def _legacy(get: Callable[[], Any], put: Callable[[Any], None]) -> Generator:
    """Return a generator of NumPy's older kind."""

    def read() -> Any:
        kind, keys, *rest = get()
        return (kind, keys.tobytes(), *rest)

    return Generator(read, lambda s: put((s[0], np.frombuffer(s[1], "uint32"), *s[2:])))
