"""What every layer owes its users, of Scale."""

from __future__ import annotations

from corne_example_layer.scale import Scale
from corne_testkit import Case, LayerConformance


class TestScale(LayerConformance):
    cases = [
        Case(Scale, input_shape=(3,)),
        Case(Scale, {"axis": 1, "initial_value": 0.5, "gamma_regularizer": "l2"}, input_shape=(4, 3)),
    ]
