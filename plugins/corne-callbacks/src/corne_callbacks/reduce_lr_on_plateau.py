"""ReduceLROnPlateau: reduce the learning rate when progress stalls."""

from __future__ import annotations

from typing import Any

from corne.errors import ArgumentError
from corne.utils import message

from corne_callbacks._format import shown
from corne_callbacks._learning_rate import learning_rate_of, set_learning_rate
from corne_callbacks.monitor import MonitorCallback


class ReduceLROnPlateau(MonitorCallback):
    """Multiplies the learning rate by a factor when a quantity hasn't improved for a number of epochs.

    Args:
        monitor: Its name in the logs. Default "val_loss".
        factor: Between 0 and 1. Default 0.1.
        patience: Epochs without an improvement before that. Default 10.
        verbose: 1 prints each reduction. Default 0.
        mode: "min", "max" or "auto". Default "auto".
        min_delta: Smallest change that counts as an improvement. Default 1e-4.
        cooldown: Epochs to wait after a reduction. Default 0.
        min_lr: Smallest learning rate. Default 0.

    Raises:
        ArgumentError: A factor of 1 or more.
        StateError: The learning rate is a schedule, which can't be set.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        factor: float = 0.1,
        patience: int = 10,
        verbose: int = 0,
        mode: str = "auto",
        min_delta: float = 1e-4,
        cooldown: int = 0,
        min_lr: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(monitor, mode, min_delta=min_delta)
        if kwargs:
            raise ArgumentError(
                "ReduceLROnPlateau(…)", "the documented arguments", f"{sorted(kwargs)}", "Remove them."
            )
        if not 0 < factor < 1:
            raise ArgumentError("ReduceLROnPlateau(factor=…)", "a number between 0 and 1", repr(factor), "")
        self.factor, self.patience, self.verbose = factor, patience, verbose
        self.cooldown, self.min_lr = cooldown, min_lr
        self.cooldown_counter = self.wait = 0

    def on_train_begin(self, logs: Any = None) -> None:
        self.reset_best()
        self.cooldown_counter = self.wait = 0

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if logs is not None:
            logs["learning_rate"] = learning_rate_of(self.model)
        value = self.get_monitor_value(logs)
        if value is None:
            return
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.wait = 0
        if self.is_improvement(value, self.best):
            self.best, self.wait = value, 0
        elif self.cooldown_counter <= 0:
            self.wait += 1
            if self.wait >= self.patience:
                old = learning_rate_of(self.model)
                if old > self.min_lr:
                    new = max(old * self.factor, self.min_lr)
                    set_learning_rate(self.model, new, "ReduceLROnPlateau")
                    if self.verbose:
                        message(
                            f"Epoch {epoch + 1}: ReduceLROnPlateau reduces the learning rate to {shown(new)}."
                        )
                    self.cooldown_counter, self.wait = self.cooldown, 0

    def get_state(self) -> dict[str, Any]:
        return {"wait": self.wait, "best": self.best, "cooldown_counter": self.cooldown_counter}

    def set_state(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
