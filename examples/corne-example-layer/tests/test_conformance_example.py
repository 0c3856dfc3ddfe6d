"""What every layer, activation and loss owes its users, of those that this package registers."""

from __future__ import annotations

from corne_example_layer.log_ratio import LogRatio
from corne_example_layer.scale import Scale
from corne_example_layer.squared_relu import squared_relu
from corne_testkit import (
    ActivationCase,
    ActivationConformance,
    Case,
    LayerConformance,
    LossCase,
    LossConformance,
)


class TestScale(LayerConformance):
    cases = [
        Case(Scale, input_shape=(3,)),
        Case(Scale, {"axis": 1, "initial_value": 0.5, "gamma_regularizer": "l2"}, input_shape=(4, 3)),
    ]


class TestSquaredRelu(ActivationConformance):
    cases = [ActivationCase(squared_relu)]


class TestLogRatio(LossConformance):
    cases = [LossCase(LogRatio), LossCase(LogRatio, {"floor": 0.3})]
