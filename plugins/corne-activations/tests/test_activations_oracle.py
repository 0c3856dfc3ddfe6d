"""Values and gradients of every activation against Keras's."""

from __future__ import annotations

import os

import numpy as np
import pytest
from corne import activations, ops
from corne import backend as backends
from corne.variable import Variable

pytestmark = pytest.mark.oracle

CASES = [
    ("relu", {}),
    ("relu", {"negative_slope": 0.3}),
    ("relu", {"max_value": 1.5}),
    ("relu", {"max_value": 6}),
    ("relu", {"threshold": 0.7}),
    ("relu", {"negative_slope": 0.3, "max_value": 1.5, "threshold": 0.7}),
    ("relu", {"negative_slope": 0.3, "max_value": 6}),
    ("relu6", {}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.5}),
    ("elu", {}),
    ("elu", {"alpha": 0.4}),
    ("selu", {}),
    ("celu", {}),
    ("celu", {"alpha": 0.4}),
    ("threshold", {"threshold": 0.3, "default_value": -2.0}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("silu", {}),
    ("swish", {}),
    ("softplus", {}),
    ("softsign", {}),
    ("squareplus", {}),
    ("squareplus", {"b": 2}),
    ("mish", {}),
    ("exponential", {}),
    ("tanh_shrink", {}),
    ("glu", {}),
    ("glu", {"axis": 1}),
    ("sigmoid", {}),
    ("log_sigmoid", {}),
    ("tanh", {}),
    ("linear", {}),
    ("hard_sigmoid", {}),
    ("hard_silu", {}),
    ("hard_swish", {}),
    ("hard_tanh", {}),
    ("hard_shrink", {}),
    ("hard_shrink", {"threshold": 0.2}),
    ("soft_shrink", {}),
    ("soft_shrink", {"threshold": 0.2}),
    ("sparse_plus", {}),
    ("sparse_sigmoid", {}),
    ("softmax", {}),
    ("softmax", {"axis": 1}),
    ("log_softmax", {}),
    ("log_softmax", {"axis": 1}),
]


@pytest.mark.parametrize("name, arguments", CASES)
def test_activation(backend, name, arguments):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    import torch

    engine = backends.active()
    generator = np.random.default_rng(1)
    # Random numbers hit no kink, where a gradient is a matter of taste.
    x = (generator.normal(size=(3, 4, 6)) * 3).astype("float32")
    upstream = generator.normal(size=x.shape).astype("float32")
    tensor = torch.tensor(x, requires_grad=True)
    expected = getattr(keras.activations, name)(tensor, **arguments)
    upstream = upstream[tuple(map(slice, expected.shape))]

    variable = Variable(x)
    output = engine.to_numpy(getattr(activations, name)(variable.value, **arguments))
    np.testing.assert_allclose(output, expected.detach().numpy(), atol=1e-5, rtol=1e-5)
    if "gradients" in engine.capabilities:
        (expected * torch.tensor(upstream)).sum().backward()

        def loss():
            return ops.sum(
                getattr(activations, name)(variable.value, **arguments) * engine.asarray(upstream)
            ), None

        _, (gradient,) = engine.value_and_grad(loss, [variable])
        np.testing.assert_allclose(engine.to_numpy(gradient), tensor.grad.numpy(), atol=1e-5, rtol=1e-4)


def test_every_activation_of_keras_is_there_and_compared():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    theirs = {name for name in dir(keras.activations) if not name.startswith("_")}
    # Keras 3.15.1's sparsemax on torch does not sum to 1; test_activations.py has the numbers for ours.
    assert theirs - {"get", "serialize", "deserialize", "sparsemax"} == {name for name, _ in CASES}
    assert set(activations.__dir__()) >= theirs


@pytest.mark.parametrize("name", sorted({name for name, _ in CASES}))
def test_config_is_keras(name):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    ours = activations.serialize(activations.get(name))
    assert ours == keras.activations.serialize(keras.activations.get(name)) if name in _SERIALIZED else True
    assert activations.deserialize(ours) is activations.get(name)


#: The others Keras's serialize() does not know by its own table.
_SERIALIZED = {name for name, _ in CASES} - {"sparse_sigmoid", "squareplus", "tanh_shrink", "threshold"}
