"""The kit is proved by faults: a sound backend passes each test below, and with one fault planted fails it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from corne import backend as backends
from corne import ops
from corne.backend import TensorSpec
from corne.backend.kernels import replaced
from corne_testkit import BackendConformance, Case, LayerConformance, MetricCase, MetricConformance
from corne_testkit.operation_cases import CASES

FAILED = pytest.fail.Exception


class Kit(BackendConformance):
    name = "numpy"


@pytest.fixture
def numpy() -> Iterator[Any]:
    with backends.use("numpy") as engine:
        yield engine


def changed(name: str, change: Callable[..., Any]) -> Callable[[Any], dict[str, Any]]:
    """Return a fault: the member ``name`` gives ``change(real member, *arguments)``."""

    def plant(engine: Any) -> dict[str, Any]:
        real = getattr(engine, name)
        return {name: lambda *args, **kwargs: change(real, *args, **kwargs)}

    return plant


def value(name: str, wrong: Any) -> Callable[[Any], dict[str, Any]]:
    """Return a fault: the member ``name`` is ``wrong``."""
    return lambda engine: {name: wrong}


def shared(engine: Any) -> dict[str, Any]:
    """Variables in the memory of the array that they were made of."""

    def assign_add(storage: Any, x: Any) -> Any:
        storage += x
        return storage

    return {"variable": lambda x, trainable: x, "assign_add": assign_add}


def once(real: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
    """A step that computes in its first call alone."""
    kept: list[Any] = []

    def step(batch: Any) -> Any:
        if not kept:
            kept.append(fn(batch))
        return kept[0]

    return step


def stateless(real: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
    """A step that drops what its function assigns."""
    from corne.variable import StatelessScope

    def step(batch: Any) -> Any:
        with StatelessScope():
            return fn(batch)

    return step


def same_noise(real: Any, fn: Any, variables: Any, **kwargs: Any) -> Any:
    """A step that draws the same random numbers in each call."""
    seed = variables[1]

    def step(batch: Any) -> Any:
        key = seed.key
        result = fn(batch)
        seed.key = key
        return result

    return step


def known_sizes(real: Any, fn: Any, *args: Any, **kwargs: Any) -> Any:
    """Inference that takes unknown sizes for 2."""
    args = tuple(
        TensorSpec(tuple(n or 2 for n in x.shape), x.dtype) if isinstance(x, TensorSpec) else x for x in args
    )
    return real(fn, *args, **kwargs)


DRAW = ("random_uniform", "float32")
FAULTS: dict[str, tuple[Callable[[Any], dict[str, Any]], str, tuple[Any, ...]]] = {
    "asarray ignores the dtype": (changed("asarray", lambda real, x, dtype=None: real(x)), "test_arrays", ("uint8",)),
    "asarray makes doubles of floats": (
        changed("asarray", lambda real, x, dtype=None: np.asarray(x, dtype)), "test_python_values", ()),
    "cast does nothing": (changed("cast", lambda real, x, dtype: x), "test_arrays", ("int32",)),
    "everything is an array": (value("is_array", lambda x: True), "test_arrays", ("float32",)),
    "nothing is an array": (value("is_array", lambda x: False), "test_arrays", ("float32",)),
    "every dtype is float32": (value("dtype_name", lambda x: "float32"), "test_arrays", ("int32",)),
    "to_numpy widens": (changed("to_numpy", lambda real, x: real(x).astype("float64")), "test_arrays", ("float32",)),
    "to_numpy adds one": (changed("to_numpy", lambda real, x: real(x) + 1), "test_arrays", ("int32",)),
    "to_numpy gives lists": (changed("to_numpy", lambda real, x: real(x).tolist()), "test_arrays", ("int32",)),
    "another name": (value("name", "other"), "test_members", ()),
    "no device": (value("devices", list), "test_members", ()),
    "an unknown capability": (value("capabilities", frozenset({"fast"})), "test_members", ()),
    "no namespace": (value("xp", object()), "test_members", ()),
    "variables share memory": (
        shared, "test_variables", ()),
    "assign keeps the old value": (changed("assign", lambda real, storage, x: storage), "test_variables", ()),
    "unknown sizes are inferred as 2": (changed("infer_specs", known_sizes), "test_shapes_are_inferred", ()),
    "draws ignore the counter": (
        changed("random_uniform", lambda real, key, *rest: real((key[0], 0), *rest)), "test_random_draws", DRAW),
    "draws ignore the seed": (
        changed("random_uniform", lambda real, key, *rest: real((0, key[1]), *rest)), "test_random_draws", DRAW),
    "uniform numbers are centred": (
        changed("random_uniform", lambda real, *given: real(*given) - 0.5), "test_random_draws", DRAW),
    "uniform numbers are half": (
        changed("random_uniform", lambda real, *given: real(*given) / 2), "test_random_draws", DRAW),
    "normal numbers have the variance 4": (
        changed("random_normal", lambda real, *given: real(*given) * 2), "test_random_draws",
        ("random_normal", "float32")),
    "steps run once": (changed("step", once), "test_steps_write_state_back", (None,)),
    "steps drop their state": (changed("step", stateless), "test_steps_write_state_back", (None,)),
    "steps repeat their noise": (changed("step", same_noise), "test_steps_write_state_back", (None,)),
    "cond takes the first": (changed("cond", lambda real, pred, one, two: one()), "test_control_flow", ()),
    "switch counts from the end": (
        changed("switch", lambda real, i, branches, given: branches[min(i, 2)](*given)), "test_control_flow", ()),
    "while_loop has no limit": (
        changed("while_loop", lambda real, cond, body, values, most: real(cond, body, values, None)),
        "test_control_flow", ()),
    "fori_loop includes the end": (
        changed("fori_loop", lambda real, low, high, *rest: real(low, high + 1, *rest)), "test_control_flow", ()),
    "fori_loop counts from zero": (
        changed("fori_loop", lambda real, low, high, *rest: real(0, high - low, *rest)), "test_control_flow", ()),
    "scan runs backwards": (
        changed("scan", lambda real, fn, init, xs: real(fn, init, xs[::-1])), "test_control_flow", ()),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_a_backend_is_caught(numpy: Any, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    plant, test, arguments = FAULTS[fault]
    getattr(Kit(), test)(numpy, *arguments)  # the sound backend passes
    for name, member in plant(numpy).items():
        monkeypatch.setattr(numpy, name, member, raising=False)
    with pytest.raises(FAILED):
        getattr(Kit(), test)(numpy, *arguments)


KERNELS: dict[str, Callable[..., Any]] = {
    "of other values": lambda x: np.exp(x) + 1,
    "of another dtype": lambda x: np.exp(x).astype("float64"),
    "of another shape": lambda x: np.exp(x)[None],
    "without signs": lambda x: np.exp(np.abs(x)),
}


@pytest.mark.parametrize("fault", KERNELS)
def test_a_fault_of_a_kernel_is_caught(numpy: Any, fault: str) -> None:
    exp = next(case for case in CASES if case.name == "exp")
    with replaced(numpy, {"exp": KERNELS[fault]}), pytest.raises(FAILED):
        Kit().test_kernels(numpy, exp)


def test_a_default_that_a_configuration_lacks_is_caught(backend: Any) -> None:
    """The case doesn't pass the argument; the layer holds its default."""
    from corne.layer import Layer

    class Scaled(Layer):
        def __init__(self, factor: float = 2.5, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.factor = factor

        def call(self, inputs: Any) -> Any:
            return ops.multiply(inputs, self.factor)

        def get_config(self) -> dict[str, Any]:
            return {key: value for key, value in super().get_config().items() if key != "factor"}

    with pytest.raises(FAILED, match=r"it lacks \['factor'\]"):
        LayerConformance().test_configuration_round_trip(Case(Scaled), backend)


def test_a_metric_that_ignores_sample_weights_is_caught(backend: Any) -> None:
    from corne.metric import Mean

    class Unweighted(Mean):
        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            super().update_state(y_pred)

    class Halved(Mean):
        def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
            super().update_state(
                y_pred if sample_weight is None else ops.multiply(y_pred, 0.5), sample_weight
            )

    for metric, message in ((Unweighted, "weight 0 should"), (Halved, "weights of 1 should")):
        with pytest.raises(FAILED, match=message):
            MetricConformance().test_sample_weights(MetricCase(metric), backend)
