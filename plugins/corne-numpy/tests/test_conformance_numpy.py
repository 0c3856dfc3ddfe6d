"""What every backend owes, of numpy."""

from __future__ import annotations

from corne_testkit import BackendConformance


class TestNumpy(BackendConformance):
    name = "numpy"
