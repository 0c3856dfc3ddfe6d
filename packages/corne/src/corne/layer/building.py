"""What surrounds a subclass's ``build``."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from corne._state import override, state
from corne.layer.context import CallContext
from corne.layer.signature import signature_of

if TYPE_CHECKING:
    from corne.layer.base import Layer

#: Held while weights, metrics or an optimizer's state are made, so that of several threads' first calls one makes them.
making = threading.RLock()


def wrap_build(build: Callable[..., None]) -> Callable[..., None]:
    """Add to a subclass's ``build``: variable paths, the record of shapes, and ``built``."""

    @functools.wraps(build)
    def wrapped(self: Layer, *args: Any, **kwargs: Any) -> None:
        if self.__dict__.get("_corne_building"):  # super().build(...) from a subclass's build
            build(self, *args, **kwargs)
            return
        self._corne_check_constructed()
        context = state.call or CallContext()
        inner = bool(context.path) and context.path[-1] == self.name
        if not inner:
            context.path.append(self.name)
        self.__dict__["_corne_building"] = True
        try:
            with override(call=context):
                build(self, *args, **kwargs)
        finally:
            self.__dict__.pop("_corne_building")
            if not inner:
                context.path.pop()
        names = signature_of(build).names
        shapes = {**dict(zip(names, args, strict=False)), **kwargs}
        self._corne_build_shapes = (
            {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else dict(shapes) or None
        )
        self.built = True

    return wrapped
