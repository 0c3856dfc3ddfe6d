"""STFTSpectrogram: a short-time Fourier transform whose kernels can be trained."""

from __future__ import annotations

import math
import warnings
from typing import Any

from corne import Variable, checks, config, dtypes, initializers, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DTypeError
from corne.layer import InputSpec, Layer

_MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


class STFTSpectrogram(Layer):
    """Turn sound into a spectrogram, by a convolution with the waves of a Fourier transform.

    Args:
        mode: "log" (the magnitude's natural logarithm), "magnitude", "psd" (power on one side), "real", "imag",
            "angle" (radians), or "stft" (real beside imaginary parts). Default "log".
        frame_length: Samples of a frame. Default 256.
        frame_step: Samples from one frame to the next, at most ``frame_length``. Default None: half of it.
        fft_length: Samples of a transform, at least ``frame_length``; best a power of 2. Default None: the next
            power of 2.
        window: "hann", another name that ``scipy.signal.get_window`` knows, an array, or None. Default "hann".
        periodic: Whether the window is periodic rather than symmetric. Default False.
        scaling: "density", "spectrum" or None: what the window is divided by. Default "density".
        padding: "valid" or "same". Default "valid".
        expand_dims: Whether channels have an axis of their own, rather than lying beside one another. Default
            False.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for every :class:`~corne.Layer`; ``trainable=True`` trains the kernels.

    Shapes:
        input ``(batch, samples, channels)``; output ``(batch, frames, channels * frequencies)``, or
        ``(batch, frames, frequencies, channels)`` with ``expand_dims``; twice as many frequencies with "stft".

    Raises:
        ArgumentError: An unknown mode, scaling, padding or window, or lengths that don't fit.
        DTypeError: Samples that aren't floats.

    Source: Cheuk et al. 2020, nnAudio, https://doi.org/10.1109/ACCESS.2020.3019084

    >>> import numpy as np
    >>> tuple(STFTSpectrogram(frame_length=32)(np.zeros((2, 100, 1), "float32")).shape)
    (2, 5, 17)
    """

    real_kernel: Variable
    imag_kernel: Variable

    def __init__(
        self,
        mode: str = "log",
        frame_length: int = 256,
        frame_step: int | None = None,
        fft_length: int | None = None,
        window: Any = "hann",
        periodic: bool = False,
        scaling: str | None = "density",
        padding: str = "valid",
        expand_dims: bool = False,
        data_format: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.mode = checks.one_of("STFTSpectrogram(mode=…)", mode, _MODES)
        self.frame_length = checks.integer("STFTSpectrogram(frame_length=…)", frame_length, 2)
        self.frame_step, self.fft_length = frame_step, fft_length
        self._step = checks.integer(
            "STFTSpectrogram(frame_step=…)",
            frame_length // 2 if frame_step is None else frame_step,
            1,
            frame_length,
        )
        self._fft = checks.integer(
            "STFTSpectrogram(fft_length=…)",
            2 ** math.ceil(math.log2(frame_length)) if fft_length is None else fft_length,
            frame_length,
        )
        if self._fft & (self._fft - 1):
            warnings.warn(
                f"STFTSpectrogram(fft_length={fft_length}): a power of 2 is faster in most libraries.",
                stacklevel=2,
            )
        if scaling not in ("density", "spectrum", None):
            raise ArgumentError("STFTSpectrogram(scaling=…)", "'density', 'spectrum' or None", repr(scaling))
        self.scaling = scaling
        self.padding = checks.one_of("STFTSpectrogram(padding=…)", padding, ("valid", "same"))
        self.window, self.periodic, self.expand_dims = window, periodic, expand_dims
        self.data_format = checks.data_format("STFTSpectrogram(data_format=…)", data_format)
        if isinstance(window, str):
            initializers.STFT("real", window, scaling, periodic)((4, 1, 3))  # raises for an unknown name
        self.input_spec = InputSpec(ndim=3)

    def build(self, input_shape: Shape) -> None:
        """Make the waves."""
        shape = (self.frame_length, 1, self._fft // 2 + 1)
        for side, other in (("real", "imag"), ("imag", "real")):
            if self.mode != other:
                waves = initializers.STFT(side, self.window, self.scaling, self.periodic)
                setattr(self, f"{side}_kernel", self.add_weight(shape, waves, name=f"{side}_kernel"))

    def call(self, inputs: Array) -> Array:
        """Transform."""
        dtype = dtypes.standardize_dtype(inputs.dtype)
        if not dtypes.is_float(dtype):
            raise DTypeError(self.name, "floats", dtype, "Divide integers by their largest value.")
        if self.mode in ("real", "imag"):
            return self._arranged(self._part(inputs, getattr(self, f"{self.mode}_kernel")))
        real, imag = self._part(inputs, self.real_kernel), self._part(inputs, self.imag_kernel)
        if self.mode == "angle":
            return self._arranged(ops.arctan2(imag, real))
        if self.mode == "stft":
            return self._arranged(ops.concatenate([real, imag], axis=2))
        power = ops.square(real) + ops.square(imag)
        if self.mode == "psd":  # frequencies between the first and the last occur twice
            twice = ops.pad(power[:, :, 1:-1, :], ((0, 0), (0, 0), (1, 1), (0, 0)))
            return self._arranged(power + twice)
        size = self._arranged(ops.sqrt(ops.maximum(power, config.epsilon())))
        return size if self.mode == "magnitude" else ops.log(ops.maximum(size, config.epsilon()))

    def _part(self, inputs: Array, kernel: Any) -> Array:
        """Return ``(batch, channels, frequencies, frames)``."""
        if self.data_format == "channels_last":
            inputs = ops.transpose(inputs, (0, 2, 1))
        batch, channels, samples = inputs.shape
        waves = ops.cast(kernel, dtypes.standardize_dtype(inputs.dtype))
        found = ops.conv(
            ops.reshape(inputs, (batch * channels, samples, 1)), waves, strides=self._step,
            padding=self.padding, data_format="channels_last",
        )  # fmt: skip
        frames, frequencies = found.shape[1:]
        return ops.transpose(ops.reshape(found, (batch, channels, frames, frequencies)), (0, 1, 3, 2))

    def _arranged(self, x: Array) -> Array:
        batch, channels, frequencies, frames = x.shape
        last = self.data_format == "channels_last"
        if self.expand_dims:
            return ops.transpose(x, (0, 3, 2, 1) if last else (0, 1, 3, 2))
        x = ops.reshape(x, (batch, channels * frequencies, frames))
        return ops.transpose(x, (0, 2, 1)) if last else x

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return frames and frequencies in place of samples."""
        last = self.data_format == "channels_last"
        samples, channels = input_shape[1:] if last else input_shape[:0:-1]
        frequencies = (self._fft // 2 + 1) * (2 if self.mode == "stft" else 1)
        frames = None
        if samples is not None:
            covered = samples if self.padding == "same" else samples - self.frame_length + 1
            frames = -(-covered // self._step)
        if self.expand_dims:
            order = (frames, frequencies, channels) if last else (channels, frames, frequencies)
            return (input_shape[0], *order)
        width = None if channels is None else channels * frequencies
        return (input_shape[0], frames, width) if last else (input_shape[0], width, frames)
