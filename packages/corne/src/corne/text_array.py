"""TextArray: text on its way through layers."""

from __future__ import annotations

from typing import Any

import numpy as np


class TextArray(np.ndarray[Any, Any]):
    """A NumPy array of text, which layers pass on where they convert arrays of numbers for the backend."""
