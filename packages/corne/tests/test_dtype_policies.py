"""Dtype policies: their two dtypes, the global one, configs and bad input."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
from corne import Layer, config, dtype_policies, mixed_precision, ops, serialization
from corne.dtype_policies import DTypePolicy
from corne.errors import ArgumentError


@pytest.fixture(autouse=True)
def _restore():
    yield
    config.set_dtype_policy(None)
    config.set_floatx("float32")


class Scale(Layer):
    def build(self, input_shape):
        self.factor = self.add_weight(shape=(), initializer="ones")
        self.statistic = self.add_weight(shape=(), initializer="zeros", trainable=False, autocast=False)

    def call(self, inputs):
        self.seen = [ops.dtype(self.factor.value), ops.dtype(self.statistic.value)]
        return ops.multiply(inputs, self.factor)


@pytest.mark.parametrize(
    ("name", "variable", "compute"),
    [
        ("float32", "float32", "float32"), ("float16", "float16", "float16"), ("float64", "float64", "float64"),
        ("bfloat16", "bfloat16", "bfloat16"), ("int32", "int32", "int32"),
        ("mixed_float16", "float32", "float16"), ("mixed_bfloat16", "float32", "bfloat16"),
    ],
)  # fmt: skip
def test_the_two_dtypes(name, variable, compute):
    policy = DTypePolicy(name)
    assert (policy.name, policy.variable_dtype, policy.compute_dtype) == (name, variable, compute)
    assert repr(policy) == f'<DTypePolicy "{name}">'
    assert policy == dtype_policies.get(name)
    assert len({policy, DTypePolicy(name), DTypePolicy("uint8")}) == 2


@pytest.mark.parametrize("name", ["float32", "mixed_bfloat16"])
def test_configs(name):
    policy = DTypePolicy(name)
    written = dtype_policies.serialize(policy)
    assert written == {
        "module": "keras", "class_name": "DTypePolicy", "config": {"name": name}, "registered_name": None,
    }  # fmt: skip
    assert dtype_policies.deserialize(written) == dtype_policies.get(written) == policy
    assert serialization.deserialize_object(serialization.serialize_object(policy)) == policy
    assert DTypePolicy.from_config(policy.get_config()) == policy


def test_identifiers():
    policy = DTypePolicy("float64")
    assert dtype_policies.get(policy) is policy
    assert dtype_policies.get(np.dtype("float16")).name == "float16"
    assert dtype_policies.get(None) == dtype_policies.dtype_policy() == DTypePolicy()


def test_the_global_policy():
    assert config.dtype_policy().name == "float32"
    config.set_floatx("float64")
    assert config.dtype_policy().name == "float64"
    mixed_precision.set_global_policy("mixed_bfloat16")
    assert mixed_precision.global_policy() == mixed_precision.Policy("mixed_bfloat16") == DTypePolicy()
    assert Scale().compute_dtype == "bfloat16"
    assert Scale(dtype="float32").compute_dtype == "float32"
    config.set_dtype_policy(DTypePolicy("float16"))
    assert Scale().variable_dtype == "float16"


def test_the_environment_chooses_the_policy():
    code = "import corne; print(corne.config.dtype_policy().name)"
    environment = {**os.environ, "CORNE_DTYPE_POLICY": "mixed_float16"}
    said = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "mixed_float16"


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_layers_under_mixed_precision(backend, policy):
    layer = Scale(dtype=policy)
    output = layer(np.ones((2, 3), "float32"))
    short = policy.removeprefix("mixed_")
    assert backend.dtype_name(output) == short
    assert [w.dtype for w in layer.weights] == ["float32", "float32"]
    assert layer.seen == [short, "float32"]
    assert backend.dtype_name(layer.factor.value) == "float32"  # outside of the layer
    again = Scale.from_config(layer.get_config())
    assert again.dtype_policy == layer.dtype_policy


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("mixed_float61", "mixed_float16"), ("flaot32", "float32"), ("int8_from_float32", "a dtype's name"),
        (32, None),
    ],
)  # fmt: skip
def test_unknown_policies(given, says):
    with pytest.raises(ArgumentError if says else Exception, match=says):
        dtype_policies.get(given)
    with pytest.raises(ArgumentError, match="a dtype's name, 'mixed_float16' or 'mixed_bfloat16'"):
        DTypePolicy(given)


def test_quantized_policies_are_refused():
    quantized = {"class_name": "QuantizedDTypePolicy", "config": {"mode": "int8"}, "module": "keras"}
    with pytest.raises(ArgumentError, match="Quantized policies are not supported"):
        dtype_policies.get(quantized)


def test_keras_older_name(backend):
    written = {"module": "keras", "class_name": "FloatDTypePolicy", "config": {"name": "float64"}}
    assert dtype_policies.get(written) == DTypePolicy("float64")
    assert Scale(dtype=written).dtype == "float64"
