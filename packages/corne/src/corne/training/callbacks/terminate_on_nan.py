"""TerminateOnNaN: the end of training whose loss is no number."""

from __future__ import annotations

import math
from typing import Any

from corne.training.callbacks.callback import Callback


class TerminateOnNaN(Callback):
    """Stops training when the loss of a batch is NaN or infinite. It reads the loss after each batch."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        loss = (logs or {}).get("loss")
        if loss is not None and not math.isfinite(float(loss)):
            print(f"Batch {batch}: the loss is {float(loss)}; training stops.")
            self.model.stop_training = True
