"""What every backend owes, of cpu."""

from __future__ import annotations

from corne_testkit import BackendConformance


class TestCpu(BackendConformance):
    name = "cpu"
