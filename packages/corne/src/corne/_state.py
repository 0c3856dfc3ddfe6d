"""What the current thread is in the middle of.

One thread-local object, so that two threads may use one model. Plain attribute reads keep it cheap
enough for the per-operation path.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corne.backend.base import Backend
    from corne.variable import StatelessScope


class ThreadState(threading.local):
    """Class attributes are the defaults every new thread starts with."""

    backend: Backend | None = None  # set by backend.use(); None means the process-wide choice
    scope: StatelessScope | None = None  # variables read and write here instead of their storage
    autocast_dtype: str | None = None  # floating variables are read in this dtype
    call: Any = None  # the outermost layer call under way (corne.layer.context.CallContext)
    latest: Any = None  # the context of the latest outermost call that ended
    allocate: Any = (
        None  # told of every variable before it is made, by name and bytes (corne.saving.building)
    )
    custom_objects: Any = None  # names that configs may use (corne.serialization.custom_object_scope)


state = ThreadState()


@contextmanager
def override(**values: Any) -> Iterator[None]:
    """Set attributes of this thread's state for the length of a ``with`` block."""
    previous = {name: getattr(state, name) for name in values}
    for name, value in values.items():
        setattr(state, name, value)
    try:
        yield
    finally:
        for name, value in previous.items():
            setattr(state, name, value)
