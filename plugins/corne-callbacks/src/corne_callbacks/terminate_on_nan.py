"""TerminateOnNaN: stop training when the loss diverges."""

from __future__ import annotations

import math
from typing import Any

from corne.callbacks import Callback
from corne.errors import StateError
from corne.utils import message


class TerminateOnNaN(Callback):
    """Stops training when the loss of a batch is NaN or infinite. It reads the loss after each batch.

    Args:
        raise_error: Whether to raise instead of ending training in order. Default False.

    Raises:
        StateError: During training, with ``raise_error``.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is None or math.isfinite(float(loss)):
            return
        if self.raise_error:
            raise StateError(
                f"batch {batch}", "a finite loss", str(float(loss)),
                "Lower the learning rate, clip gradients, or look for NaN in the data with config.set_check_finite(True).",
            )  # fmt: skip
        message(f"Batch {batch}: the loss is {float(loss)}; training stops.")
        self.model.stop_training = True
