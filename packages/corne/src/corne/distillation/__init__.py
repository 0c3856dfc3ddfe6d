"""Distillation: not in this version."""

from corne.plugins.namespace import planned

__getattr__ = planned("corne-distillation")
