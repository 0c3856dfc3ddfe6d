"""What this package registers."""

import sys

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_callbacks():  # type: ignore[no-untyped-def]
    """Register the callback."""
    return {"BackupAndRestore": "corne_checkpoints.backup_and_restore:BackupAndRestore"}


@hookimpl
def corne_fit_observers(model, options):  # type: ignore[no-untyped-def]
    """Write and restore checkpoints, where fit or a BackupAndRestore asks for them."""
    asks = options.checkpoint is not None or options.resume
    if (
        not asks and "corne_checkpoints.backup_and_restore" not in sys.modules
    ):  # then there is no instance of it
        return None
    from corne_checkpoints.checkpointer import Checkpointer

    checkpointer = Checkpointer.for_fit(options)
    return None if checkpointer is None else [checkpointer]
