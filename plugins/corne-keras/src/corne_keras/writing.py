"""Writing legacy HDF5."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_model(model: Any, path: Path) -> None:
    raise NotImplementedError


def write_weights(model: Any, path: Path) -> None:
    raise NotImplementedError
