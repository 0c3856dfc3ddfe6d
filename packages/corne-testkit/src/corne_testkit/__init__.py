"""Conformance tests for anyone's Corne plugin, as a pytest plugin.

Subclass the class for your kind of thing in a test module and list cases:

    from corne_testkit import Case, LayerConformance

    class TestScale(LayerConformance):
        cases = [Case(Scale, {"axis": -1}, input_shape=(4, 3))]

Importing this imports nothing else, because pytest imports it before any test runs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corne_testkit.activations import ActivationCase, ActivationConformance
    from corne_testkit.backends import BackendConformance
    from corne_testkit.case import Case
    from corne_testkit.initializers import InitializerCase, InitializerConformance
    from corne_testkit.layers import LayerConformance
    from corne_testkit.losses import LossCase, LossConformance
    from corne_testkit.metrics import MetricCase, MetricConformance
    from corne_testkit.operations import OperationCase, OperationConformance
    from corne_testkit.optimizers import OptimizerCase, OptimizerConformance

_MODULES = {
    "ActivationCase": "activations",
    "ActivationConformance": "activations",
    "BackendConformance": "backends",
    "Case": "case",
    "InitializerCase": "initializers",
    "InitializerConformance": "initializers",
    "LayerConformance": "layers",
    "LossCase": "losses",
    "LossConformance": "losses",
    "MetricCase": "metrics",
    "MetricConformance": "metrics",
    "OperationCase": "operations",
    "OperationConformance": "operations",
    "OptimizerCase": "optimizers",
    "OptimizerConformance": "optimizers",
}

__all__ = [
    "ActivationCase",
    "ActivationConformance",
    "BackendConformance",
    "Case",
    "InitializerCase",
    "InitializerConformance",
    "LayerConformance",
    "LossCase",
    "LossConformance",
    "MetricCase",
    "MetricConformance",
    "OperationCase",
    "OperationConformance",
    "OptimizerCase",
    "OptimizerConformance",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module 'corne_testkit' has no attribute {name!r}")
    return getattr(import_module(f"corne_testkit.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
