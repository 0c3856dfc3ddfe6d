"""What changes weights by their gradients: the base class, its schedules and its clipping."""

from corne.optimizer.learning_rate_schedule import LearningRateSchedule
from corne.optimizer.optimizer import Optimizer

__all__ = ["LearningRateSchedule", "Optimizer"]
