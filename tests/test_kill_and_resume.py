"""A few of the trials that ``nox -s resume_trials`` makes by the dozen."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

spec = importlib.util.spec_from_file_location("kill_and_resume", Path(__file__).parent / "kill_and_resume.py")
assert spec is not None
assert spec.loader is not None
kill_and_resume = importlib.util.module_from_spec(spec)
sys.modules["kill_and_resume"] = kill_and_resume
spec.loader.exec_module(kill_and_resume)


@pytest.mark.parametrize("program", kill_and_resume.PROGRAMS)
def test_killed_training_ends_alike(program: str) -> None:
    pytest.importorskip("torch")
    (row,) = kill_and_resume.trials(1, seed=5, programs=(program,)).values()
    assert row["different"] == 0
    assert row["effective"] + row["early"] > 0
