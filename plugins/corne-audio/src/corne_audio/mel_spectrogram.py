"""MelSpectrogram: how loud each pitch is over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from numpy.typing import NDArray


class MelSpectrogram(Layer):
    """Turn sound into a spectrogram whose frequencies lie evenly on the mel scale.

    The magnitude of a short-time Fourier transform is raised to a power, summed by triangular bands on the mel
    scale ``1127 ln(1 + f / 700)``, and given in decibels. Frames are centered: the signal is reflected at both
    ends.

    Args:
        fft_length: Samples of a transform. Default 2048.
        sequence_stride: Samples from one frame to the next. Default 512.
        sequence_length: Samples of a frame, at most ``fft_length``. Default None: ``fft_length``.
        window: "hann", "hamming", an array of ``sequence_length`` numbers, or None. Default "hann".
        sampling_rate: Samples in a second. Default 16000.
        num_mel_bins: Number of bands. Default 128.
        min_freq: Where the lowest band starts, in hertz. Default 20.
        max_freq: Where the highest band ends, in hertz. Default None: half of ``sampling_rate``.
        power_to_db: Whether the result is in decibels. Default True.
        top_db: How far below the loudest the quietest may lie, in decibels. Default 80.
        mag_exp: Power of the magnitude: 1 for magnitude, 2 for power. Default 2.
        min_power: Smallest power that counts. Default 1e-10.
        ref_power: Power of 0 decibels. Default 1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(samples,)`` or ``(batch, samples)``; output ``(num_mel_bins, frames)`` or
        ``(batch, num_mel_bins, frames)`` with ``samples // sequence_stride + 1`` frames.

    Raises:
        ArgumentError: A ``sequence_length`` above ``fft_length``, or numbers out of range.

    Source: the mel scale, O'Shaughnessy 1987, "Speech communication", page 150

    >>> tuple(MelSpectrogram(256, 128, num_mel_bins=20)(np.zeros((2, 1600), "float32")).shape)
    (2, 20, 13)
    """

    def __init__(
        self,
        fft_length: int = 2048,
        sequence_stride: int = 512,
        sequence_length: int | None = None,
        window: Any = "hann",
        sampling_rate: float = 16000,
        num_mel_bins: int = 128,
        min_freq: float = 20.0,
        max_freq: float | None = None,
        power_to_db: bool = True,
        top_db: float = 80.0,
        mag_exp: float = 2.0,
        min_power: float = 1e-10,
        ref_power: float = 1.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.fft_length = checks.integer("MelSpectrogram(fft_length=…)", fft_length, 1)
        self.sequence_stride = checks.integer("MelSpectrogram(sequence_stride=…)", sequence_stride, 1)
        self.sequence_length = checks.integer(
            "MelSpectrogram(sequence_length=…)", sequence_length or fft_length, 1
        )
        if self.sequence_length > self.fft_length:
            raise ArgumentError(
                "MelSpectrogram(sequence_length=…)", f"at most fft_length={fft_length}", repr(sequence_length)
            )
        self.window = window
        self.sampling_rate = checks.number("MelSpectrogram(sampling_rate=…)", sampling_rate, above=0)
        self.num_mel_bins = checks.integer("MelSpectrogram(num_mel_bins=…)", num_mel_bins, 1)
        self.min_freq = checks.number("MelSpectrogram(min_freq=…)", min_freq, 0)
        self.max_freq = max_freq or int(sampling_rate / 2)
        if self.max_freq <= self.min_freq:
            raise ArgumentError(
                "MelSpectrogram(max_freq=…)", f"more than min_freq={min_freq} hertz", repr(max_freq)
            )
        self.power_to_db, self.top_db, self.mag_exp = power_to_db, top_db, mag_exp
        self.min_power, self.ref_power = min_power, ref_power
        self.built = True

    def call(self, inputs: Array) -> Array:
        """Transform."""
        if len(inputs.shape) not in (1, 2):
            raise ShapeError(self.name, "one or two axes", f"shape {tuple(inputs.shape)}")
        dtype = "float64" if self.compute_dtype == "float64" else "float32"
        real, imag = ops.stft(
            ops.cast(inputs, dtype), sequence_length=self.sequence_length,
            sequence_stride=self.sequence_stride, fft_length=self.fft_length, window=self.window, center=True,
        )  # fmt: skip
        power = ops.square(real) + ops.square(imag)
        spectrum = power if self.mag_exp == 2 else ops.power(ops.sqrt(power), self.mag_exp)
        bands = mel_bands(
            self.num_mel_bins, self.fft_length // 2 + 1, self.sampling_rate, self.min_freq, self.max_freq
        )
        result = ops.matmul(spectrum, ops.cast(bands, dtype))
        if self.power_to_db:
            reference = 10.0 * np.log10(max(abs(self.ref_power), self.min_power))
            result = 10.0 * ops.log10(ops.maximum(result, self.min_power)) - float(reference)
            result = ops.maximum(result, ops.max(result) - self.top_db)
        return ops.cast(ops.swapaxes(result, -1, -2), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return bands and frames in place of samples."""
        samples = input_shape[-1]
        padded = None if samples is None else samples + 2 * (self.fft_length // 2)
        frames = None if padded is None else 1 + (padded - self.fft_length) // self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, frames)


def mel_bands(
    bands: int, frequencies: int, sampling_rate: float, lowest: float, highest: float
) -> NDArray[np.float32]:
    """Return how much each frequency counts in each band: ``(frequencies, bands)``, triangles on the mel scale."""

    def mel(hertz: Any) -> Any:
        return 1127.0 * np.log1p(np.asarray(hertz) / 700.0)

    places = mel(np.linspace(0.0, sampling_rate / 2, frequencies))[:, None]
    edges = np.linspace(mel(lowest), mel(highest), bands + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0.0, np.minimum((places - low) / (middle - low), (high - places) / (high - middle)))
    weights[0] = 0.0  # a constant has no pitch
    result: NDArray[np.float32] = weights.astype("float32")
    return result
