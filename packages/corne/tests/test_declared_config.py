"""Configurations derived from the names of arguments."""

from __future__ import annotations

import pytest
from corne import Layer, Loss, initializers, ops
from corne.errors import StateError
from corne.metric import Mean, Metric


class Scale(Layer):
    config_kinds = {"scale_initializer": "initializers"}

    def __init__(self, axis=-1, scale_initializer="ones", **kwargs):
        super().__init__(**kwargs)
        self.axis = axis
        self.scale_initializer = initializers.get(scale_initializer)


class Shifted(Scale):
    config_kinds = {}

    def __init__(self, shift, **kwargs):
        super().__init__(**kwargs)
        self.shift = shift


class WithExtra(Scale):
    def get_config(self):
        return {**super().get_config(), "extra": 1}


def test_every_argument_is_in_the_configuration_defaults_too():
    config = Scale(name="s").get_config()
    assert set(config) == {"name", "trainable", "dtype", "axis", "scale_initializer"}
    assert config["scale_initializer"]["class_name"] == "Ones"


def test_arguments_of_parents_that_declare_are_included():
    config = Shifted(2, axis=1).get_config()
    assert (config["shift"], config["axis"]) == (2, 1)
    again = Shifted.from_config(config)
    assert (again.shift, again.axis) == (2, 1)
    assert isinstance(again.scale_initializer, initializers.Ones)


def test_super_get_config_gives_the_parents_arguments():
    assert {"axis", "scale_initializer", "extra"} <= set(WithExtra().get_config())


def test_losses_and_metrics_need_no_get_config():
    class Weighted(Loss):
        def __init__(self, factor, name="weighted", reduction="sum"):
            super().__init__(name=name, reduction=reduction)
            self.factor = factor

        def call(self, y_true, y_pred):
            return ops.multiply(y_true - y_pred, self.factor)

    assert Weighted(3).get_config() == {"name": "weighted", "reduction": "sum", "factor": 3}
    assert Weighted.from_config(Weighted(3).get_config()).factor == 3

    class Scaled(Mean):
        def __init__(self, by=2.0, name="scaled", dtype=None):
            super().__init__(name=name, dtype=dtype)
            self.by = by

    assert Scaled(5.0).get_config() == {"name": "scaled", "dtype": "float32", "by": 5.0}
    assert set(Mean().get_config()) == {"name", "dtype"}


def test_an_argument_that_is_kept_nowhere_is_named():
    class Lost(Metric):
        def __init__(self, k, name=None):
            super().__init__(name=name)

    with pytest.raises(StateError) as caught:
        Lost(3).get_config()
    assert "'k'" in caught.value.expected
