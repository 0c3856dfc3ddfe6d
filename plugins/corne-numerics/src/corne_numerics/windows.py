"""Window functions: weights that fade towards both ends of a sequence.

A window is symmetric. Its length is a number or an array without axes; the result has dtype floatx.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import backend, checks, config
from corne.backend import Array


def _length(where: str, x: Any) -> int:
    if not isinstance(x, int):
        from corne import ops

        x = ops.convert_to_numpy(x).item()
    return checks.integer(where, x, least=0)


def _window(values: Any) -> Array:
    return backend.active().asarray(np.asarray(values, "float64"), config.floatx())


def bartlett(x: Any) -> Array:
    """Return a triangle that is 0 at both ends.

    ``w[n] = 1 - |2 n / (x - 1) - 1|``

    Source: Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.2.

    >>> bartlett(5).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return _window(np.bartlett(_length("ops.bartlett(x)", x)))


def blackman(x: Any) -> Array:
    """Return Blackman's window of three cosine terms.

    ``w[n] = 0.42 - 0.5 cos(2 pi n / (x - 1)) + 0.08 cos(4 pi n / (x - 1))``

    Source: Blackman and Tukey, The Measurement of Power Spectra, 1958.

    >>> [round(w, 2) for w in blackman(3).tolist()]
    [0.0, 1.0, 0.0]
    """
    return _window(np.clip(np.blackman(_length("ops.blackman(x)", x)), 0, None))


def hamming(x: Any) -> Array:
    """Return Hamming's window, a cosine on a pedestal.

    ``w[n] = 0.54 - 0.46 cos(2 pi n / (x - 1))``

    Source: Blackman and Tukey, The Measurement of Power Spectra, 1958.

    >>> [round(w, 2) for w in hamming(3).tolist()]
    [0.08, 1.0, 0.08]
    """
    return _window(np.hamming(_length("ops.hamming(x)", x)))


def hanning(x: Any) -> Array:
    """Return Hann's window, a raised cosine.

    ``w[n] = 0.5 - 0.5 cos(2 pi n / (x - 1))``

    Source: Blackman and Tukey, The Measurement of Power Spectra, 1958.

    >>> hanning(3).tolist()
    [0.0, 1.0, 0.0]
    """
    return _window(np.hanning(_length("ops.hanning(x)", x)))


def kaiser(x: Any, beta: float) -> Array:
    """Return Kaiser's window.

    ``w[n] = i0(beta sqrt(1 - (2 n / (x - 1) - 1)^2)) / i0(beta)``

    Args:
        x: Length.
        beta: Shape: 0 gives a rectangle, 14 a narrow peak.

    Source: Kaiser, Digital Filters, in System Analysis by Digital Computer, 1966.

    >>> kaiser(3, 0.0).tolist()
    [1.0, 1.0, 1.0]
    """
    if not isinstance(beta, (int, float)):
        from corne import ops

        beta = float(ops.convert_to_numpy(beta))
    return _window(np.kaiser(_length("ops.kaiser(x)", x), beta))
