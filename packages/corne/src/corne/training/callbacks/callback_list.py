"""All callbacks of a loop as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from corne import tree
from corne.errors import ArgumentError
from corne.plugins import hook
from corne.training.callbacks.callback import Callback
from corne.training.callbacks.history import History
from corne.training.callbacks.progbar_logger import ProgbarLogger

_BATCH_METHODS = tuple(
    f"on_{kind}_batch_{end}" for kind in ("train", "test", "predict") for end in ("begin", "end")
)


class CallbackList:
    """Calls each callback in order.

    Logs of batches are read from the device only where some callback's method looks at them.

    Args:
        callbacks: Callbacks, a nested list of them, a CallbackList or None.
        model: What is trained.
        add_history: Whether to add a History, and what plugins offer for a fit. Default False.
        verbose: As in ``fit``; other than 0 adds a ProgbarLogger.
        epochs: Number of epochs, for display.
        steps: Number of batches in an epoch, or None.
    """

    def __init__(
        self,
        callbacks: Any = None,
        model: Any = None,
        add_history: bool = False,
        verbose: str | int = 0,
        epochs: int = 1,
        steps: int | None = None,
    ) -> None:
        given = (
            callbacks.callbacks
            if isinstance(callbacks, CallbackList)
            else tree.flatten(callbacks)
            if callbacks
            else []
        )
        for item in given:
            if isinstance(item, type) or not hasattr(item, "on_epoch_end"):
                raise ArgumentError(
                    "callbacks", "instances of Callback", repr(item),
                    "Pass an instance such as EarlyStopping(), not a class or a function.",
                )  # fmt: skip
        self.callbacks: list[Any] = list(given)
        verbosity = 1 if verbose == "auto" else verbose
        if verbosity not in (0, 1, 2):
            raise ArgumentError(
                "verbose", "'auto', 0, 1 or 2", repr(verbose), "0 is silent, 2 one line an epoch."
            )
        if add_history:
            for offered in hook.corne_fit_callbacks(model=model):
                self.callbacks.extend(offered or [])
        if verbosity and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger())
        if add_history:
            history = next((c for c in self.callbacks if isinstance(c, History)), None)
            if history is None:
                history = History()
                self.callbacks.append(history)
            model.history = history
        for callback in self.callbacks:
            callback.set_model(model)
            callback.set_params({"verbose": verbosity, "epochs": epochs, "steps": steps})
        self._watching = {name: [c for c in self.callbacks if _overrides(c, name)] for name in _BATCH_METHODS}

    def append(self, callback: Callback) -> None:
        """Add a callback at the end."""
        self.callbacks.append(callback)
        for name in _BATCH_METHODS:
            if _overrides(callback, name):
                self._watching[name].append(callback)

    def _batch(self, name: str, batch: int, logs: Callable[[], Any] | None) -> None:
        watching = self._watching[name]
        if not watching:
            return
        values: Any = None
        for callback in watching:
            if logs is not None and isinstance(callback, ProgbarLogger):
                getattr(callback, name)(batch, logs)  # it reads them when it draws
                continue
            if values is None and logs is not None:
                from corne.training.loop import as_numbers

                values = logs()
                values = values if "outputs" in values else as_numbers(values)
            getattr(callback, name)(batch, values)

    def on_train_batch_begin(self, batch: int) -> None:
        """See :class:`Callback`."""
        self._batch("on_train_batch_begin", batch, None)

    def on_train_batch_end(self, batch: int, logs: Callable[[], Any]) -> None:
        """See :class:`Callback`; ``logs`` makes them."""
        self._batch("on_train_batch_end", batch, logs)

    def on_test_batch_begin(self, batch: int) -> None:
        """See :class:`Callback`."""
        self._batch("on_test_batch_begin", batch, None)

    def on_test_batch_end(self, batch: int, logs: Callable[[], Any]) -> None:
        """See :class:`Callback`; ``logs`` makes them."""
        self._batch("on_test_batch_end", batch, logs)

    def on_predict_batch_begin(self, batch: int) -> None:
        """See :class:`Callback`."""
        self._batch("on_predict_batch_begin", batch, None)

    def on_predict_batch_end(self, batch: int, logs: Callable[[], Any]) -> None:
        """See :class:`Callback`; ``logs`` makes them."""
        self._batch("on_predict_batch_end", batch, logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_epoch_begin", epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """See :class:`Callback`."""
        self._each("on_epoch_end", epoch, logs)

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

    def _each(self, name: str, *args: Any) -> None:
        for callback in self.callbacks:
            getattr(callback, name)(*args)


def _overrides(callback: Any, name: str) -> bool:
    names: Iterable[str] = (name, name.replace("on_train_", "on_")) if "train" in name else (name,)
    return any(
        getattr(type(callback), each, None) is not getattr(Callback, each) or each in vars(callback)
        for each in names
    )
