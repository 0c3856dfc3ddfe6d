"""Compiled recurrence: against the same recurrence in double precision, and what happens without a compiler."""

from __future__ import annotations

import itertools
import warnings

import pytest
import torch
from corne import ops
from corne_torch.kernels import _recurrence, _recurrence_loops
from corne_torch.native import build
from corne_torch.native import recurrence as native

compiled = pytest.mark.skipif(not native.runs(torch.zeros(1)), reason="no C compiler")

GATES = {"simple_rnn": 1, "lstm": 4, "gru": 3}
#: Samples and units around the sizes of tiles and vectors, and more than one slice of the batch.
SIZES = list(itertools.product((1, 2, 7, 19), (1, 8, 17, 40)))


@pytest.fixture
def threads(monkeypatch):
    """Use three threads even for little work."""
    before = torch.get_num_threads()
    monkeypatch.setattr(native, "_FOR_A_THREAD", 1)
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def arrays(name: str, batch: int, units: int, scales: str) -> dict[str, torch.Tensor | None]:
    torch.manual_seed(batch * 100 + units)
    gates, steps = GATES[name], 4
    count = {"no": 0, "one": 1, "by gate": gates}[scales]
    return {
        "x": torch.randn(steps, batch, gates * units),
        "h": torch.randn(batch, units),
        "c": torch.randn(batch, units),
        "kernel": torch.randn(units, gates * units) / units**0.5,
        "bias": torch.randn(units),
        "scale": torch.rand(count, batch, units) if count else None,
        "dhs": torch.randn(batch, steps, units).transpose(0, 1),  # as it comes from outputs by sample
        "dcs": torch.randn(steps, batch, units),
    }


def run(engine, name: str, a: dict) -> list[torch.Tensor]:
    """Return the results of forward and backward."""
    x = a["x"].clone()
    if name == "lstm":
        given = (x,) if engine is native else ()
        hs, cs = engine.lstm_forward(x, a["h"], a["c"], a["kernel"], a["scale"], *given)
        results = [x, hs, cs]
        for dhs, dcs in [(a["dhs"], a["dcs"]), (a["dhs"], None), (None, a["dcs"])]:
            results += engine.lstm_backward(dhs, dcs, a["kernel"], a["scale"], x, cs)
        return results
    if name == "gru":
        given = (x,) if engine is native else ()
        hs, inner = engine.gru_forward(x, a["h"], a["kernel"], a["bias"], a["scale"], *given)
        return [x, hs, inner, *engine.gru_backward(a["dhs"], a["kernel"], a["scale"], x, inner, hs)]
    results = []
    for activation in ("tanh", "relu"):
        hs = engine.simple_rnn_forward(x, a["h"], a["kernel"], a["scale"], activation)
        results += [hs, *engine.simple_rnn_backward(a["dhs"], a["kernel"], a["scale"], hs, activation)]
    return results


@compiled
@pytest.mark.parametrize("scales", ["no", "one", "by gate"])
@pytest.mark.parametrize("name", list(GATES))
def test_all_sizes_agree_with_double_precision(name, scales, threads):
    for batch, units in SIZES:
        given = arrays(name, batch, units, scales)
        double = {key: None if x is None else x.double() for key, x in given.items()}
        expected = run(_recurrence_loops, name, double)
        for one, two in zip(run(native, name, given), expected, strict=True):
            torch.testing.assert_close(one.double(), two, rtol=1e-5, atol=1e-5)


@compiled
def test_dropout_of_the_state_is_brought_into_form_or_refused():
    a = arrays("gru", 3, 5, "one")
    alike, flags = torch.rand(1, 1, 5), torch.rand(1, 3, 5) > 0.5
    for scale in (alike, flags):
        given = [a["h"], a["kernel"], a["bias"]]
        expected = _recurrence_loops.gru_forward(a["x"].clone(), *given, scale)[0]
        torch.testing.assert_close(native.gru_forward(a["x"], *given, scale, None)[0], expected)
    with pytest.raises(ValueError, match="2 gates, expected 1 or 3"):
        native.gru_forward(a["x"], a["h"], a["kernel"], a["bias"], torch.rand(2, 3, 5), None)


@compiled
def test_without_gradients_the_states_are_the_same():
    a = arrays("lstm", 5, 9, "one")
    with torch.no_grad():
        hs, cs = _recurrence.lstm(a["x"].clone(), a["h"], a["c"], a["kernel"], a["scale"])
    expected = _recurrence.LSTM.apply(a["x"].clone(), a["h"], a["c"], a["kernel"], a["scale"])
    assert torch.equal(hs, expected[0])
    assert torch.equal(cs, expected[1])
    a = arrays("gru", 5, 9, "no")
    with torch.no_grad():
        hs = _recurrence.gru(a["x"].clone(), a["h"], a["kernel"], a["bias"], None)
    assert torch.equal(hs, _recurrence.GRU.apply(a["x"].clone(), a["h"], a["kernel"], a["bias"], None))


def gate_functions(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    sigmoids, tanhs = torch.empty_like(x), torch.empty_like(x)
    native.library().corne_gate_functions(len(x), x.data_ptr(), sigmoids.data_ptr(), tanhs.data_ptr())
    return sigmoids.double(), tanhs.double()


@compiled
def test_gate_functions_are_exact_to_float32():
    scale = torch.logspace(-30, 2, 20_000)
    x = torch.cat([scale, -scale, torch.linspace(-12, 12, 20_001)])
    sigmoids, tanhs = gate_functions(x)
    # float32 itself rounds by up to 6e-8 near 1; measured are 1.2e-7 and 1.7e-7
    torch.testing.assert_close(sigmoids, torch.sigmoid(x.double()), rtol=0, atol=1.5e-7)
    torch.testing.assert_close(tanhs, torch.tanh(x.double()), rtol=2e-7, atol=0)


@compiled
def test_gate_functions_of_special_numbers():
    sigmoids, tanhs = gate_functions(torch.tensor([torch.inf, -torch.inf, torch.nan, 0.0]))
    torch.testing.assert_close(tanhs.tolist(), [1.0, -1.0, torch.nan, 0.0], equal_nan=True)
    torch.testing.assert_close(sigmoids.tolist(), [1.0, 0.0, torch.nan, 0.5], equal_nan=True)


@pytest.fixture
def fresh():
    """Forget the loaded library, before and after."""
    native.library.cache_clear()
    yield
    native.library.cache_clear()


@pytest.mark.parametrize("compiler", [None, "no compiler", "failing"])
def test_without_a_compiler_it_is_said_once_and_loops_run(compiler, fresh, tmp_path, monkeypatch):
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.delenv("CORNE_NATIVE", raising=False)
    if compiler == "failing":
        script = tmp_path / "cc"
        script.write_text("#!/bin/sh\necho 'error: no such thing' >&2\nexit 1\n")
        script.chmod(0o755)
    a = arrays("gru", 2, 3, "no")
    expected = _recurrence_loops.gru_forward(a["x"].clone(), a["h"], a["kernel"], a["bias"], None)[0][1:]
    if compiler is None:
        monkeypatch.setenv("CORNE_NATIVE", "0")
        assert torch.equal(_recurrence.gru(a["x"].clone(), a["h"], a["kernel"], a["bias"], None), expected)
        return
    reason = "no such thing" if compiler == "failing" else "there is no C compiler"
    with pytest.warns(native.NativeCodeWarning, match=reason):
        _recurrence.gru(a["x"].clone(), a["h"], a["kernel"], a["bias"], None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        again = _recurrence.gru(a["x"].clone(), a["h"], a["kernel"], a["bias"], None)
    assert torch.equal(again, expected)


@pytest.mark.parametrize("name", ["lstm", "gru"])
def test_networks_learn_without_native_code(name, engine, fresh, monkeypatch):
    monkeypatch.setenv("CORNE_NATIVE", "0")
    torch.manual_seed(0)
    gates, count = GATES[name], 2 if name == "lstm" else 1
    x, masks = torch.randn(3, 4, 2), torch.rand(gates, 3, 2)
    initial = [torch.randn(3, 5) for _ in range(count)]
    weights = [torch.randn(2, gates * 5, requires_grad=True), torch.randn(5, gates * 5, requires_grad=True)]
    results = []
    for function in (getattr(ops, name), getattr(ops, name).body):
        outputs = function(
            x, *initial, *weights, dropout_mask=masks, recurrent_dropout_mask=torch.ones(3, 5)
        )[0]
        results.append(torch.autograd.grad(outputs.square().sum(), weights))
    for one, two in zip(*results, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-5)


@compiled
def test_a_library_is_compiled_once(tmp_path, monkeypatch):
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    source = tmp_path / "two.c"
    source.write_text("int two(void) { return 2; }\n")
    assert build.load(source).two() == 2
    (library,) = (tmp_path / "native").iterdir()
    made = library.stat().st_mtime_ns
    assert build.load(source).two() == 2
    assert library.stat().st_mtime_ns == made
    source.write_text("int two(void) { return 1 + 1 + 0; }\n")
    build.load(source)
    assert len(list((tmp_path / "native").iterdir())) == 2
