"""What every backend owes, of cuda."""

from __future__ import annotations

import pytest
from corne_testkit import BackendConformance


@pytest.mark.cuda
class TestCuda(BackendConformance):
    name = "cuda"
