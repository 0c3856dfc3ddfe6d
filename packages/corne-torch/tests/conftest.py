"""What the engine's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from corne import backend as backends
from corne_torch.backend import TorchBackend
from corne_torch.traced import step as traced


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


@pytest.fixture
def interpreted(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Run graphs operation by operation rather than compile them; return those that were recorded."""
    recordings: list[Any] = []

    def instead(recording: Any, examples: Any) -> Callable[[list[Any]], Any]:
        recordings.append(recording)
        return lambda inputs: recording.graph(*inputs)

    monkeypatch.setattr(traced, "compile_graph", instead)
    return recordings
