"""Every optimizer walks the same path as Keras's: 20 steps on fixed gradients, and configs."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne.optimizers
import numpy as np
import pytest
from corne import Variable
from corne.backend import choice
from corne.constraints import MaxNorm

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")
pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:.*__array__ implementation:DeprecationWarning"),  # inside Keras
]

SHAPES = [(4, 3), (3,), (2, 2, 2)]
STEPS = 20
RNG = np.random.default_rng(3)
STARTS = [RNG.normal(size=shape).astype("float32") for shape in SHAPES]
GRADIENTS = [[RNG.normal(size=shape).astype("float32") for shape in SHAPES] for _ in range(STEPS)]

RULES = [
    ("SGD", {}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.9, "nesterov": True}),
    ("Adam", {}),
    ("Adam", {"amsgrad": True, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.1, "amsgrad": True}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.8, "momentum": 0.7}),
    ("RMSprop", {"centered": True, "momentum": 0.5}),
    ("Adagrad", {}),
    ("Adadelta", {}),
    ("Adamax", {}),
    ("Nadam", {}),
    ("Ftrl", {"l1_regularization_strength": 0.01, "l2_regularization_strength": 0.02, "beta": 0.1}),
    ("Ftrl", {"l2_shrinkage_regularization_strength": 0.05, "learning_rate_power": -0.4}),
    ("Lion", {}),
    ("Lamb", {}),
    ("Adafactor", {}),
    ("Adafactor", {"beta_2_decay": -0.5, "clip_threshold": 0.5, "relative_step": False}),
    ("Muon", {}),
    ("Muon", {"exclude_layers": ["v9"], "nesterov": False, "rms_rate": None, "adam_lr_ratio": 0.5}),
    ("Muon", {"exclude_layers": ["v0"], "weight_decay": None}),
]
OPTIONS = [
    {"weight_decay": 0.05},
    {"clipnorm": 0.7},
    {"clipvalue": 0.3},
    {"global_clipnorm": 1.2},
    {"use_ema": True, "ema_momentum": 0.8},
    {"use_ema": True, "ema_momentum": 0.8, "ema_overwrite_frequency": 3},
    {"gradient_accumulation_steps": 3},
    {"gradient_accumulation_steps": 4, "clipnorm": 0.5, "weight_decay": 0.1},
    {"loss_scale_factor": 8.0},
]


@pytest.fixture(autouse=True)
def _cpu():
    with choice.use("cpu"):
        yield


def values(variable):
    if isinstance(variable, keras.Variable):
        return variable.value.detach().numpy().copy()
    return variable.numpy().copy()


def walk(optimizer, make, gradients, steps=STEPS, finalize=False):
    """Return every weight after every step."""
    variables = [make(start, f"v{i}") for i, start in enumerate(STARTS)]
    optimizer.build(variables)
    path = []
    for step in range(steps):
        optimizer.apply([gradients(step, i) for i in range(len(variables))], variables)
        path.append([values(v) for v in variables])
    if finalize:
        optimizer.finalize_variable_values(variables)
        path.append([values(v) for v in variables])
    return path, variables


def our_variable(start, name):
    return Variable(start, name=name)


def their_variable(start, name):
    return keras.Variable(start, name=name)


def our_gradient(step, i):
    return choice.active().asarray(GRADIENTS[step][i])


def their_gradient(step, i):
    return torch.tensor(GRADIENTS[step][i])


def compare(mine, theirs, finalize=False):
    # Keras rounds 1 - beta ** t in float32, which moves its Adam by up to 1e-5 of a step.
    ours, _ = walk(mine, our_variable, our_gradient, finalize=finalize)
    with torch.no_grad():
        keras_path, _ = walk(theirs, their_variable, their_gradient, finalize=finalize)
    for step, (a, b) in enumerate(zip(ours, keras_path, strict=True)):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-5, atol=5e-6, err_msg=f"step {step}")


def pair(cls, **arguments):
    return getattr(corne.optimizers, cls)(**arguments), getattr(keras.optimizers, cls)(**arguments)


@pytest.mark.parametrize(("name", "arguments"), RULES)
def test_twenty_steps(name, arguments):
    compare(*pair(name, learning_rate=0.05, **arguments))


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o))
@pytest.mark.parametrize("name", ["SGD", "Adam", "RMSprop"])
def test_options(name, options):
    compare(*pair(name, learning_rate=0.05, **options), finalize=options.get("use_ema", False))


@pytest.mark.parametrize("name", ["Nadam", "Adagrad", "Lamb"])
def test_accumulation_of_the_other_rules(name):
    compare(*pair(name, learning_rate=0.05, gradient_accumulation_steps=3))


@pytest.mark.parametrize("name", ["SGD", "Adam"])
@pytest.mark.parametrize(
    ("schedule", "arguments"),
    [
        ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 5, "decay_rate": 0.5}),
        ("PiecewiseConstantDecay", {"boundaries": [4, 9], "values": [0.1, 0.05, 0.01]}),
        (
            "CosineDecay",
            {"initial_learning_rate": 0.0, "decay_steps": 10, "warmup_target": 0.1, "warmup_steps": 4},
        ),
    ],
)
def test_schedules_in_optimizers(name, schedule, arguments):
    mine = getattr(corne.optimizers.schedules, schedule)(**arguments)
    theirs = getattr(keras.optimizers.schedules, schedule)(**arguments)
    compare(
        getattr(corne.optimizers, name)(mine, weight_decay=0.01),
        getattr(keras.optimizers, name)(theirs, weight_decay=0.01),
    )


def test_weights_excluded_from_decay():
    mine, theirs = pair("AdamW", weight_decay=0.3)
    for optimizer in (mine, theirs):
        optimizer.exclude_from_weight_decay(var_names=["v1", "2"])
    compare(mine, theirs)


def test_a_weight_without_gradient_is_left_alone():
    def without(gradient):
        return lambda step, i: None if i == 1 else gradient(step, i)

    mine, theirs = pair("Adam", learning_rate=0.05)
    with pytest.warns(UserWarning, match="v1"):
        ours, _ = walk(mine, our_variable, without(our_gradient), steps=3)
    with pytest.warns(UserWarning, match="v1"), torch.no_grad():
        keras_path, _ = walk(theirs, their_variable, without(their_gradient), steps=3)
    for a, b in zip(ours[-1], keras_path[-1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_constraints():
    def constrained(make, constraint):
        def one(start, name):
            variable = make(start, name)
            variable.constraint = constraint
            return variable

        return one

    mine, theirs = pair("SGD", learning_rate=0.3)
    ours, _ = walk(mine, constrained(our_variable, MaxNorm(0.7)), our_gradient)
    with torch.no_grad():
        keras_path, _ = walk(
            theirs, constrained(their_variable, keras.constraints.MaxNorm(0.7)), their_gradient
        )
    for a, b in zip(ours[-1], keras_path[-1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("accumulate", [None, 3])
def test_variables_that_gradients_overwrite(accumulate):
    def marked(make):
        def one(start, name):
            variable = make(start, name)
            variable.overwrite_with_gradient = name == "v1"
            return variable

        return one

    mine, theirs = pair("Adam", learning_rate=0.05, gradient_accumulation_steps=accumulate)
    ours, _ = walk(mine, marked(our_variable), our_gradient)
    with torch.no_grad():
        keras_path, _ = walk(theirs, marked(their_variable), their_gradient)
    for a, b in zip(ours, keras_path, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-5, atol=5e-6)


def test_loss_scaling_with_overflows():
    def with_overflow(gradient, infinity):
        def one(step, i):
            value = gradient(step, i) * scale_of[step]
            return value * infinity if step in (3, 4, 11) and i == 1 else value

        return one

    scale_of = [1.0] * STEPS
    mine = corne.optimizers.LossScaleOptimizer(
        corne.optimizers.Adam(0.05, clipnorm=1.0), initial_scale=16.0, dynamic_growth_steps=3
    )
    theirs = keras.optimizers.LossScaleOptimizer(
        keras.optimizers.Adam(0.05, clipnorm=1.0), initial_scale=16.0, dynamic_growth_steps=3
    )
    ours, _ = walk(mine, our_variable, with_overflow(our_gradient, float("inf")))
    with torch.no_grad():
        keras_path, _ = walk(theirs, their_variable, with_overflow(their_gradient, float("inf")))
    for a, b in zip(ours, keras_path, strict=True):
        for x, y in zip(a, b, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-5, atol=5e-6)
    assert float(mine.dynamic_scale) == float(values(theirs.dynamic_scale))
    assert int(mine.step_counter) == int(values(theirs.step_counter))
    assert int(np.asarray(mine.iterations)) == int(values(theirs.iterations)) == STEPS - 3
    loss = float(mine.scale_loss(choice.active().asarray(2.0)))
    assert loss == 2.0 * float(values(theirs.dynamic_scale))


@pytest.mark.parametrize(("name", "arguments"), RULES)
@pytest.mark.parametrize("options", [{}, {"use_ema": True, "gradient_accumulation_steps": 2}])
def test_state_is_keras_state(name, arguments, options):
    """Variables stand in Keras's order with Keras's names, so that files fit both ways."""
    mine, theirs = pair(name, learning_rate=0.05, **arguments, **options)
    _, ours = walk(mine, our_variable, our_gradient, steps=4)
    with torch.no_grad():
        walk(theirs, their_variable, their_gradient, steps=4)
    assert len(ours) == len(SHAPES)
    for v, w in zip(mine.variables, theirs.variables, strict=True):
        assert tuple(v.shape) == tuple(w.shape)
        if not w.name.startswith("variable"):  # Nadam's product has no name there
            assert v.name == w.name
        np.testing.assert_allclose(v.numpy(), values(w), rtol=1e-5, atol=1e-6, err_msg=v.path)


@pytest.mark.parametrize(
    ("name", "arguments"), [*RULES, ("ScheduleFreeAdamW", {}), ("LossScaleOptimizer", {})]
)
def test_config_is_keras_config_and_round_trips(name, arguments):
    if name == "LossScaleOptimizer":
        mine = corne.optimizers.LossScaleOptimizer(corne.optimizers.SGD(name="sgd"), name="scale")
        theirs = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(name="sgd"), name="scale")
    else:
        mine, theirs = pair(name, **arguments, name="mine")
    config, expected = mine.get_config(), theirs.get_config()
    inner, inner_expected = config.get("inner_optimizer"), expected.pop("inner_optimizer", None)
    assert {key: config[key] for key in expected} == expected
    if inner is not None:  # Keras names a class of its torch backend, which it alone can read
        assert inner["config"] == inner_expected["config"]
        assert (inner["module"], inner["class_name"]) == ("keras.optimizers", "SGD")
    again = corne.optimizers.deserialize(corne.optimizers.serialize(mine))
    assert type(again) is type(mine)
    assert again.get_config() == config
    if name != "Lamb":  # Keras does not know its own name for it
        keras_again = keras.optimizers.deserialize(corne.optimizers.serialize(mine))
        assert {key: keras_again.get_config()[key] for key in expected} == expected


def test_schedule_in_config():
    schedule = corne.optimizers.schedules.ExponentialDecay(0.1, 10, 0.9)
    optimizer = corne.optimizers.Adam(schedule)
    again = corne.optimizers.deserialize(corne.optimizers.serialize(optimizer))
    assert again.get_config() == optimizer.get_config()
    keras_again = keras.optimizers.deserialize(corne.optimizers.serialize(optimizer))
    assert keras_again.get_config()["learning_rate"]["config"] == schedule.get_config()


SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.8, "staircase": True},
    ),
    ("PiecewiseConstantDecay", {"boundaries": [3, 10, 20], "values": [1.0, 1e-6, 0.3, 0.05]}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "power": 2.0}),
    (
        "PolynomialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "cycle": True},
    ),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 9, "alpha": 0.1}),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 9,
            "warmup_target": 0.2,
            "warmup_steps": 5,
            "alpha": 0.1,
        },
    ),
    ("CosineDecay", {"initial_learning_rate": 0.01, "decay_steps": 9, "warmup_target": 0.2}),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 5}),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.0, "m_mul": 0.9},
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.7, "m_mul": 0.9, "alpha": 0.05},
    ),
]


@pytest.mark.parametrize(("name", "arguments"), SCHEDULES)
def test_schedules(name, arguments):
    mine = getattr(corne.optimizers.schedules, name)(**arguments)
    theirs = getattr(keras.optimizers.schedules, name)(**arguments)
    for step in range(45):
        np.testing.assert_allclose(
            float(mine(choice.active().asarray(step))),
            float(theirs(step)),
            rtol=2e-5,
            atol=1e-8,
            err_msg=str(step),
        )
    assert mine.get_config() == theirs.get_config()
    again = corne.optimizers.schedules.deserialize(corne.optimizers.schedules.serialize(mine))
    assert again.get_config() == mine.get_config()


@pytest.mark.parametrize(
    "name", ["adam", "Adam", "sgd", "SGD", "rmsprop", "adamw", "nadam", "ftrl", "lion", "muon"]
)
def test_strings_mean_what_they_mean_in_keras(name):
    assert type(corne.optimizers.get(name)).__name__ == type(keras.optimizers.get(name)).__name__
