"""Which functions carry out an operation on a backend.

Kernels come from plugins (the hook ``corne_kernels``) and from the backend itself. They are looked up once for
each backend and name, then remembered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from corne.backend.base import Backend
from corne.plugins import registry

Kernel = Callable[..., Any]

_found: dict[tuple[Backend, str], Kernel | None] = {}
_enabled = True
_listeners: list[Callable[[], None]] = []


def kernels(backend: Backend, *names: str) -> list[Kernel]:
    """Return the kernels for an operation in the order they are asked.

    A plugin's kernel for this backend comes first, then one for the engine that the backend shares with others,
    then the backend's own.

    Args:
        backend: The backend that runs the operation.
        names: The operation's names, the qualified one included. The backend's own kernel has the last name.

    Raises:
        PluginError: Two plugins register one of them, or one can't be imported.
    """
    if not _enabled:
        return []
    engines = dict.fromkeys((backend.name, backend.engine))
    found = [registry.kernel(engine, name) for engine in engines for name in names]
    own = backend.kernels.get(names[-1]) if names else None
    found.append(registry.load_path(own) if isinstance(own, str) else own)
    return [kernel for kernel in found if kernel is not None]


def kernel(backend: Backend, name: str) -> Kernel | None:
    """Return what carries out ``name`` on a backend instead of a default; None if nothing does.

    A kernel that declines its arguments returns ``NotImplemented``: the next one is asked then. The result is
    ``NotImplemented`` where all decline.
    """
    if (backend, name) not in _found:
        _found[backend, name] = first_accepting(kernels(backend, name))
    return _found[backend, name]


def first_accepting(candidates: list[Kernel]) -> Kernel | None:
    """Return one function that asks several in turn until one accepts its arguments; None for no candidates."""
    if len(candidates) < 2:
        return candidates[0] if candidates else None

    def ask(*args: Any, **kwargs: Any) -> Any:
        for candidate in candidates:
            result = candidate(*args, **kwargs)
            if result is not NotImplemented:
                break
        return result

    return ask


@contextmanager
def without_kernels() -> Iterator[None]:
    """Run default bodies only, in the whole process, for the length of a ``with`` block: for tests."""
    global _enabled
    _enabled = False
    forget()
    try:
        yield
    finally:
        _enabled = True
        forget()


@contextmanager
def replaced(backend: Backend, table: Mapping[str, Kernel | str]) -> Iterator[None]:
    """Give a backend other kernels of its own for the length of a ``with`` block, as tests want it."""
    own = vars(backend).get("kernels")
    backend.kernels = table
    forget()
    try:
        yield
    finally:
        if own is None:
            del backend.kernels  # the class's own again
        else:
            backend.kernels = own
        forget()


def when_forgotten(listener: Callable[[], None]) -> None:
    """Call ``listener`` whenever the kernels that were found are dropped."""
    _listeners.append(listener)


def forget() -> None:
    """Drop what was looked up."""
    _found.clear()
    for listener in _listeners:
        listener()


registry.when_forgotten(forget)
