"""Choosing and starting backends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from corne import config
from corne._state import override, state
from corne.backend.base import Backend, BackendSpec
from corne.errors import ArgumentError, BackendError, MissingPluginError
from corne.plugins import registry

_lock = threading.RLock()
_started: dict[str, Backend] = {}
_chosen: Backend | None = None


def specs() -> dict[str, BackendSpec]:
    """Return the registered backends by name."""
    return {name: registry.get("backends", name) for name in registry.names("backends")}


def available() -> dict[str, str | None]:
    """Return every registered backend's name with None if it can run here, else the reason why not."""
    return {name: spec.probe() for name, spec in specs().items()}


def load(name: str) -> Backend:
    """Start the backend called ``name`` and return it; the same object every time.

    Raises:
        MissingPluginError: The backend is known but its package is not installed.
        BackendError: It is installed but can't run here.
    """
    with _lock:
        if name not in _started:
            spec: BackendSpec = registry.get("backends", name)
            reason = spec.probe()
            if reason is not None:
                raise BackendError(
                    f"backend {name}",
                    "a machine and an environment it can run in",
                    reason,
                    "Run `corne doctor` to see which backends can run here.",
                )
            _started[name] = registry.load_path(spec.factory)()
        return _started[name]


def _choose() -> Backend:
    wanted = config.requested_backend()
    if wanted is not None:
        return load(wanted)
    usable = [spec for spec in specs().values() if spec.probe() is None]
    if not usable:
        raise MissingPluginError(
            "A backend to compute with", "corne-cpu (or corne-cuda, corne-numpy)", "not installed",
            'pip install "corne[cpu]"',
        )  # fmt: skip
    return load(max(usable, key=lambda spec: spec.priority).name)


def active() -> Backend:
    """Return the backend that operations run on in this thread."""
    return state.backend or _chosen or set_backend(None)


def set_backend(name: str | None) -> Backend:
    """Make ``name`` the process-wide backend; None chooses by configuration and priority.

    Arrays and variables made before stay on the backend they were made on; move a model with
    ``model.to(name)``.
    """
    global _chosen
    with _lock:
        _chosen = _choose() if name is None else load(name)
    return _chosen


def name() -> str:
    """Return the active backend's name."""
    return active().name


def backend() -> str:
    """Return the active backend's engine, under Keras's name for it: "torch" on cpu and cuda, else as :func:`name`."""
    return active().engine


@contextmanager
def use(backend: str | Backend) -> Iterator[Backend]:
    """Run a ``with`` block on another backend, in this thread only."""
    chosen = load(backend) if isinstance(backend, str) else backend
    with override(backend=chosen):
        yield chosen


def device(device_name: str) -> AbstractContextManager[Backend]:
    """Run a ``with`` block on the backend of a device, in this thread only.

    Args:
        device_name: "cpu", "gpu" or "cuda", with or without a number, as in "gpu:0".

    Raises:
        ArgumentError: Not the name of a device.
        BackendError: No backend for it can run here.

    >>> with device("cpu"):
    ...     pass
    """
    kind = device_name.partition(":")[0].lower() if isinstance(device_name, str) else device_name
    if kind not in ("cpu", "gpu", "cuda"):
        raise ArgumentError("device(device_name)", "'cpu', 'gpu' or 'cuda', as in 'gpu:0'", repr(device_name))
    current = active()
    places = [place.partition(":")[0] for place in current.devices()]
    if kind in places or (kind == "gpu" and "cuda" in places):
        return use(current)
    return use("cuda" if kind == "gpu" else kind)
