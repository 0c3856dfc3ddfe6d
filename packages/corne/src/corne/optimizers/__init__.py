"""Optimizers and learning-rate schedules, from whichever packages are installed."""

from corne.plugins.namespace import face

__getattr__, __dir__, get, serialize, deserialize = face("optimizers")
