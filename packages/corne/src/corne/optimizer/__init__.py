"""Optimizers: the base class, learning-rate schedules and gradient clipping."""

from corne.optimizer.learning_rate_schedule import LearningRateSchedule
from corne.optimizer.optimizer import Optimizer

__all__ = ["LearningRateSchedule", "Optimizer"]
