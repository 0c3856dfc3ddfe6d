"""Real pictures."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def pictures() -> dict[str, Path]:
    """Paths of scikit-learn's photographs, 640 x 427 pixels."""
    sklearn = pytest.importorskip("sklearn")
    folder = Path(sklearn.__file__).parent / "datasets/images"
    return {name: folder / f"{name}.jpg" for name in ("china", "flower")}
