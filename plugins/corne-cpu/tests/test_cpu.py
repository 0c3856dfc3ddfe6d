"""The backend "cpu"."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from corne import backend as backends
from corne.backend import choice
from corne_cpu import spec


def test_it_is_registered() -> None:
    assert choice.specs()["cpu"] is spec.SPEC
    assert backends.available()["cpu"] is None


def test_it_computes() -> None:
    with backends.use("cpu") as cpu:
        assert cpu.devices() == ["cpu"]
        assert cpu.to_numpy(cpu.asarray([1.0, 2.0]) * 2).tolist() == [2, 4]
        assert np.asarray(cpu.asarray(3)).dtype == np.int32
        assert int(cpu.facts()["threads"]) >= 1


def test_without_pytorch_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec, "find_spec", lambda name: None if name == "torch" else find_spec(name))
    assert "PyTorch is not installed" in str(spec.probe())


def test_asking_whether_it_can_run_starts_nothing() -> None:
    program = (
        "import sys; from corne import backend; assert backend.available()['cpu'] is None;"
        "assert 'torch' not in sys.modules and 'corne_torch.backend' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
