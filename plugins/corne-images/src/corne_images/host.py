"""Arrays of any engine as NumPy's."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import backend
from numpy.typing import NDArray


def to_numpy(x: Any) -> NDArray[Any]:
    """Return an array of NumPy, of the active backend, or nested numbers as a NumPy array."""
    if isinstance(x, (np.ndarray, list, tuple, int, float)):
        return np.asarray(x)
    engine = backend.active()
    return np.asarray(engine.to_numpy(x) if engine.is_array(x) else x)
