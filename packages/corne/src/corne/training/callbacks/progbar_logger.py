"""ProgbarLogger: progress on the screen."""

from __future__ import annotations

from typing import Any, ClassVar

from corne.training.callbacks.callback import Callback
from corne.training.progbar import Progbar
from corne.utils.messages import message

_INTERVAL = 0.1  # seconds between two redrawings: ten a second are as many as an eye follows


class ProgbarLogger(Callback):
    """Shows a progress line for each epoch; it reads losses and metrics only when it draws."""

    reads_batch_logs: ClassVar[bool] = False
    remembers: ClassVar[bool] = False

    def __init__(self) -> None:
        super().__init__()
        self._bar: Progbar | None = None
        self._seen = 0
        self._training = False

    def on_train_begin(self, logs: Any = None) -> None:
        self._training = True
        if self.params.get("resuming"):
            self._start()  # an epoch resumed in its middle doesn't begin

    def on_train_end(self, logs: Any = None) -> None:
        self._training = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.params.get("verbose", 1) and self.params.get("epochs", 1) > 1:
            message(f"Epoch {epoch + 1}/{self.params['epochs']}")
        self._start()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._finish(logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, logs)

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._training:
            self._start()

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if not self._training:
            self._step(batch, logs)

    def on_test_end(self, logs: Any = None) -> None:
        if not self._training:
            self._finish(logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._start()

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        self._step(batch, None)

    def on_predict_end(self, logs: Any = None) -> None:
        self._finish({})

    def on_close(self) -> None:
        """Let the terminal go, as after an error."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _start(self) -> None:
        self.on_close()
        steps = self.params.get("steps")
        # Where the number of steps is unknown, take that of the epoch before.
        target = self._seen or None if steps is None and self._training else steps
        self._bar = Progbar(
            target, verbose=self.params.get("verbose", 1), interval=_INTERVAL, stateless_metrics=()
        )
        self._seen = 0

    def _step(self, batch: int, logs: Any) -> None:
        steps = self.params.get("steps")
        self._seen = batch + 1 if steps is None else min(batch + 1, steps)
        if self._bar is not None and self._bar.is_due():
            self._bar.update(self._seen, (logs or {}).items(), finalize=False)

    def _finish(self, logs: Any) -> None:
        if self._bar is not None:
            if self._bar.target is None or self.params.get("steps") is None:
                self._bar.target = self._seen
            self._bar.update(self._seen, (logs or {}).items(), finalize=True)
            self._bar = None
