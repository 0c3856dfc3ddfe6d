"""Small helpers: named values, and where a symbolic tensor comes from."""

from __future__ import annotations

import inspect
import json

import pytest
from corne import Input, initializers, utils
from corne.errors import ArgumentError, UnknownNameError


def test_config_is_a_dict_with_attributes():
    config = utils.Config(units=3)
    config.rate = 0.5
    config["seed"] = 1
    assert dict(config) == config.as_dict() == {"units": 3, "rate": 0.5, "seed": 1}
    assert json.loads(config.to_json()) == config.as_dict()
    assert (config.units, config.get("other", 7), config.pop("seed"), len(config)) == (3, 7, 1, 2)
    del config.rate
    assert "rate" not in config
    with pytest.raises(UnknownNameError, match="units"):
        _ = config.unit
    config.freeze()
    assert config.frozen
    for change in (
        lambda: config.update(a=1),
        lambda: setattr(config, "units", 4),
        lambda: config.pop("units"),
    ):
        with pytest.raises(ArgumentError):
            change()
    config.unfreeze()
    config.units = 4
    assert config.units == 4


def test_source_inputs_come_once_and_in_order():
    a, b = Input((2,)), Input((2,))
    assert utils.get_source_inputs(a)[0] is a
    found = utils.get_source_inputs((a + b) * a)
    assert [id(t) for t in found] == [id(a), id(b)]


def test_serialize_takes_keras_s_name_of_its_argument():
    zeros = initializers.Zeros()
    assert initializers.serialize(initializer=zeros) == initializers.serialize(zeros)
    assert list(inspect.signature(initializers.serialize).parameters) == ["initializer"]
    with pytest.raises(TypeError):
        initializers.serialize(other=zeros)
