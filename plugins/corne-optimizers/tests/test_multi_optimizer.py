"""MultiOptimizer and OptimizerMap: which optimizer changes which weight, state, files and mistakes."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, StateError
from corne.optimizers import SGD, Adam, LossScaleOptimizer, MultiOptimizer, OptimizerMap
from corne.variable import Variable

pytestmark = pytest.mark.usefixtures("backend")


def weights():
    body, head = (
        Variable(np.zeros(2, "float32"), name="kernel"),
        Variable(np.zeros(2, "float32"), name="kernel"),
    )
    body.path, head.path = "body/kernel", "head/kernel"
    return [body, head]


def ones():
    return [ops.convert_to_tensor(np.ones(2, "float32")) for _ in range(2)]


def test_each_weight_has_its_optimizer():
    optimizer = MultiOptimizer(OptimizerMap(SGD(0.5), {"head/.*": SGD(0.25, momentum=0.5)}))
    body, head = variables = weights()
    optimizer.build(variables)
    for _ in range(2):
        optimizer.apply(ones(), variables)
    np.testing.assert_allclose(body.numpy(), [-1.0, -1.0])  # two steps of 0.5
    np.testing.assert_allclose(head.numpy(), [-0.625, -0.625])  # 0.25, then 0.25 * (1 + 0.5)
    assert int(optimizer.iterations.numpy()) == 2
    assert [type(each).__name__ for each in optimizer.optimizers] == ["SGD", "SGD"]
    assert len(optimizer.variables) == 2 + 3 + 2  # own; SGD with momentum; SGD


def test_a_function_chooses():
    slow, fast = SGD(0.25), SGD(0.5)
    optimizer = MultiOptimizer(
        lambda variable: fast if "head" in variable.path else slow, loss_scale_factor=2.0
    )
    body, head = variables = weights()
    optimizer.apply(ones(), variables)
    np.testing.assert_allclose((body.numpy()[0], head.numpy()[0]), (-0.125, -0.25))  # gradients of 1 / 2
    assert optimizer.optimizers == [slow, fast]
    optimizer.build(variables)  # again: nothing happens
    assert float(ops.convert_to_numpy(optimizer.scale_loss(ops.convert_to_tensor(3.0)))) == 6.0


def test_state_and_configuration_come_back():
    optimizer = MultiOptimizer(OptimizerMap(Adam(0.5), {"head/.*": SGD(0.25)}), name="both")
    variables = weights()
    optimizer.apply(ones(), variables)
    again = MultiOptimizer.from_config(optimizer.get_config())
    assert again.get_config() == optimizer.get_config()
    others = weights()
    again.build(others)
    again.set_weights([v.numpy() for v in optimizer.variables])
    for one, other in zip(variables, others, strict=True):
        other.assign(one.numpy())
    optimizer.apply(ones(), variables)
    again.apply(ones(), others)
    for one, other in zip(variables, others, strict=True):
        np.testing.assert_array_equal(one.numpy(), other.numpy())


def test_maps_match_whole_paths_and_refuse_doubts():
    sgd, adam = SGD(), Adam()
    optimizers = OptimizerMap(sgd, {"a/.*": adam})
    assert optimizers["a/b"] is adam
    assert optimizers["b/a/c"] is sgd
    assert list(optimizers) == ["a/.*"]
    optimizers["a/b"] = sgd  # equal goes before matching
    assert optimizers["a/b"] is sgd
    with pytest.raises(ArgumentError):
        optimizers["a/b"] = adam
    optimizers[".*/c"] = sgd
    with pytest.raises(ArgumentError) as caught:
        optimizers["a/c"]
    assert caught.value.given == "['a/.*', '.*/c']"
    for wrong in ("adam", LossScaleOptimizer(SGD()), MultiOptimizer(OptimizerMap(SGD()))):
        with pytest.raises(ArgumentError):
            OptimizerMap(SGD(), {"x": wrong})
    with pytest.raises(ArgumentError):
        MultiOptimizer("adam")


def test_there_is_no_one_learning_rate():
    optimizer = MultiOptimizer(OptimizerMap(SGD(0.5)))
    with pytest.raises(StateError):
        optimizer.learning_rate = 0.1
    assert not hasattr(optimizer, "inner_optimizer")


def test_old_names_say_what_to_use():
    for name in ("Adagrad", "Adam", "Ftrl", "RMSprop", "SGD", "Optimizer"):
        with pytest.raises(StateError) as caught:
            getattr(corne.optimizers.legacy, name)(learning_rate=0.1)
        assert caught.value.where == f"optimizers.legacy.{name}(…)"


def test_fit_and_files(backend, tmp_path):
    if "gradients" not in backend.capabilities or "Dense" not in dir(corne.layers):
        pytest.skip("needs gradients and layers")
    x = np.random.default_rng(0).normal(size=(16, 3)).astype("float32")
    model = corne.Sequential(
        [corne.Input((3,)), corne.layers.Dense(4, name="body"), corne.layers.Dense(1, name="head")]
    )
    model.compile(
        MultiOptimizer(OptimizerMap(Adam(0.05), {".*head/.*": SGD(0.01, momentum=0.9)})),
        corne.losses.get("mse"),
    )
    model.fit(x, x[:, :1], epochs=2, verbose=0, shuffle=False)
    model.save(tmp_path / "model.keras")
    again = corne.saving.load_model(tmp_path / "model.keras")
    for each in (model, again):
        each.fit(x, x[:, :1], epochs=2, verbose=0, shuffle=False)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
