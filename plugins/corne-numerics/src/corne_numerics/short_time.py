"""Fourier transforms of short parts of a signal."""

from __future__ import annotations

import math
from typing import Any

from corne import checks, dtypes, ops
from corne.backend import Array
from corne.errors import DTypeError, ShapeError
from corne.operation import dtype_of, op, to, xp

from corne_numerics._own import margins
from corne_numerics.fourier import Parts, from_parts, to_parts


@op()
def extract_sequences(x: Array, sequence_length: int, sequence_stride: int) -> Array:
    """Return the parts of a signal, one after the other, which may overlap.

    Args:
        x: Signals along the last axis.
        sequence_length: Length of a part, in samples.
        sequence_stride: Distance between the beginnings of two parts, in samples.

    Shapes:
        ``(..., n)``; result ``(..., (n - sequence_length) // sequence_stride + 1, sequence_length)``.

    Raises:
        ArgumentError: Lengths below 1.
        ShapeError: A signal shorter than a part.

    >>> extract_sequences([1, 2, 3, 4, 5], 3, 2).tolist()
    [[1, 2, 3], [3, 4, 5]]
    """
    where = "ops.extract_sequences"
    checks.integer(f"{where}(sequence_length=…)", sequence_length, least=1)
    checks.integer(f"{where}(sequence_stride=…)", sequence_stride, least=1)
    if not x.shape or x.shape[-1] < sequence_length:
        raise ShapeError(f"{where}(x)", f"at least {sequence_length} samples", f"shape {tuple(x.shape)}")
    return _frames(x, sequence_length, sequence_stride)


def _frames(x: Array, length: int, stride: int) -> Array:
    count = (x.shape[-1] - length) // stride + 1
    places = xp().arange(count)[:, None] * stride + xp().arange(length)[None, :]
    found = xp().take(x, xp().reshape(places, (-1,)), axis=-1)
    return xp().reshape(found, (*x.shape[:-1], count, length))


def _window(where: str, window: Any, length: int, dtype: str) -> Array | None:
    """Return the weights of a window; periodic ones for a name."""
    if window is None:
        return None
    if isinstance(window, str):
        checks.one_of(f"{where}(window=…)", window, ("hann", "hamming"))
        pedestal = 0.5 if window == "hann" else 0.54
        values = [pedestal - (1 - pedestal) * math.cos(2 * math.pi * i / length) for i in range(length)]
        return to(values, dtype)
    weights = to(ops.convert_to_tensor(window), dtype)
    if tuple(weights.shape) != (length,):
        raise ShapeError(
            f"{where}(window=…)", f"({length},), the sequence_length", f"shape {tuple(weights.shape)}"
        )
    return weights


def _check(where: str, sequence_length: int, sequence_stride: int, fft_length: int) -> None:
    checks.integer(f"{where}(sequence_length=…)", sequence_length, least=1)
    checks.integer(f"{where}(sequence_stride=…)", sequence_stride, least=1)
    checks.integer(
        f"{where}(fft_length=…)", fft_length, least=sequence_length,
        fix="It can't be shorter than sequence_length.",
    )  # fmt: skip


@op()
def stft(
    x: Array,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    window: Any = "hann",
    center: bool = True,
) -> Parts:
    """Return the Fourier transforms of the windowed parts of signals.

    Args:
        x: Signals along the last axis, float32 or float64.
        sequence_length: Length of a part, in samples.
        sequence_stride: Distance between the beginnings of two parts, in samples.
        fft_length: Length of a transform, at least ``sequence_length``; what is missing is zero.
        window: "hann", "hamming", ``sequence_length`` weights, or None for equal ones. Default "hann".
        center: Whether part ``i`` is centred at ``i * sequence_stride``, for which the signal is mirrored at its
            ends. Default True.

    Returns:
        Real and imaginary part.

    Shapes:
        ``(..., n)``; results ``(..., parts, fft_length // 2 + 1)``.

    Raises:
        DTypeError: Another dtype.
        ArgumentError: A length below 1, ``fft_length < sequence_length``, or an unknown window.
        ShapeError: A window of another length, or a signal that is too short.

    Source: Allen and Rabiner, A unified approach to short-time Fourier analysis and synthesis, 1977,
    https://doi.org/10.1109/PROC.1977.10770

    >>> import numpy as np
    >>> real, imaginary = stft(np.ones(8, "float32"), 4, 2, 4, center=False)
    >>> real.shape == (3, 3), real[0].tolist()  # the window [0, 0.5, 1, 0.5] sums to 2
    (True, [2.0, -1.0, 0.0])
    """
    where = "ops.stft"
    dtype = dtype_of(x)
    if dtype not in ("float32", "float64"):
        raise DTypeError(f"{where}(x)", "float32 or float64", dtype, "Convert with ops.cast(x, 'float32').")
    _check(where, sequence_length, sequence_stride, fft_length)
    weights = _window(where, window, sequence_length, dtype)
    half = fft_length // 2
    if not x.shape or x.shape[-1] <= (half if center else fft_length - 1):
        raise ShapeError(
            f"{where}(x)", f"at least {half + 1 if center else fft_length} samples", f"shape {tuple(x.shape)}"
        )
    if center:
        last = x.shape[-1] - 1
        before, after = (
            xp().flip(x[..., 1 : half + 1], axis=-1),
            xp().flip(x[..., last - half : last], axis=-1),
        )
        x = xp().concat([before, x, after], axis=-1)
    if weights is None:
        weights = xp().ones((sequence_length,), dtype=x.dtype)
    left = (fft_length - sequence_length) // 2
    weights = margins(weights, 0, left, fft_length - sequence_length - left)
    return to_parts(xp().fft.rfft(_frames(x, fft_length, sequence_stride) * weights), dtype)


@op()
def istft(
    x: Parts,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Array:
    """Return the signals of which :func:`stft` made these transforms.

    Args:
        x: Pair of real and imaginary part.
        sequence_length: Length of a part, in samples.
        sequence_stride: Distance between the beginnings of two parts, in samples.
        fft_length: Length of a transform.
        length: Length of the result, in samples. Default None: what the parts cover.
        window: As :func:`stft` had it. Default "hann".
        center: As :func:`stft` had it. Default True.

    Shapes:
        ``(..., parts, fft_length // 2 + 1)`` each; result ``(..., length)``.

    Raises:
        ArgumentError: A length below 1, ``fft_length < sequence_length``, or an unknown window.
        ShapeError: Parts that don't fit.

    Source: Griffin and Lim, Signal estimation from modified short-time Fourier transform, 1984, equation 6,
    https://doi.org/10.1109/TASSP.1984.1164317

    >>> import numpy as np
    >>> x = np.sin(np.arange(16, dtype="float32"))
    >>> back = istft(stft(x, 4, 2, 4), 4, 2, 4)
    >>> bool(np.allclose(np.asarray(back), x, atol=1e-6))
    True
    """
    where = "ops.istft"
    _check(where, sequence_length, sequence_stride, fft_length)
    values, dtype = from_parts(f"{where}(x)", x, 2)
    wide = dtypes.result_type(dtype, "float32")
    frames = xp().fft.irfft(values, n=fft_length)
    weights = _window(where, window, sequence_length, wide)
    count = frames.shape[-2]
    covered = fft_length + sequence_stride * (count - 1)
    half = fft_length // 2
    if weights is None:
        signal = _overlapped(frames, sequence_stride)
    else:
        left = (fft_length - sequence_length) // 2
        weights = margins(weights, 0, left, fft_length - sequence_length - left)
        if sequence_length == fft_length and center:
            # The least-squares signal: each sample is divided by what the windows weigh it with.
            weighed = _overlapped(xp().broadcast_to(weights * weights, (count, fft_length)), sequence_stride)
            one = xp().ones_like(weighed)
            signal = _overlapped(frames * weights, sequence_stride)
            signal = signal / xp().where(weighed > 1e-11, weighed, one)
        else:
            signal = _overlapped(frames * _normalized(weights, sequence_stride), sequence_stride)
    start = half if center else 0
    if length is None:
        return to(signal[..., start : covered - half if center else covered], dtype)
    signal = signal[..., start : start + length]
    missing = length - signal.shape[-1]
    return to(margins(signal, len(signal.shape) - 1, 0, missing) if missing > 0 else signal, dtype)


def _normalized(weights: Array, stride: int) -> Array:
    """Return a window divided by the sum of its squares that infinitely many parts would add up to."""
    length = weights.shape[0]
    overlaps = -(-length // stride)
    squares = xp().reshape(margins(weights * weights, 0, 0, overlaps * stride - length), (overlaps, stride))
    total = xp().sum(squares, axis=0)
    return weights / xp().tile(total, (overlaps,))[:length]


def _overlapped(frames: Array, stride: int) -> Array:
    """Return the sum of parts ``(..., count, length)`` that begin ``stride`` apart."""
    *batch, count, length = frames.shape
    steps = -(-length // stride)
    rank = len(batch)
    padded = margins(frames, rank + 1, 0, steps * stride - length)
    chunks = xp().reshape(padded, (*batch, count, steps, stride))
    total = None
    for step in range(steps):
        part = margins(chunks[..., step, :], rank, step, steps - 1 - step)
        total = part if total is None else total + part
    flat = xp().reshape(total, (*batch, (count + steps - 1) * stride))
    return flat[..., : length + stride * (count - 1)]
