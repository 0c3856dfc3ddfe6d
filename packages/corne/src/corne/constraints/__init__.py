"""Constraints on weights: the core's and those of installed packages."""

from corne.plugins.namespace import face

__getattr__, __dir__, get, serialize, deserialize = face("constraints")
