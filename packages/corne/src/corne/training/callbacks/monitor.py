"""MonitorCallback: a callback that compares one quantity from epoch to epoch."""

from __future__ import annotations

import math
import warnings
from typing import Any

from corne.errors import ArgumentError, nearest
from corne.training.callbacks.callback import Callback

_LARGER_IS_BETTER = (
    "acc",
    "accuracy",
    "auc",
    "precision",
    "recall",
    "f1",
    "fbeta",
    "iou",
    "r2",
    "similarity",
    "positives",
)


class MissingQuantityWarning(UserWarning):
    """A callback watches a quantity that the logs don't hold."""


class MonitorCallback(Callback):
    """Base of callbacks that watch a quantity.

    Args:
        monitor: Its name in the logs. Default "val_loss".
        mode: "min", "max" or "auto", which tells from the name. Default "auto".
        initial_value_threshold: What a first value has to beat. Default None.
        min_delta: Smallest change that counts. Default 0.

    Raises:
        ArgumentError: Another mode.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        mode: str = "auto",
        initial_value_threshold: float | None = None,
        min_delta: float = 0.0,
    ) -> None:
        super().__init__()
        if mode not in ("auto", "min", "max"):
            raise ArgumentError(
                f"{type(self).__name__}(mode=…)", "'auto', 'min' or 'max'", repr(mode), "Choose one of them."
            )
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        self._threshold = initial_value_threshold
        self.best = self._worst() if initial_value_threshold is None else initial_value_threshold
        self._warned = False

    @property
    def larger_is_better(self) -> bool:
        """Whether the quantity should grow."""
        if self.mode != "auto":
            return self.mode == "max"
        words = self.monitor.lower().removeprefix("val_").split("_")
        return any(word.startswith(_LARGER_IS_BETTER) for word in words)

    def _worst(self) -> float:
        return -math.inf if self.larger_is_better else math.inf

    def reset_best(self) -> None:
        """Forget the best value."""
        self.best = self._worst() if self._threshold is None else self._threshold

    def is_improvement(self, value: float, reference: float) -> bool:
        """Tell whether a value is better than another by more than ``min_delta``."""
        if self.larger_is_better:
            return value - self.min_delta > reference
        return value + self.min_delta < reference

    def get_monitor_value(self, logs: Any) -> float | None:
        """Return the watched value, or None with a warning, once, if the logs don't hold it."""
        logs = logs or {}
        if self.monitor in logs:
            return float(logs[self.monitor])
        if not self._warned:
            self._warned = True
            warnings.warn(
                f"{type(self).__name__} watches {self.monitor!r}, which the logs don't hold: they have "
                f"{sorted(logs)}.{nearest(self.monitor, logs)} val_… needs validation data.",
                MissingQuantityWarning,
                stacklevel=4,
            )
        return None
