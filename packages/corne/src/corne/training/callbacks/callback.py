"""Callback: methods that the loops call."""

from __future__ import annotations

from typing import Any, ClassVar


class Callback:
    """Base of callbacks; each method does nothing until a subclass overrides it.

    ``logs`` is a dict of numbers by name, empty where there are none. ``self.model`` is the model, ``self.params`` the
    loop's epochs, steps and verbosity. A callback that overrides a batch's end gets the batch's numbers, for which the
    program waits for the device; one that needs none of them, or few, sets ``reads_batch_logs = False``.
    """

    #: Whether the logs of each batch are read before its end is reported to the callback. If not, the callback gets a
    #: mapping that reads them when it is first asked, during the call; one that is first asked later is empty.
    reads_batch_logs: ClassVar[bool] = True

    #: Whether checkpoints hold what :meth:`get_state` returns, and so a resumed fit needs the same callback.
    remembers: ClassVar[bool] = True

    def __init__(self) -> None:
        self.params: dict[str, Any] = {}
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The model."""
        return getattr(self, "_model", None)

    def set_params(self, params: dict[str, Any]) -> None:
        """Take the loop's parameters."""
        self.params = params

    def set_model(self, model: Any) -> None:
        """Take the model."""
        self._model = model

    def on_close(self) -> None:
        """Release files and the terminal. Called when a loop ends, also after an error."""

    def get_state(self) -> dict[str, Any]:
        """Return the callback's state, so that an interrupted fit can resume exactly.

        Returns:
            Numbers, strings, lists and dicts of them, and NumPy arrays.
        """
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Set what :meth:`get_state` returned.

        Called after :meth:`on_train_begin`, which finds ``self.params["resuming"]`` set. When resuming mid-epoch,
        :meth:`on_epoch_begin` is not called again.
        """

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each training batch, as :meth:`on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each training batch, as :meth:`on_train_batch_end`."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Called before each epoch."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Called after each epoch, with the logs of training and, as ``val_…``, of validation."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each training batch."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each training batch."""
        self.on_batch_end(batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each batch of an evaluation."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each batch of an evaluation."""

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Called before each batch of a prediction."""

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        """Called after each batch of a prediction; ``logs["outputs"]`` are its outputs."""

    def on_train_begin(self, logs: Any = None) -> None:
        """Called when fit begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """Called when fit ends."""

    def on_test_begin(self, logs: Any = None) -> None:
        """Called when an evaluation begins, validation included."""

    def on_test_end(self, logs: Any = None) -> None:
        """Called when an evaluation ends."""

    def on_predict_begin(self, logs: Any = None) -> None:
        """Called when a prediction begins."""

    def on_predict_end(self, logs: Any = None) -> None:
        """Called when a prediction ends."""
