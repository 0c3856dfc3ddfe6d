"""The base of optimizers, with a rule of its own. No plugin's optimizer is needed."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Variable, ops
from corne.backend.kernels import replaced
from corne.errors import ArgumentError, ShapeError, StateError, UnknownArgumentError
from corne.optimizer import LearningRateSchedule, Optimizer

pytestmark = pytest.mark.usefixtures("backend")


class Descent(Optimizer):
    """Plain descent that counts the updates of each weight."""

    def build(self, variables):
        super().build(variables)
        self.counts = self.add_optimizer_variables(variables, "count")

    def update_step(self, gradient, variable, learning_rate):
        self.assign_add(self.counts[self._get_variable_index(variable)], ops.ones_like(variable))
        self.assign_sub(variable, ops.multiply(gradient, learning_rate))


class Ramp(LearningRateSchedule):
    def __call__(self, step):
        return ops.multiply(ops.cast(step, "float32"), 1.0)

    def get_config(self):
        return {}


def weight(*values, name="w"):
    return Variable(np.array(values, "float32"), name=name)


def arrays(*values):
    return [ops.convert_to_tensor(np.asarray(value, "float32")) for value in values]


def after(optimizer, *gradients, start=(0.0,)):
    """Return the weight after steps with these gradients."""
    variable = weight(*start)
    for gradient in gradients:
        optimizer.apply(arrays(np.broadcast_to(gradient, len(start))), [variable])
    return variable.numpy()


def test_order_names_and_paths_of_the_state():
    optimizer = Descent(0.1, name="d", use_ema=True, gradient_accumulation_steps=2)
    optimizer.build([weight(1.0, name="kernel")])
    names = ["iteration", "learning_rate", "kernel_average", "kernel_gradient_accumulator", "kernel_count"]
    assert [v.name for v in optimizer.variables] == names
    assert optimizer.variables[0].path == "d/iteration"


def test_several_slots_stand_weight_by_weight():
    optimizer = Optimizer(0.1)
    first, second = optimizer.add_optimizer_variables(
        [weight(1.0, name="a"), weight(1.0, name="b")], ["m", "v"]
    )
    assert [v.name for v in first + second] == ["a_m", "b_m", "a_v", "b_v"]
    assert [v.name for v in optimizer.variables[2:]] == ["a_m", "a_v", "b_m", "b_v"]
    with pytest.raises(ArgumentError, match="2 initializers"):
        optimizer.add_optimizer_variables([weight(1.0)], ["m", "v"], initializer=["zeros"])


@pytest.mark.parametrize(
    ("options", "gradients", "expected"),
    [
        ({}, [2.0], -2.0),
        ({"clipvalue": 0.5}, [2.0], -0.5),
        ({"clipnorm": 0.5}, [2.0], -0.5),
        ({"global_clipnorm": 0.5}, [2.0], -0.5),
        ({"clipnorm": 5.0}, [2.0], -2.0),
        ({"clipnorm": 0.5}, [0.0], 0.0),
        ({"global_clipnorm": 0.5}, [0.0], 0.0),
        ({"loss_scale_factor": 4.0}, [2.0], -0.5),
        ({"gradient_accumulation_steps": 2}, [2.0], 0.0),
        ({"gradient_accumulation_steps": 2}, [2.0, 4.0], -3.0),
        ({"gradient_accumulation_steps": 2}, [2.0, 4.0, 9.0, 1.0], -8.0),
        ({"gradient_accumulation_steps": 2, "clipvalue": 1.0}, [2.0, 4.0], -1.0),
        # weights -1, -2, -3; averages -1, -1.5, -2.25, given to the weight every second step
        ({"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 2}, [1.0, 1.0], -1.5),
    ],
)
def test_options(options, gradients, expected):
    np.testing.assert_allclose(after(Descent(1.0, **options), *gradients), [expected], rtol=1e-6)


def test_weight_decay_takes_a_share_of_the_weight():
    # 2 - 2 * 0.5 * 0.1 = 1.9, then 1.9 - 1 * 0.1
    np.testing.assert_allclose(after(Descent(0.1, weight_decay=0.5), 1.0, start=(2.0,)), [1.8], rtol=1e-6)


def test_weights_spared_from_decay():
    kernel, bias, other = weight(2.0, name="kernel"), weight(2.0, name="bias"), weight(2.0, name="kernel")
    optimizer = Descent(1.0, weight_decay=0.5)
    optimizer.exclude_from_weight_decay(var_list=[other], var_names=["bias"])
    optimizer.apply(arrays([0.0], [0.0], [0.0]), [kernel, bias, other])
    assert [float(v.numpy()[0]) for v in (kernel, bias, other)] == [1.0, 2.0, 2.0]
    with pytest.raises(StateError, match="not built yet"):
        optimizer.exclude_from_weight_decay(var_names=["kernel"])


def test_state_changes_only_in_steps_that_update():
    variable, optimizer = weight(0.0), Descent(1.0, gradient_accumulation_steps=3)
    for _ in range(7):
        optimizer.apply(arrays([1.0]), [variable])
    assert float(optimizer.counts[0].numpy()[0]) == 2.0
    assert int(ops.convert_to_numpy(optimizer.iterations)) == 2


def test_constraints_follow_the_update():
    variable = weight(0.0)
    variable.constraint = lambda w: ops.maximum(w, -0.25)
    Descent(1.0).apply(arrays([1.0]), [variable])
    assert float(variable.numpy()[0]) == -0.25


def test_a_weight_without_gradient_is_left_alone_with_a_warning():
    used, unused, optimizer = weight(0.0), weight(1.0, name="lonely"), Descent(1.0)
    with pytest.warns(UserWarning, match="lonely"):
        optimizer.apply([*arrays([1.0]), None], [used, unused])
    assert float(used.numpy()[0]) == -1.0
    assert float(unused.numpy()[0]) == 1.0


def test_gradients_may_be_lists_and_numpy_arrays():
    a, b = weight(0.0), weight(0.0)
    Descent(1.0).apply_gradients([([1.0], a), (np.array([2.0]), b)])
    assert [float(v.numpy()[0]) for v in (a, b)] == [-1.0, -2.0]


def test_marked_variables_become_their_gradient():
    statistic, optimizer = weight(0.0), Descent(0.1)
    statistic.overwrite_with_gradient = True
    optimizer.apply(arrays([7.0]), [statistic])
    assert float(statistic.numpy()[0]) == 7.0
    assert optimizer.counts == [None]


def test_update_where_chooses_between_both_outcomes():
    variable, optimizer = weight(1.0, 2.0), Descent(1.0)
    optimizer.build([variable])
    for condition, expected in ((False, [1.0, 2.0]), (True, [0.0, 1.0])):
        optimizer.update_where(
            ops.convert_to_tensor(condition),
            [variable],
            lambda: optimizer.update_step(arrays([1.0, 1.0])[0], variable, 1.0),
        )
        np.testing.assert_allclose(variable.numpy(), expected)
        assert float(optimizer.counts[0].numpy()[0]) == float(condition)


def test_a_kernel_of_the_backend_takes_all_weights_at_once(backend):
    class Fused(Descent):
        _fused = "descent_update"

        def fused_arguments(self, variables):
            return {"counts": self.pick(self.counts, variables), "step": self._iterations, "power": 1}

    calls = []

    def descent_update(variables, gradients, learning_rate, *, counts, step, power):
        calls.append((len(variables), len(counts), int(backend.to_numpy(step)), power))
        for variable, gradient in zip(variables, gradients, strict=True):
            new = backend.to_numpy(variable) - backend.to_numpy(gradient) * backend.to_numpy(learning_rate)
            if isinstance(variable, np.ndarray):
                variable[...] = new
            else:
                backend.assign(variable, backend.asarray(new))

    with replaced(backend, {**backend.kernels, "descent_update": descent_update}):
        a, b, optimizer = weight(1.0, name="a"), weight(1.0, 1.0, name="b"), Fused(0.5)
        optimizer.build([a, b])
        optimizer.apply(arrays([1.0], [2.0, 4.0]))
        with pytest.warns(UserWarning, match="'a'"):
            optimizer.apply([None, *arrays([1.0, 1.0])])
        assert calls == [(2, 2, 0, 1), (1, 1, 1, 1)]
        np.testing.assert_allclose(a.numpy(), [0.5])
        np.testing.assert_allclose(b.numpy(), [-0.5, -1.5])
        optimizer.stateless_apply(  # there kernels, which write to storage, are not called
            [v.value for v in optimizer.variables], arrays([1.0], [1.0, 1.0]), [a.value, b.value]
        )
        assert len(calls) == 2


def test_schedule_counts_updates():
    np.testing.assert_allclose(after(Descent(Ramp()), 1.0, 1.0, 1.0), [-3.0])  # 0 + 1 + 2
    # six steps make three updates, at rates 0, 1 and 2
    np.testing.assert_allclose(after(Descent(Ramp(), gradient_accumulation_steps=2), *[1.0] * 6), [-3.0])


def test_averages_move_with_updates():
    optimizer = Descent(1.0, use_ema=True, ema_momentum=0.5, gradient_accumulation_steps=2)
    variable = weight(0.0)
    averages = []
    for _ in range(6):
        optimizer.apply(arrays([1.0]), [variable])
        averages.append(float(optimizer.variables[2].numpy()[0]))
    # The weight is 0, -1, -1, -2, -2, -3; the average begins as the weight, then (-1 - 2) / 2, (-1.5 - 3) / 2.
    assert averages == [0.0, -1.0, -1.0, -1.5, -1.5, -2.25]


def test_averages_overwrite_weights_after_updates_only():
    optimizer = Descent(
        1.0, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2, gradient_accumulation_steps=2
    )
    variable, weights = weight(0.0), []
    for _ in range(6):
        optimizer.apply(arrays([1.0]), [variable])
        weights.append(float(variable.numpy()[0]))
    # Update 1: -1. Update 2: -2, overwritten by (-1 - 2) / 2. Update 3: -2.5.
    assert weights == [0.0, -1.0, -1.0, -1.5, -1.5, -2.5]


def test_learning_rate_is_read_and_set():
    optimizer = Descent(0.1)
    optimizer.learning_rate = 0.25
    assert float(optimizer.learning_rate) == 0.25
    assert optimizer.get_config()["learning_rate"] == 0.25
    assert not optimizer.calls_python
    optimizer.learning_rate = lambda: 0.5
    assert optimizer.calls_python
    assert [v.name for v in optimizer.variables] == ["iteration"]
    with pytest.raises(StateError, match="a number as learning_rate"):
        optimizer.learning_rate = 0.1


def test_config_makes_the_same_again():
    optimizer = Descent(
        0.5, weight_decay=0.1, clipnorm=2.0, use_ema=True, ema_overwrite_frequency=3, name="mine"
    )
    assert Descent.from_config(optimizer.get_config()).get_config() == optimizer.get_config()


def test_state_is_saved_and_loaded():
    a, b = Descent(0.5, name="a"), Descent(0.1, name="b")
    variable = weight(1.0, 2.0)
    a.apply(arrays([1.0, 1.0]), [variable])
    b.build([variable])
    store = {}
    a.save_own_variables(store)
    b.load_own_variables(store)
    for one, two in zip(a.variables, b.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy())
    b.set_weights([np.zeros_like(v.numpy()) for v in b.variables])
    assert all((v.numpy() == 0).all() for v in b.variables)
    with pytest.warns(UserWarning, match="3 variables, the optimizer 2"):
        Descent().load_own_variables(store)
    with pytest.raises(ArgumentError, match="3 arrays"):
        b.set_weights([np.zeros(2)])
    with pytest.raises(StateError, match="build"):
        Descent().set_weights([])


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"learning_rate": -0.1}, "learning_rate"),
        ({"learning_rate": "fast"}, "learning_rate"),
        ({"learning_rate": True}, "learning_rate"),
        ({"learning_rate": float("nan")}, "learning_rate"),
        ({"weight_decay": -1}, "weight_decay"),
        ({"clipnorm": -1.0}, "clipnorm"),
        ({"clipnorm": 1.0, "global_clipnorm": 1.0}, "at most one of clipnorm"),
        ({"loss_scale_factor": -2.0}, "loss_scale_factor"),
        ({"gradient_accumulation_steps": 1}, "gradient_accumulation_steps"),
        ({"gradient_accumulation_steps": 2.5}, "gradient_accumulation_steps"),
        ({"use_ema": True, "ema_momentum": 1.5}, "ema_momentum"),
        ({"use_ema": True, "ema_overwrite_frequency": -1}, "ema_overwrite_frequency"),
    ],
)
def test_values_out_of_range(arguments, word):
    with pytest.raises(ArgumentError, match=word):
        Descent(**arguments)


def test_bad_calls():
    with pytest.raises(UnknownArgumentError, match=r"'weight_decoy'.*Did you mean 'weight_decay'"):
        Descent(weight_decoy=0.1)
    variable, optimizer = weight(0.0, 0.0, name="kernel"), Descent()
    with pytest.raises(StateError, match="build"):
        optimizer.apply(arrays([1.0, 1.0]))
    with pytest.raises(StateError, match="build"):
        optimizer.stateless_apply([], arrays([1.0, 1.0]), [])
    optimizer.build([variable])
    with pytest.raises(ShapeError, match=r"\(2,\) for 'kernel', got \(3,\)"):
        optimizer.apply(arrays([1.0, 1.0, 1.0]))
    with pytest.raises(ArgumentError, match="1 gradients"):
        optimizer.apply(arrays([1.0, 1.0], [1.0, 1.0]))
    with pytest.raises(ArgumentError, match="None for all"):
        optimizer.apply([None])
    with pytest.raises(StateError, match="built for"):
        optimizer.apply(arrays([1.0]), [weight(0.0)])
    with pytest.raises(ArgumentError, match=r"optimizer_variables=…\).*3 values"):
        optimizer.stateless_apply([], arrays([1.0, 1.0]), [variable.value])
    averaging = Descent(use_ema=True)
    averaging.build([variable])
    with pytest.raises(ArgumentError, match="1 weights"):
        averaging.finalize_variable_values([])
    with pytest.raises(NotImplementedError, match="update_step"):
        Optimizer().apply(arrays([1.0, 1.0]), [variable])
