"""The folder of these tests, and the backends they run on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from corne import backend

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(params=["numpy", "cpu"])
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """Run a test on each backend that is installed."""
    if request.param not in backend.available():
        pytest.skip(f"{request.param} is not installed")
    with backend.use(request.param):
        yield request.param
