"""MonitorCallback: a callback that compares one quantity from epoch to epoch."""

from __future__ import annotations

import math
import warnings
from typing import Any

from corne.callbacks import Callback
from corne.errors import ArgumentError, nearest

# What names imply where no metric has that name, as in the logs of an overridden step.
_UP = ("acc", "auc", "precision", "recall", "f1", "fbeta", "iou", "r2", "similarity", "true")
_DOWN = ("loss", "error", "mse", "mae", "rmse", "mape", "msle", "crossentropy", "hinge", "divergence", "false",
         "perplexity", "rate")  # fmt: skip


class MissingQuantityWarning(UserWarning):
    """A callback watches a quantity that the logs don't hold."""


class MonitorCallback(Callback):
    """Base of callbacks that watch a quantity.

    Args:
        monitor: Its name in the logs. Default "val_loss".
        mode: "min", "max" or "auto", which asks the metric, then its name. Default "auto".
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
            raise ArgumentError(f"{type(self).__name__}(mode=…)", "'auto', 'min' or 'max'", repr(mode), "")
        self.monitor, self.mode, self.min_delta = monitor, mode, abs(min_delta)
        self._threshold = initial_value_threshold
        self.best: float | None = initial_value_threshold
        self._direction: str | None = None
        self._warned = False

    @property
    def larger_is_better(self) -> bool:
        """Whether the quantity should grow.

        Raises:
            ArgumentError: ``mode`` is "auto", and neither the metric nor its name implies one.
        """
        if self._direction is None:
            self._direction = (
                self.mode if self.mode != "auto" else self._told_by_metric() or self._told_by_name()
            )
        return self._direction == "max"

    def _told_by_metric(self) -> str | None:
        name = self.monitor.removeprefix("val_")
        for metric in getattr(self.model, "metrics", None) or []:
            inner = (
                metric.named(name) if hasattr(metric, "named") else metric if metric.name == name else None
            )
            direction = getattr(inner, "_direction", None)
            if direction is not None:
                return "max" if direction == "up" else "min"
        return None

    def _told_by_name(self) -> str:
        words = self.monitor.lower().removeprefix("val_").split("_")
        if any(word.startswith(_DOWN) for word in words):
            return "min"
        if any(word.startswith(_UP) for word in words):
            return "max"
        raise ArgumentError(
            f"{type(self).__name__}(mode='auto')", f"a metric that says whether more of it is better, as {self.monitor!r}",
            "one that doesn't", "Pass mode='min' or mode='max'.",
        )  # fmt: skip

    def reset_best(self) -> None:
        """Reset the best value."""
        self.best = self._threshold

    def is_improvement(self, value: float, reference: float | None) -> bool:
        """Return whether a value beats another by more than ``min_delta``; any value beats None."""
        up = self.larger_is_better
        if reference is None or math.isnan(reference):
            return not math.isnan(value)
        return value - self.min_delta > reference if up else value + self.min_delta < reference

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
