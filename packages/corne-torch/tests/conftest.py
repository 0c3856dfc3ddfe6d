"""What the engine's tests share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from corne import backend as backends
from corne_torch.backend import TorchBackend


class Engine(TorchBackend):
    """The engine on the processor, as corne-cpu registers it."""

    name = "engine"

    def devices(self) -> list[str]:
        return ["cpu"]


@pytest.fixture
def engine() -> Iterator[TorchBackend]:
    """Run a test on the engine."""
    with backends.use(Engine("cpu")) as active:
        assert isinstance(active, TorchBackend)
        yield active
