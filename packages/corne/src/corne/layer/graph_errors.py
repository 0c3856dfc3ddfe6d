"""Errors of a ``call`` that asks for values while a graph is made."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from corne import backend as backends
from corne.errors import DTypeError


def explained(layer: Any, error: Exception) -> DTypeError:
    """Return the error of a layer whose ``call`` asked for a value that a graph doesn't know yet.

    Args:
        layer: The layer whose outputs were inferred; one inside it may be at fault.
        error: What the engine raised.
    """
    frames = list(_frames(error))
    calls = [i for i, (frame, _) in enumerate(frames) if frame.f_code.co_name == "call" and _owner(frame)]
    name, place = layer.name, ""
    if calls:
        name = _owner(frames[calls[-1]][0]).name
        machinery = _machinery(frames[calls[-1]][0])
        own = [pair for pair in frames[calls[-1] :] if _root(pair[0]) not in machinery]
        frame, number = own[-1] if own else frames[calls[-1]]
        file = frame.f_code.co_filename
        line = linecache.getline(file, number).strip()
        place = f" at {Path(file).name}:{number}: {line}"
    return DTypeError(
        f"{name}.call()",
        "operations on inputs without values, since a graph is being made",
        f"a request for a value{place}",
        "Use corne.ops in place of NumPy, and ops.where or ops.cond in place of `if`.",
    )


def _frames(error: Exception) -> Iterator[tuple[FrameType, int]]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno
        trace = trace.tb_next


def _owner(frame: FrameType) -> Any:
    """Return the layer whose method a frame runs, or None."""
    from corne.layer import Layer

    owner = frame.f_locals.get("self")
    return owner if isinstance(owner, Layer) else None


def _machinery(call: FrameType) -> set[str]:
    """Return the packages whose lines say nothing to a user: the core, NumPy, the engine, but not the layer's own."""
    backend = backends.active()
    engine = {kind.__module__.partition(".")[0] for kind in type(backend).__mro__} - {_root(call)}
    return engine | {"corne", "numpy", backend.engine}


def _root(frame: FrameType) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]
