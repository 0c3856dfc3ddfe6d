"""Optimizers on every backend that has gradients or not: arithmetic, state, stateless use, bad input."""

from __future__ import annotations

import corne.optimizers
import numpy as np
import pytest
from corne import Variable, ops
from corne.errors import ArgumentError, ShapeError, StateError, UnknownArgumentError
from corne.optimizer import LearningRateSchedule, Optimizer
from corne.variable import StatelessScope

ALL = [
    "SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "Ftrl", "Lion", "Lamb",
    "Adafactor", "ScheduleFreeAdamW", "Muon",
]  # fmt: skip


def arrays(*values):
    return [ops.convert_to_tensor(np.asarray(value, "float32")) for value in values]


@pytest.mark.usefixtures("backend")
class TestArithmetic:
    def test_plain_descent(self):
        weight = Variable(np.array([1.0, 2.0], "float32"))
        corne.optimizers.SGD(0.5).apply(arrays([1.0, -2.0]), [weight])
        np.testing.assert_allclose(weight.numpy(), [0.5, 3.0])

    def test_first_step_of_adam_is_the_learning_rate(self):
        # bias correction makes m / sqrt(v) = g / |g| at step 1
        weight = Variable(np.array([1.0, 1.0], "float32"))
        corne.optimizers.Adam(0.1).apply(arrays([3.0, -0.2]), [weight])
        np.testing.assert_allclose(weight.numpy(), [0.9, 1.1], rtol=1e-5)

    def test_accumulated_steps_use_the_mean_gradient(self):
        weight = Variable(np.array([0.0], "float32"))
        optimizer = corne.optimizers.SGD(1.0, gradient_accumulation_steps=2)
        for gradient, expected in ((1.0, 0.0), (3.0, -2.0), (5.0, -2.0), (5.0, -7.0)):
            optimizer.apply(arrays([gradient]), [weight])
            assert float(weight.numpy()[0]) == pytest.approx(expected)

    def test_global_clipping_scales_all_alike(self):
        a, b = Variable(np.zeros(1, "float32")), Variable(np.zeros(1, "float32"))
        corne.optimizers.SGD(1.0, global_clipnorm=1.0).apply(arrays([3.0], [4.0]), [a, b])
        np.testing.assert_allclose([a.numpy()[0], b.numpy()[0]], [-0.6, -0.8], rtol=1e-6)

    def test_infinite_gradients_show_under_global_clipping(self):
        a = Variable(np.zeros(1, "float32"))
        with np.errstate(invalid="ignore"):
            corne.optimizers.SGD(1.0, global_clipnorm=1.0).apply(arrays([np.inf]), [a])
        assert np.isnan(a.numpy()).all()

    def test_average_and_its_finalization(self):
        weight = Variable(np.array([0.0], "float32"))
        optimizer = corne.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
        optimizer.apply(arrays([-2.0]), [weight])  # weight 2, average 2
        optimizer.apply(arrays([-2.0]), [weight])  # weight 4, average 3
        optimizer.finalize_variable_values([weight])
        assert float(weight.numpy()[0]) == pytest.approx(3.0)

    def test_loss_scaling_skips_a_step_that_overflowed(self):
        weight = Variable(np.array([1.0], "float32"))
        optimizer = corne.optimizers.LossScaleOptimizer(corne.optimizers.SGD(1.0), initial_scale=8.0)
        optimizer.apply(arrays([np.inf]), [weight])
        assert float(weight.numpy()[0]) == 1.0
        assert float(optimizer.dynamic_scale) == 4.0
        optimizer.apply(arrays([4.0]), [weight])
        assert float(weight.numpy()[0]) == 0.0


@pytest.mark.usefixtures("backend")
class TestScheduleFree:
    """The paper's equations in NumPy. (Keras 3.15.1 on torch uses z after its step where they say before.)"""

    @pytest.mark.parametrize(("beta_1", "warmup_steps"), [(0.9, 0), (0.8, 3)])
    def test_path(self, beta_1, warmup_steps):
        rng = np.random.default_rng(0)
        start, gradients = rng.normal(size=4).astype("float32"), rng.normal(size=(6, 4)).astype("float32")
        weight = Variable(start)
        optimizer = corne.optimizers.ScheduleFreeAdamW(0.05, beta_1=beta_1, warmup_steps=warmup_steps)
        x = z = start.astype("float64")
        v = np.zeros(4)
        for t, g in enumerate(gradients.astype("float64"), start=1):
            rate = 0.05 * (min(t / warmup_steps, 1.0) if warmup_steps else 1.0)
            v = 0.999 * v + 0.001 * g**2
            z = z - rate * g / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
            x = x + (z - x) / t
            optimizer.apply(arrays(g), [weight])
            np.testing.assert_allclose(weight.numpy(), beta_1 * x + (1 - beta_1) * z, rtol=1e-5, atol=1e-6)


@pytest.mark.usefixtures("backend")
class TestState:
    def test_iterations_count_updates(self):
        weight = Variable(np.zeros(1, "float32"))
        optimizer = corne.optimizers.SGD(1.0, gradient_accumulation_steps=2)
        for expected in (0, 1, 1, 2):
            optimizer.apply(arrays([1.0]), [weight])
            assert int(np.asarray(ops.convert_to_numpy(optimizer.iterations))) == expected

    @pytest.mark.parametrize("name", ALL)
    def test_stateless_apply_is_apply(self, name):
        start = [np.array([[1.0, -2.0]], "float32"), np.array([0.5], "float32")]
        gradients = arrays([[0.3, 0.2]], [-0.4])
        stateful = [Variable(value) for value in start]
        changed = getattr(corne.optimizers, name)(0.1)
        kept = [Variable(value) for value in start]
        stateless = getattr(corne.optimizers, name)(0.1)
        stateless.build(kept)
        values, state = [v.value for v in kept], [v.value for v in stateless.variables]
        for _ in range(3):
            changed.apply(gradients, stateful)
            values, state = stateless.stateless_apply(state, gradients, values)
        for value, variable, untouched, initial in zip(values, stateful, kept, start, strict=True):
            np.testing.assert_allclose(ops.convert_to_numpy(value), variable.numpy(), rtol=1e-5)
            np.testing.assert_allclose(untouched.numpy(), initial)

    def test_loss_scale_in_a_stateless_scope(self):
        weight = Variable(np.array([1.0], "float32"))
        optimizer = corne.optimizers.LossScaleOptimizer(
            corne.optimizers.Adam(0.1, gradient_accumulation_steps=2), initial_scale=2.0
        )
        optimizer.build([weight])
        with StatelessScope() as scope, np.errstate(invalid="ignore"):
            optimizer.apply(arrays([np.inf]))
            optimizer.apply(arrays([2.0]))
            optimizer.apply(arrays([2.0]))
            inside = float(np.asarray(ops.convert_to_numpy(scope.get(weight)))[0])
        assert inside == pytest.approx(0.9, rel=1e-5)
        assert float(weight.numpy()[0]) == 1.0

    @pytest.mark.parametrize("name", ALL)
    def test_saved_state_continues_the_same_path(self, name):
        start = np.array([1.0, -2.0], "float32")
        whole, first, second = (Variable(start, name="w") for _ in range(3))
        one, two, three = (getattr(corne.optimizers, name)(0.1) for _ in range(3))
        store: dict[str, np.ndarray] = {}
        for gradient in ([0.3, 0.2], [0.1, -0.2]):
            one.apply(arrays(gradient), [whole])
            two.apply(arrays(gradient), [first])
        two.save_own_variables(store)
        second.assign(first.value)
        three.build([second])
        three.load_own_variables(store)
        one.apply(arrays([0.5, 0.6]), [whole])
        three.apply(arrays([0.5, 0.6]), [second])
        np.testing.assert_array_equal(second.numpy(), whole.numpy())

    def test_state_of_another_size_is_not_loaded(self):
        optimizer = corne.optimizers.Adam()
        with pytest.warns(UserWarning, match="not loaded: the file has 1 variables, the optimizer 2.*build"):
            optimizer.load_own_variables({"0": np.zeros(())})

    def test_learning_rate_can_be_set(self):
        optimizer = corne.optimizers.SGD(0.1)
        optimizer.learning_rate = 0.25
        assert float(optimizer.learning_rate) == 0.25
        assert optimizer.get_config()["learning_rate"] == 0.25

    def test_learning_rate_can_become_a_schedule_but_not_back(self):
        optimizer = corne.optimizers.SGD(0.1)
        optimizer.learning_rate = corne.optimizers.schedules.ExponentialDecay(0.5, 1, 0.5)
        assert len(optimizer.variables) == 1
        assert float(optimizer.learning_rate) == 0.5
        with pytest.raises(StateError, match="learning_rate = …"):
            optimizer.learning_rate = 0.1

    def test_learning_rate_may_be_a_function(self):
        rates = iter([1.0, 2.0])
        optimizer = corne.optimizers.SGD(lambda: next(rates))
        assert optimizer.calls_python
        weight = Variable(np.zeros(1, "float32"))
        optimizer.apply(arrays([1.0]), [weight])
        optimizer.apply(arrays([1.0]), [weight])
        assert float(weight.numpy()[0]) == -3.0

    def test_own_rules_see_the_step(self):
        class Ramp(LearningRateSchedule):
            def __call__(self, step):
                return ops.multiply(ops.cast(step, "float32"), 1.0)

            def get_config(self):
                return {}

        weight = Variable(np.zeros(1, "float32"))
        optimizer = corne.optimizers.SGD(Ramp())
        for _ in range(3):
            optimizer.apply(arrays([1.0]), [weight])
        assert float(weight.numpy()[0]) == -3.0  # 0 + 1 + 2

    def test_own_optimizer(self):
        class Sign(Optimizer):
            def update_step(self, gradient, variable, learning_rate):
                self.assign_sub(variable, ops.multiply(ops.sign(gradient), learning_rate))

        weight = Variable(np.zeros(2, "float32"))
        Sign(0.5, clipvalue=1.0).apply_gradients(zip(arrays([3.0, -4.0]), [weight], strict=False))
        np.testing.assert_allclose(weight.numpy(), [-0.5, 0.5])


@pytest.mark.usefixtures("backend")
class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "arguments", "word"),
        [
            ("SGD", {"learning_rate": -0.1}, "learning_rate"),
            ("SGD", {"learning_rate": "0.1"}, "learning_rate"),
            ("SGD", {"momentum": 1.5}, "momentum"),
            ("Adam", {"beta_1": 1.0}, "beta_1"),
            ("Adam", {"beta_2": -0.1}, "beta_2"),
            ("Adam", {"epsilon": -1}, "epsilon"),
            ("AdamW", {"weight_decay": None}, "weight_decay"),
            ("RMSprop", {"rho": 2}, "rho"),
            ("Lion", {"beta_1": 0}, "beta_1"),
            ("Ftrl", {"learning_rate_power": 0.5}, "learning_rate_power"),
            ("SGD", {"clipnorm": 1.0, "clipvalue": 1.0}, "at most one of clipnorm"),
            ("SGD", {"clipnorm": -1.0}, "clipnorm"),
            ("SGD", {"gradient_accumulation_steps": 1}, "gradient_accumulation_steps"),
            ("SGD", {"use_ema": True, "ema_momentum": 2}, "ema_momentum"),
            ("SGD", {"use_ema": True, "ema_overwrite_frequency": 0.5}, "ema_overwrite_frequency"),
        ],
    )
    def test_values_out_of_range(self, name, arguments, word):
        with pytest.raises(ArgumentError, match=word):
            getattr(corne.optimizers, name)(**arguments)

    def test_misspelt_keyword(self):
        with pytest.raises(UnknownArgumentError, match=r"'momentun'.*Did you mean 'momentum'"):
            corne.optimizers.SGD(momentun=0.9)

    def test_gradients_that_do_not_fit(self):
        weight = Variable(np.zeros((2, 3), "float32"), name="kernel")
        optimizer = corne.optimizers.SGD()
        with pytest.raises(ShapeError, match=r"\(2, 3\) for 'kernel', got \(3, 2\)"):
            optimizer.apply(arrays(np.zeros((3, 2))), [weight])
        with pytest.raises(ArgumentError, match="1 gradients"):
            optimizer.apply(arrays(1.0, 2.0))
        with pytest.raises(ArgumentError, match="None for all"):
            optimizer.apply([None])

    def test_other_weights_than_it_was_built_for(self):
        optimizer = corne.optimizers.SGD()
        optimizer.build([Variable(np.zeros(2, "float32"))])
        with pytest.raises(StateError, match="built for"):
            optimizer.apply(arrays([1.0]), [Variable(np.zeros(1, "float32"))])

    @pytest.mark.parametrize("name", ["SGD", "LossScaleOptimizer"])
    def test_gradients_before_weights(self, name):
        sgd = corne.optimizers.SGD()
        optimizer = sgd if name == "SGD" else corne.optimizers.LossScaleOptimizer(sgd)
        with pytest.raises(StateError, match="build"):
            optimizer.apply(arrays([1.0]))

    def test_exclusion_after_building(self):
        optimizer = corne.optimizers.AdamW()
        optimizer.build([Variable(np.zeros(2, "float32"))])
        with pytest.raises(StateError, match="not built yet"):
            optimizer.exclude_from_weight_decay(var_names=["bias"])

    def test_loss_scaling_refuses_what_belongs_inside(self):
        with pytest.raises(ArgumentError, match=r"clipnorm.*inner optimizer"):
            corne.optimizers.LossScaleOptimizer(corne.optimizers.SGD(), clipnorm=1.0)
        with pytest.raises(ArgumentError, match="an optimizer"):
            corne.optimizers.LossScaleOptimizer("sgd")
        with pytest.raises(UnknownArgumentError, match="scale"):
            corne.optimizers.LossScaleOptimizer(corne.optimizers.SGD(), scale=1.0)

    @pytest.mark.parametrize(
        ("name", "arguments"),
        [
            ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": 0.5}),
            ("CosineDecay", {"initial_learning_rate": -0.1, "decay_steps": 5}),
            ("PiecewiseConstantDecay", {"boundaries": [1, 2], "values": [0.1, 0.2]}),
            ("PiecewiseConstantDecay", {"boundaries": [2, 1], "values": [0.1, 0.2, 0.3]}),
            ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 0}),
        ],
    )
    def test_schedules(self, name, arguments):
        with pytest.raises(ArgumentError, match=name):
            getattr(corne.optimizers.schedules, name)(**arguments)
