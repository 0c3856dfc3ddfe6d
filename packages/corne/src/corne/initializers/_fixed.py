"""Initializers without random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from corne import dtypes, ops, serialization
from corne.backend import Array
from corne.errors import ArgumentError, MissingPluginError, ShapeError
from corne.initializers._base import Initializer


class Zeros(Initializer):
    """Zeros.

    >>> float(Zeros()((2,))[0])
    0.0
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        return ops.zeros(shape, dtype)


class Ones(Initializer):
    """Ones.

    >>> float(Ones()((2,))[0])
    1.0
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        return ops.ones(shape, dtype)


class Constant(Initializer):
    """One number, or an array that is broadcast to the shape.

    Args:
        value: The number or array. Default 0.

    >>> float(Constant(3.0)((2,))[0])
    3.0
    """

    def __init__(self, value: Any = 0.0) -> None:
        self.value = value

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        value = ops.convert_to_tensor(self.value, dtypes.standardize_dtype(dtype))
        return ops.multiply(ops.broadcast_to(value, tuple(shape)), ops.ones(shape, dtype))

    def get_config(self) -> dict[str, Any]:
        return {"value": serialization.serialize_object(self.value)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Constant:
        return cls(serialization.deserialize_object(config["value"]))


class Identity(Initializer):
    """The identity matrix times a factor, for weights with two axes.

    Args:
        gain: The factor. Default 1.

    Raises:
        ShapeError: The shape does not have two axes.

    >>> float(Identity()((2, 2))[0, 0])
    1.0
    """

    def __init__(self, gain: float = 1.0) -> None:
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        if len(shape) != 2:
            raise ShapeError(
                "Identity initializer",
                "a shape with two axes",
                f"{tuple(shape)}",
            )
        return ops.multiply(ops.eye(shape[0], shape[1], dtype=dtype), self.gain)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain}


class STFT(Initializer):
    """The kernels of a short-time Fourier transform, as a 1-D convolution's weights.

    The transform of frame ``x`` at frequency ``k`` is ``sum_n w[n] x[n] exp(-2 pi i k n / fft_length)``,
    with window ``w``; "real" kernels hold its cosines and "imag" kernels its (negative) sines.

    Args:
        side: "real" or "imag". Default "real".
        window: "hann", "hamming", another name of ``scipy.signal.get_window`` (needs scipy), an
            array of the frame's length, or None for none. Default "hann".
        scaling: "density" divides by the root of the window's sum of squares, "spectrum" by its sum of
            magnitudes, None by nothing. Default "density".
        periodic: Whether the window is periodic rather than symmetric. Default False.

    Shapes:
        kernel ``(frame length, 1, fft_length / 2 + 1)``.

    Raises:
        ArgumentError: An unknown side, scaling or window.
        ShapeError: The shape has other axes or several channels, or the window another length.

    >>> tuple(STFT("imag", window=None)((8, 1, 5)).shape)
    (8, 1, 5)
    """

    def __init__(
        self,
        side: str = "real",
        window: Any = "hann",
        scaling: str | None = "density",
        periodic: bool = False,
    ) -> None:
        if side not in ("real", "imag"):
            raise ArgumentError("STFT(side=…)", "'real' or 'imag'", repr(side))
        if scaling not in ("density", "spectrum", None):
            raise ArgumentError("STFT(scaling=…)", "'density', 'spectrum' or None", repr(scaling))
        self.side, self.window, self.scaling, self.periodic = side, window, scaling, periodic

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        if len(shape) != 3 or shape[1] != 1:
            raise ShapeError(
                "STFT initializer", "shape (frame length, 1, frequencies)", f"{tuple(shape)}",
                "Transform one channel.",
            )  # fmt: skip
        length, frequencies = shape[0], shape[2]
        fft_length = (frequencies - 1) * 2
        step = np.outer(np.arange(length), np.arange(frequencies))[:, None, :]
        angles = step * (2 * np.pi / fft_length)
        kernel = np.cos(angles) if self.side == "real" else -np.sin(angles)
        if self.window is not None:
            window = self._window(length)
            scale = {
                "density": np.sqrt((window**2).sum()), "spectrum": np.abs(window).sum(), None: 1.0,
            }[self.scaling]  # fmt: skip
            kernel = kernel * window[:, None, None] / scale
        return ops.convert_to_tensor(kernel, dtypes.standardize_dtype(dtype))

    def _window(self, length: int) -> np.ndarray[Any, Any]:
        if not isinstance(self.window, str):
            window = np.asarray(self.window, "float64")
            if window.shape != (length,):
                raise ShapeError(
                    "STFT(window=…)", f"the frame's length, shape ({length},)", f"{window.shape}",
                    "Pass a window of that length, or a name.",
                )  # fmt: skip
            return window
        if self.window in ("hann", "hamming"):
            a = 0.5 if self.window == "hann" else 0.54
            steps = max(length if self.periodic else length - 1, 1)
            return np.asarray(a - (1 - a) * np.cos(2 * np.pi * np.arange(length) / steps))
        try:
            from scipy.signal import get_window
        except ImportError:
            raise MissingPluginError(
                f"The window {self.window!r}", "scipy", "not installed", "pip install scipy"
            ) from None
        try:
            return np.asarray(get_window(self.window, length, self.periodic), "float64")
        except ValueError as error:
            raise ArgumentError(
                "STFT(window=…)", "the name of a window of scipy.signal", repr(self.window),
                f"Or pass an array. scipy reports: {error}.",
            ) from error  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        return {
            "side": self.side,
            "window": serialization.serialize_object(self.window),
            "periodic": self.periodic,
            "scaling": self.scaling,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> STFT:
        return cls(**{**config, "window": serialization.deserialize_object(config.get("window", "hann"))})
