"""BackupAndRestore: fit that resumes after an interruption."""

from __future__ import annotations

import os

from corne.callbacks import Callback
from corne.errors import ArgumentError


class BackupAndRestore(Callback):
    """Keeps the state of training in a folder; the same ``fit`` called again resumes where it stopped.

    It does what ``fit(checkpoint=backup_dir, resume=True)`` does, to the same bits, and removes the folder's
    checkpoints when fit has ended. The second fit may have other callbacks: those of the same classes, in the same
    order, get their state again, and the others begin.

    Args:
        backup_dir: The folder, for one model and one fit.
        save_freq: "epoch", or a number of batches between two checkpoints. Default "epoch".
        double_checkpoint: Accepted for compatibility with Keras: two checkpoints are kept in any case, so that a
            corrupt one costs little. Default False.
        delete_checkpoint: Whether to remove the checkpoints when fit has ended. Default True.

    Raises:
        ArgumentError: An empty ``backup_dir``.
    """

    def __init__(
        self,
        backup_dir: str | os.PathLike[str],
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not os.fspath(backup_dir):
            raise ArgumentError("BackupAndRestore(backup_dir=…)", "the path of a folder", "''", "")
        self.backup_dir, self.save_freq = backup_dir, save_freq
        self.double_checkpoint, self.delete_checkpoint = double_checkpoint, delete_checkpoint
