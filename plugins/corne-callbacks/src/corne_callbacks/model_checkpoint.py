"""ModelCheckpoint: the model on disk while it is trained."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, ClassVar

from corne.errors import ArgumentError
from corne.training import check_frequency
from corne.utils import message

from corne_callbacks._format import shown
from corne_callbacks.monitor import MonitorCallback


class ModelCheckpoint(MonitorCallback):
    """Saves the model, or its weights, after epochs or every so many batches.

    Args:
        filepath: Where; may hold fields such as ``{epoch:02d}`` (from 1) and ``{val_loss:.2f}``.
        monitor: Quantity that decides with ``save_best_only``. Default "val_loss".
        verbose: 1 prints each save. Default 0.
        save_best_only: Whether to save only when the quantity is better than ever, or isn't there. Default
            False.
        save_weights_only: Whether to save ``.weights.h5`` rather than ``.keras``. Default False.
        mode: "min", "max" or "auto". Default "auto".
        save_freq: "epoch", or a number of batches. Default "epoch".
        initial_value_threshold: What the first value has to beat. Default None.

    Raises:
        ArgumentError: A path with the wrong extension, another ``save_freq``, or an unknown field in the path.
    """

    reads_batch_logs: ClassVar[bool] = False  # it reads them where it saves

    def __init__(
        self,
        filepath: str | os.PathLike[str],
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        save_weights_only: bool = False,
        mode: str = "auto",
        save_freq: str | int = "epoch",
        initial_value_threshold: float | None = None,
    ) -> None:
        super().__init__(monitor, mode, initial_value_threshold)
        self.filepath = os.fspath(filepath)
        extension = ".weights.h5" if save_weights_only else ".keras"
        allowed = (extension,) if save_weights_only else (".keras", ".h5")
        if not self.filepath.endswith(allowed):
            raise ArgumentError(
                "ModelCheckpoint(filepath=…)", f"a path that ends in {extension}", self.filepath, "Rename it."
            )
        check_frequency("ModelCheckpoint(save_freq=…)", save_freq)
        self.verbose, self.save_best_only, self.save_weights_only = verbose, save_best_only, save_weights_only
        self.save_freq = save_freq
        self._epoch = self._since = 0
        self._last_batch = -1

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch, self._last_batch = epoch, -1

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if not isinstance(self.save_freq, int):
            return
        self._since += batch - self._last_batch
        self._last_batch = batch
        if self._since >= self.save_freq:
            self._since = 0
            self._save(self._epoch, logs, batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Any, batch: int | None = None) -> None:
        logs = logs or {}
        if self.save_best_only and not self._is_best(epoch, self.get_monitor_value(logs)):
            return
        fields = {**logs, "epoch": epoch + 1, **({} if batch is None else {"batch": batch + 1})}
        try:
            path = Path(self.filepath.format(**fields))
        except (KeyError, IndexError, ValueError) as error:
            raise ArgumentError(
                "ModelCheckpoint(filepath=…)", f"fields among {sorted(fields)}", f"{self.filepath!r} ({error})",
                "",
            ) from error  # fmt: skip
        if path.is_dir():
            raise ArgumentError(
                "ModelCheckpoint(filepath=…)", "the path of a file", f"{path}, a folder", "Add a file name."
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)
        if self.verbose:
            message(f"Epoch {epoch + 1}: saved {path}")

    def _is_best(self, epoch: int, value: float | None) -> bool:
        if value is None:  # there was a warning; a model too many is better than none
            return True
        if not self.is_improvement(value, self.best):
            if self.verbose:
                message(f"Epoch {epoch + 1}: {self.monitor} did not improve from {shown(self.best)}.")
            return False
        if self.verbose:
            message(f"Epoch {epoch + 1}: {self.monitor} improved from {shown(self.best)} to {shown(value)}.")
        self.best = value
        return True

    def get_state(self) -> dict[str, Any]:
        return {"best": self.best, "since": self._since, "epoch": self._epoch, "last_batch": self._last_batch}

    def set_state(self, state: dict[str, Any]) -> None:
        self.best, self._since = state["best"], state["since"]
        self._epoch, self._last_batch = state["epoch"], state["last_batch"]
