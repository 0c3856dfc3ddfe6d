"""read_sound: a sound file as an array of samples."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from corne import checks
from corne.errors import FileFormatError, MissingPluginError
from numpy.typing import NDArray


def read_sound(
    path: str | os.PathLike[str] | BinaryIO,
    sampling_rate: int | None = None,
    channels: int | None = None,
    start: int = 0,
    length: int | None = None,
) -> NDArray[Any]:
    """Read a WAV, FLAC, OGG or MP3 file as floats from -1 to 1.

    Args:
        path: The file, or an open binary one.
        sampling_rate: Samples in a second to convert to, with soxr (``corne-audio[resample]``). Default None:
            as in the file.
        channels: 1 takes the mean of the channels; another number must be the file's. Default None: as in
            the file.
        start: First sample to read, of the file's. Default 0.
        length: How many samples to read, of the file's. Default None: all.

    Shapes:
        output ``(samples, channels)``, float32.

    Raises:
        FileFormatError: Not a sound file, or a corrupt one; or another number of channels. It names the path.
        MissingPluginError: Another sampling rate without soxr.
    """
    import soundfile

    name = str(path) if isinstance(path, (str, os.PathLike)) else "<bytes>"
    checks.integer("read_sound(start=…)", start, 0)
    source = io.BytesIO(Path(path).read_bytes()) if isinstance(path, (str, os.PathLike)) else path
    try:
        samples, rate = soundfile.read(
            source, -1 if length is None else length, start, dtype="float32", always_2d=True
        )
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise FileFormatError(name, "a WAV, FLAC, OGG or MP3 file", str(error)) from error
    if channels == 1:
        samples = samples.mean(axis=1, keepdims=True)
    elif channels is not None and channels != samples.shape[1]:
        raise FileFormatError(name, f"{channels} channels", f"{samples.shape[1]}", "channels=1 mixes them.")
    if sampling_rate is not None and sampling_rate != rate:
        samples = _resampled(samples, rate, checks.integer("read_sound(sampling_rate=…)", sampling_rate, 1))
    result: NDArray[Any] = np.ascontiguousarray(samples)
    return result


def _resampled(samples: NDArray[Any], rate: int, new: int) -> NDArray[Any]:
    try:
        import soxr
    except ModuleNotFoundError:
        raise MissingPluginError(
            "another sampling rate", "soxr", "not installed", "pip install corne-audio[resample]"
        ) from None
    result: NDArray[Any] = soxr.resample(samples, rate, new)
    return result
