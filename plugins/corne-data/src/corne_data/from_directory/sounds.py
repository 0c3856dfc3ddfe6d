"""audio_dataset_from_directory: a folder of sounds as a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError
from corne.plugins import registry
from numpy.typing import NDArray

from corne_data.dataset import Dataset
from corne_data.from_directory.index import Request

_NAME = "audio_dataset_from_directory"
_ENDINGS = (".flac", ".mp3", ".ogg", ".wav")


def audio_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
    on_error: str = "raise",
) -> Any:
    """Return the sounds below a folder, one class for each folder in it.

    Args:
        directory: The folder, with files in WAV, FLAC, OGG or MP3.
        labels: "inferred" from the folders, None, or a list of integers in the order of the sorted paths.
            Default "inferred".
        label_mode: "int", "categorical", "binary" or None, as for ``image_dataset_from_directory``. Default "int".
        class_names: Folders to use, in the order of their numbers. Default None: all, sorted; not hidden ones.
        batch_size: Sounds in a batch; None for single ones. Default 32.
        sampling_rate: Samples in a second to convert to. Default None: as in each file.
        output_sequence_length: Samples to which a sound is cut or padded with zeros. Default None: those of a
            batch are padded to the longest.
        ragged: Must be False: batches are padded.
        shuffle: Whether each epoch has an order of its own, over all sounds. Default True.
        seed: Decides the orders and the split. Default None: drawn from Python's ``random``.
        validation_split: Share of the files that is held back, the last ones of the drawn order. Default None.
        subset: "training", "validation", or "both" for a list of two data sets. Default None: all files.
        follow_links: Whether to enter folders that are links. Default False.
        verbose: Whether to print the number of files and classes. Default True.
        on_error: "raise" when a file can't be read, or "skip" to leave it out. Default "raise".

    Shapes:
        a batch ``(batch, samples, channels)``, float32 from -1 to 1, with its labels.

    Raises:
        ArgumentError: An invalid argument, or a class without a folder.
        DataError: No files, or labels of another length.
        FileFormatError: While reading: a file that isn't a sound. It names the file.
        UnknownNameError: No plugin reads sounds; install ``corne-audio``.
    """
    if ragged:
        raise ArgumentError(
            f"{_NAME}(ragged=…)", "False, as batches are padded", "True", "Pass batch_size=None."
        )
    rate, length = sampling_rate, output_sequence_length
    if rate is not None:
        rate = checks.integer(f"{_NAME}(sampling_rate=…)", rate, 1)
    if length is not None:
        length = checks.integer(f"{_NAME}(output_sequence_length=…)", length, 1)

    def read(path: str) -> NDArray[Any]:
        reader = registry.get("readers", os.path.splitext(path)[1].lower())
        samples: NDArray[Any] = reader(path, sampling_rate=rate)
        if length is None:
            return samples
        samples = samples[:length]
        return np.pad(samples, ((0, length - len(samples)), (0, 0)))

    def batched(dataset: Dataset) -> Dataset:
        if batch_size is None:
            return dataset
        return dataset.padded_batch(batch_size)

    for ending in _ENDINGS:
        registry.get("readers", ending)
    request = Request(
        _NAME, os.fspath(directory), labels, label_mode, class_names, shuffle, seed, validation_split, subset,
        follow_links, verbose,
    )  # fmt: skip
    return request.datasets(_ENDINGS, read, on_error, batched)
