"""The conformance tests of every layer, activation and loss that this package registers."""

from __future__ import annotations

import numpy as np
from corne_example_layer.log_ratio import LogRatio
from corne_example_layer.scale import Scale
from corne_example_layer.squared_relu import squared_relu
from corne_example_layer.swirl import swirl
from corne_example_layer.swirl_layer import Swirl
from corne_testkit import (
    ActivationCase,
    ActivationConformance,
    Case,
    LayerConformance,
    LossCase,
    LossConformance,
    OperationCase,
    OperationConformance,
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


class TestSwirl(LayerConformance):
    cases = [Case(Swirl, input_shape=(4,)), Case(Swirl, {"angle_initializer": "ones"}, input_shape=(3, 2))]


X = np.array([[1.0, 2.0, 3.0, 4.0], [-1.0, 0.5, 0.0, 2.0]], "float32")


def turned(x, angle):
    """Turn pairs with complex numbers."""
    return (x.view("complex64") * np.exp(1j * np.asarray(angle))).astype("complex64").view("float32")


class TestSwirlOperation(OperationConformance):
    cases = [
        OperationCase(swirl, inputs=(X, np.array([0.3, -1.2], "float32")), expected=turned),
        OperationCase("swirl", {"angle": 0.7}, inputs=(X,), expected=turned),
        OperationCase(swirl, inputs=(X.astype("float16"), 1.0), tolerance=2e-3, differentiable=False),
    ]
