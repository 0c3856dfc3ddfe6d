"""Steps whose layers hand arrays to code that PyTorch doesn't see: C, NumPy, custom operators."""

from __future__ import annotations

import ctypes
import warnings
from collections.abc import Callable
from typing import Any

import corne
import numpy as np
import pytest
import torch
from corne import layers
from corne.random import set_random_seed
from corne_torch.traced import compiler
from corne_torch.traced.cost_model import CostModel
from corne_torch.traced.fx_tracer import trace_step
from corne_torch.traced.step import EagerStepWarning, TracedStep
from corne_torch.traced.step_graph import POINTS, READS, UntraceableError

rng = np.random.default_rng(0)
X = rng.normal(size=(24, 4)).astype("float32")
Y = rng.normal(size=(24, 2)).astype("float32")
needs_compiler = pytest.mark.skipif(compiler.cpp_compiler() is None, reason="no C++ compiler")


def doubled_in_c(x: torch.Tensor) -> torch.Tensor:
    """Return twice x, copied by C's ``memmove`` from where its data lie."""
    source = x.detach().contiguous()
    result = torch.empty_like(source)
    ctypes.memmove(result.data_ptr(), source.data_ptr(), source.numel() * source.element_size())
    return result * 2


def doubled_by_storage(x: torch.Tensor) -> torch.Tensor:
    """Return twice x, read at the address of its storage."""
    source = x.detach().contiguous().clone()
    address = source.untyped_storage().data_ptr()
    numbers = (ctypes.c_float * source.numel()).from_address(address)
    return torch.tensor(list(numbers)).reshape(x.shape) * 2


def doubled_in_numpy(x: torch.Tensor) -> torch.Tensor:
    """Return twice x, multiplied by NumPy."""
    return torch.from_numpy(x.detach().numpy() * 2)


def doubled_through_dlpack(x: torch.Tensor) -> torch.Tensor:
    """Return twice x, read by NumPy through DLPack."""
    return torch.from_numpy(np.from_dlpack(x.detach()) * 2)


def doubled_by_module(x: Any) -> Any:
    """Return twice x, by a way that depends on the module of its type."""
    if type(x).__module__ == "torch":
        return x.detach() * 2
    return torch.from_numpy(np.asarray(x) * 2)


POINTING = [doubled_in_c, doubled_by_storage, doubled_through_dlpack]
READING = [doubled_in_numpy]


def function(body: Callable[[torch.Tensor], torch.Tensor]) -> Callable[[torch.Tensor], torch.Tensor]:
    """Return a function with a gradient, whose two passes both run ``body``."""

    class Doubled(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
            return body(x)

        @staticmethod
        def backward(ctx: Any, upstream: torch.Tensor) -> torch.Tensor:
            return body(upstream)

    return Doubled.apply  # type: ignore[no-any-return]


@torch.library.custom_op("corne_tests::doubled", mutates_args=())
def operator_with_fake(x: torch.Tensor) -> torch.Tensor:
    """Double in C, with an implementation for fake tensors."""
    return doubled_in_c(x)


@operator_with_fake.register_fake
def _(x: torch.Tensor) -> torch.Tensor:
    return torch.empty_like(x)


@torch.library.custom_op("corne_tests::doubled_opaque", mutates_args=())
def operator_without_fake(x: torch.Tensor) -> torch.Tensor:
    """Double in C, without one."""
    return doubled_in_c(x)


operator_with_fake.register_autograd(lambda ctx, upstream: operator_with_fake(upstream))
operator_without_fake.register_autograd(lambda ctx, upstream: operator_without_fake(upstream))


class Doubling(layers.Layer):
    """A layer that doubles its inputs by a function of PyTorch's arrays."""

    def __init__(self, function: Callable[..., Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def call(self, x: Any) -> Any:
        return self.function(x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape


def trained(function: Callable[..., Any], jit_compile: bool | str) -> tuple[list[Any], str, list[str]]:
    """Fit a small model; return its weights, how its step runs, and the notices of eager steps."""
    set_random_seed(1)
    model = corne.Sequential([
        layers.Input((4,)), layers.Dense(4, activation="tanh"), Doubling(function), layers.Dense(2),
    ])  # fmt: skip
    model.compile("sgd", "mse", jit_compile=jit_compile)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, Y, batch_size=8, epochs=4, shuffle=False, verbose=0)
    notices = [str(w.message) for w in caught if issubclass(w.category, EagerStepWarning)]
    return model.get_weights(), model.explain_steps()["train"], notices


def assert_trains(function: Callable[..., Any], jit_compile: bool | str) -> tuple[str, list[str]]:
    """Compare with a layer that multiplies by 2; return how the step runs, and the notices."""
    weights, decision, notices = trained(function, jit_compile)
    expected, _, _ = trained(lambda x: x * 2, False)
    for one, other in zip(weights, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    return decision, notices


@pytest.fixture
def everything_pays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let recording and compiling pay at once, so that twelve batches meet both."""
    monkeypatch.setattr(CostModel, "calls_to_record", lambda self: 1.0)
    monkeypatch.setattr(CostModel, "calls_to_compile", lambda self: 2.0)


each_setting = pytest.mark.parametrize("jit_compile", [True, False, "auto"])


@each_setting
@pytest.mark.parametrize("body", POINTING + READING, ids=lambda body: body.__name__)
@pytest.mark.usefixtures("everything_pays")
def test_a_layer_that_runs_other_code_trains_eagerly(
    body: Callable[..., Any], jit_compile: bool | str
) -> None:
    decision, notices = assert_trains(function(body), jit_compile)
    assert decision.startswith(f"eager: {POINTS if body in POINTING else READS} (at ")
    assert "test_torch_opaque.py" in decision
    assert len(notices) == (0 if jit_compile is False else 1)


@each_setting
@pytest.mark.usefixtures("everything_pays")
def test_code_that_asks_for_the_module_of_a_type_trains(jit_compile: bool | str) -> None:
    """A tensor of the compiler's is of another module, and the way for NumPy's arrays is closed to it."""
    decision, notices = assert_trains(function(doubled_by_module), jit_compile)
    assert decision.startswith("recorded" if jit_compile is False else "eager")
    assert len(notices) == (0 if jit_compile is False else 1)


@needs_compiler
@each_setting
@pytest.mark.usefixtures("everything_pays")
def test_an_operator_with_a_fake_implementation_is_compiled(jit_compile: bool | str) -> None:
    decision, notices = assert_trains(operator_with_fake, jit_compile)
    assert decision.startswith("recorded" if jit_compile is False else "compiled")
    assert notices == []


@each_setting
@pytest.mark.usefixtures("everything_pays")
def test_an_operator_without_a_fake_implementation_is_not_compiled(jit_compile: bool | str) -> None:
    decision, notices = assert_trains(operator_without_fake, jit_compile)
    assert decision.startswith("recorded" if jit_compile is False else "eager")
    assert len(notices) == (0 if jit_compile is False else 1)


@pytest.mark.parametrize("body", POINTING, ids=lambda body: body.__name__)
def test_the_compilers_arrays_have_no_address(body: Callable[..., Any]) -> None:
    """Also where nothing was recorded before: a resumed run compiles at once."""
    x = torch.ones(3, 2)
    with pytest.raises(UntraceableError) as error:
        trace_step(lambda batch: body(batch[0]), [], [x], tuple)
    assert str(error.value).startswith(POINTS)


def test_a_step_that_hands_out_memory_in_its_first_batch_alone_is_compiled(
    interpreted: list[Any], everything_pays: None
) -> None:
    calls = []

    def step(batch: Any) -> Any:
        calls.append(0)
        return doubled_in_c(batch[0]) if len(calls) == 1 else batch[0] * 2

    run = TracedStep(step, [], False, True, torch.device("cpu"))
    x = torch.arange(6.0).reshape(3, 2)
    for _ in range(4):
        torch.testing.assert_close(run((x,)), x * 2)
    assert run.decision.startswith("compiled")
