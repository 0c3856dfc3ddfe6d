"""LambdaCallback: functions as a callback."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne.callbacks import Callback
from corne.errors import UnknownArgumentError, nearest

_METHODS = [name for name in vars(Callback) if name.startswith("on_")]


class LambdaCallback(Callback):
    """Calls a function at each of the loop's events.

    Args:
        on_epoch_begin: Function of ``(epoch, logs)``.
        on_epoch_end: Likewise.
        on_train_begin: Function of ``(logs)``.
        on_train_end: Likewise.
        on_train_batch_begin: Function of ``(batch, logs)``.
        on_train_batch_end: Likewise.
        **kwargs: Functions for the other methods of :class:`Callback`.

    Raises:
        UnknownArgumentError: No method of that name.
    """

    def __init__(
        self,
        on_epoch_begin: Callable[..., Any] | None = None,
        on_epoch_end: Callable[..., Any] | None = None,
        on_train_begin: Callable[..., Any] | None = None,
        on_train_end: Callable[..., Any] | None = None,
        on_train_batch_begin: Callable[..., Any] | None = None,
        on_train_batch_end: Callable[..., Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end, "on_train_begin": on_train_begin,
            "on_train_end": on_train_end, "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end, **kwargs,
        }  # fmt: skip
        for name, function in given.items():
            if name not in _METHODS:
                raise UnknownArgumentError(
                    "LambdaCallback(…)",
                    f"names among {_METHODS}",
                    repr(name),
                    nearest(name, _METHODS).strip(),
                )
            if function is not None:
                setattr(self, name, function)
