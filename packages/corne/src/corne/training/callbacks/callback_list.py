"""All callbacks of a loop as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from corne import tree
from corne.errors import ArgumentError
from corne.training.callbacks.callback import Callback
from corne.training.callbacks.history import History
from corne.training.callbacks.progbar_logger import ProgbarLogger
from corne.training.logs import BatchLogs

#: Logs of a batch: a dict, or a function that makes them from values still on the device.
Logs = Mapping[str, Any] | Callable[[], Mapping[str, Any]] | None

_BATCH_METHODS = tuple(
    f"on_{kind}_batch_{end}" for kind in ("train", "test", "predict") for end in ("begin", "end")
)


class CallbackList(Callback):
    """Calls each callback in order; also for your own training loops.

    Args:
        callbacks: Callbacks, a nested list of them, or None.
        add_history: Whether to add a History if there is none. Default False.
        add_progbar: Whether to add a ProgbarLogger if there is none. Default False.
        model: What is trained.
        **params: What callbacks find in ``params``: ``verbose``, ``epochs``, ``steps``.

    Raises:
        ArgumentError: Something that is no callback, or another ``verbose`` than "auto", 0, 1, 2.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        super().__init__()
        self.callbacks: list[Any] = tree.flatten(callbacks) if callbacks else []
        for item in self.callbacks:
            if isinstance(item, type) or not hasattr(item, "on_epoch_end"):
                raise ArgumentError(
                    "callbacks", "instances of Callback", repr(item),
                    "Pass an instance such as EarlyStopping(), not a class or a function.",
                )  # fmt: skip
        verbose = params.get("verbose", 1)
        if verbose not in ("auto", 0, 1, 2):
            raise ArgumentError(
                "verbose", "'auto', 0, 1 or 2", repr(verbose), "0 is silent, 2 one line an epoch."
            )
        self._history = next((c for c in self.callbacks if isinstance(c, History)), None)
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if add_history and self._history is None:
            self._history = History()
            self.callbacks.append(self._history)
        if model is not None:
            self.set_model(model)
        self.set_params({**params, "verbose": 1 if verbose == "auto" else verbose})
        self._watching = {name: [c for c in self.callbacks if _overrides(c, name)] for name in _BATCH_METHODS}

    def append(self, callback: Any) -> None:
        """Add a callback at the end."""
        self.callbacks.append(callback)
        for name in _BATCH_METHODS:
            if _overrides(callback, name):
                self._watching[name].append(callback)

    def set_params(self, params: dict[str, Any]) -> None:
        """Give all callbacks the loop's parameters."""
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        """Give all callbacks the model."""
        super().set_model(model)
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def on_close(self) -> None:
        """Let all callbacks release what they hold, however the loop ended."""
        for callback in self.callbacks:
            if isinstance(callback, Callback):
                callback.on_close()

    def _batch(self, name: str, batch: int, logs: Logs) -> None:
        watching = self._watching[name]
        if not watching:
            return
        if not callable(logs):
            given = {} if logs is None else logs
            for callback in watching:
                getattr(callback, name)(batch, given)
            return
        lazy = BatchLogs(logs)
        for callback in watching:
            reads = getattr(callback, "reads_batch_logs", True)
            getattr(callback, name)(batch, lazy.read() if reads else lazy)
        lazy.expire()

    def on_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """See :meth:`on_train_batch_begin`."""
        self._batch("on_train_batch_begin", batch, logs)

    def on_batch_end(self, batch: int, logs: Logs = None) -> None:
        """See :meth:`on_train_batch_end`."""
        self._batch("on_train_batch_end", batch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_train_batch_begin", batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_test_batch_begin", batch, logs)

    def on_test_batch_end(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_predict_batch_begin", batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Logs = None) -> None:
        """See :class:`Callback`."""
        self._batch("on_predict_batch_end", batch, logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_epoch_end", logs, epoch)

    def on_train_begin(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_train_begin", logs)

    def on_train_end(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_train_end", logs)

    def on_test_begin(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_test_begin", logs)

    def on_test_end(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_test_end", logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_predict_begin", logs)

    def on_predict_end(self, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_predict_end", logs)

    def _each(self, name: str, logs: Any, *before: int) -> None:
        given = {} if logs is None else logs
        for callback in self.callbacks:
            getattr(callback, name)(*before, given)


def _overrides(callback: Any, name: str) -> bool:
    names = (name, name.replace("on_train_", "on_")) if "train" in name else (name,)
    return any(
        getattr(type(callback), each, None) is not getattr(Callback, each) or each in vars(callback)
        for each in names
    )
