"""Training that goes on where it was interrupted, to the same bits."""

from corne.training.checkpoints.checkpointer import Checkpointer, Position

__all__ = ["Checkpointer", "Position"]
