"""Models of Corne in PyTorch's programs, and modules of PyTorch in Corne's models."""

from __future__ import annotations

import copy

import corne
import numpy as np
import pytest
import torch
from corne.errors import ArgumentError, BackendError, FileFormatError, StateError
from corne.layers import LSTM, BatchNormalization, Conv2D, Dense, Dropout, Flatten, Input, TorchModuleWrapper
from corne.models import Sequential, load_model
from torch import nn

RNG = np.random.default_rng(0)
X = RNG.normal(size=(32, 4)).astype("float32")
Y = RNG.normal(size=(32, 2)).astype("float32")


@pytest.fixture(autouse=True)
def _cpu():
    with corne.backend.use("cpu"):
        yield


def test_a_model_trained_by_torch_ends_where_corne_s_training_ends():
    # 200 steps of SGD on the whole batch, by either optimizer: w <- w - 0.05 * gradient.
    corne.utils.set_random_seed(1)
    model = Sequential([Input((4,)), Dense(8, activation="tanh"), Dense(2)])
    start = model.get_weights()
    module = model.to_torch()
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05)
    for _ in range(200):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(module(torch.tensor(X)), torch.tensor(Y)).backward()
        optimizer.step()
    by_torch = model.get_weights()  # storage is shared
    model.set_weights(start)
    model.compile(optimizer=corne.optimizers.SGD(0.05), loss="mse")
    model.fit(X, Y, batch_size=32, epochs=200, shuffle=False, verbose=0)
    for ours, theirs in zip(model.get_weights(), by_torch, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_names_buffers_modes_and_predictions():
    model = Sequential(
        [Input((8, 8, 1)), Conv2D(3, 3), BatchNormalization(), Dropout(0.5), Flatten(), Dense(2)]
    )
    module = model.to_torch()
    names = [name.rpartition("/")[2] for name, _ in module.named_parameters()]
    assert names == ["kernel", "bias", "gamma", "beta", "kernel", "bias"]
    images = RNG.normal(size=(5, 8, 8, 1)).astype("float32")
    module.eval()
    with torch.no_grad():
        np.testing.assert_array_equal(module(torch.tensor(images)).numpy(), model.predict(images, verbose=0))
    mean = model.layers[1].moving_mean.numpy().copy()
    module.train()
    module(torch.tensor(images))
    assert np.abs(model.layers[1].moving_mean.numpy() - mean).max() > 0
    state = copy.deepcopy(module.state_dict())
    module.load_state_dict({name: torch.zeros_like(tensor) for name, tensor in state.items()})
    assert all((weight == 0).all() for weight in model.get_weights())


def test_a_recurrent_model_has_gradients_in_torch():
    model = Sequential([Input((6, 3)), LSTM(4), Dense(1)])
    module = model.to_torch()
    module(torch.tensor(RNG.normal(size=(2, 6, 3)), dtype=torch.float32)).sum().backward()
    assert all(parameter.grad is not None for parameter in module.parameters())


def test_wrong_use_of_to_torch():
    with pytest.raises(StateError):
        Sequential([Dense(2)]).to_torch()
    with corne.backend.use("numpy"):
        model = Sequential([Input((4,)), Dense(2)])
    with pytest.raises(BackendError):
        model.to_torch()


def wrapped(*more):
    return Sequential(
        [Input((4,)), TorchModuleWrapper(nn.Sequential(nn.Linear(4, 8), nn.Tanh(), *more)), Dense(2)]
    )


def test_a_wrapped_module_has_torch_s_values_and_gradients():
    linear = nn.Linear(4, 2)
    layer = TorchModuleWrapper(linear)
    np.testing.assert_array_equal(layer(X).detach().numpy(), linear(torch.tensor(X)).detach().numpy())
    assert layer.compute_output_shape((None, 4)) == (None, 2)
    assert [tuple(v.shape) for v in layer.trainable_variables] == [(2, 4), (2,)]
    _, (weight, bias) = corne.backend.active().value_and_grad(
        lambda: (corne.ops.sum(layer(X)), None), layer.trainable_variables
    )
    linear(torch.tensor(X)).sum().backward()
    np.testing.assert_allclose(weight.numpy(), linear.weight.grad.numpy(), rtol=1e-6)
    np.testing.assert_allclose(bias.numpy(), linear.bias.grad.numpy(), rtol=1e-6)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_a_wrapped_module_trains_recorded_and_compiled_as_in_plain_python(jit_compile):
    ends = []
    for eager in (True, False):
        corne.utils.set_random_seed(2)
        torch.manual_seed(2)
        model = wrapped(nn.BatchNorm1d(8))
        model.compile(
            optimizer="adam", loss="mse", run_eagerly=eager, jit_compile=False if eager else jit_compile
        )
        model.fit(X, Y, epochs=5, batch_size=8, shuffle=False, verbose=0)
        ends.append(model.get_weights())
    for one, two in zip(*ends, strict=True):
        np.testing.assert_allclose(one, two, atol=1e-5)
    assert any(v.name == "2_running_mean" and np.abs(v.numpy()).max() > 0 for v in model.variables)


def test_a_wrapped_module_is_saved_without_pickle(tmp_path):
    model = wrapped(nn.LayerNorm(8))
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(4, 4)

    def forward(self, x):
        return x + torch.relu(self.inner(x))


def test_an_own_module_is_passed_on_loading(tmp_path):
    model = Sequential([Input((4,)), TorchModuleWrapper(Block(), name="block")])
    model.save(tmp_path / "m.keras")
    with pytest.raises(FileFormatError, match="block"):
        load_model(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", custom_objects={"block": Block()})
    np.testing.assert_array_equal(again.predict(X, verbose=0), model.predict(X, verbose=0))


def test_a_file_cannot_ask_for_more_memory_than_its_weights(tmp_path):
    model = Sequential([Input((4,)), TorchModuleWrapper(nn.Linear(4, 4), name="it")])
    text = model.to_json().replace('"out_features": 4', '"out_features": 400000000000')
    assert text != model.to_json()
    with pytest.raises(FileFormatError, match="memory"):
        corne.models.model_from_json(text)


def test_wrong_use_of_the_wrapper():
    with pytest.raises(ArgumentError):
        TorchModuleWrapper(torch.relu)
    with pytest.raises(ArgumentError):
        TorchModuleWrapper(nn.LazyLinear(3))
    with corne.backend.use("numpy"), pytest.raises(BackendError):
        TorchModuleWrapper(nn.Linear(2, 2))
