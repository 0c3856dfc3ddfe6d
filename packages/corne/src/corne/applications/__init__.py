"""Whole models with published architectures, from whichever packages are installed."""

from corne.plugins.namespace import face

__getattr__, __dir__, get, serialize, deserialize = face("applications")
