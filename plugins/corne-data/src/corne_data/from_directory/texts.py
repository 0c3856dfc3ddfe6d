"""text_dataset_from_directory: a folder of texts as a data set."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corne import checks
from corne.errors import FileFormatError

from corne_data.from_directory.index import Request
from corne_data.timeseries import FORMATS

_NAME = "text_dataset_from_directory"


def text_dataset_from_directory(
    directory: str | os.PathLike[str],
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Sequence[str] | None = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
    on_error: str = "raise",
) -> Any:
    """Return the ``.txt`` files below a folder, one class for each folder in it.

    Args:
        directory: The folder.
        labels: "inferred" from the folders, None, or a list of integers in the order of the sorted paths.
            Default "inferred".
        label_mode: "int", "categorical", "binary" or None, as for ``image_dataset_from_directory``. Default "int".
        class_names: Folders to use, in the order of their numbers. Default None: all, sorted; not hidden ones.
        batch_size: Texts in a batch; None for single ones. Default 32.
        max_length: Bytes in UTF-8 after which a text is cut, between two characters. Default None: never.
        shuffle: Whether each epoch has an order of its own, over all texts. Default True.
        seed: Decides the orders and the split. Default None: drawn from Python's ``random``.
        validation_split: Share of the files that is held back, the last ones of the drawn order. Default None.
        subset: "training", "validation", or "both" for a list of two data sets. Default None: all files.
        follow_links: Whether to enter folders that are links. Default False.
        format: "tf" or "grain"; a :class:`~corne.utils.Dataset` either way. Default "tf".
        verbose: Whether to print the number of files and classes. Default True.
        on_error: "raise" when a file can't be read, or "skip" to leave it out. Default "raise".

    Shapes:
        a batch ``(batch,)`` of NumPy's ``StringDType``, with its labels.

    Raises:
        ArgumentError: An invalid argument, or a class without a folder.
        DataError: No files, or labels of another length.
        FileFormatError: While reading: a file that isn't UTF-8. It names the file.
    """
    checks.one_of(f"{_NAME}(format=…)", format, FORMATS)
    limit = None if max_length is None else checks.integer(f"{_NAME}(max_length=…)", max_length, 1)

    def read(path: str) -> str:
        data = Path(path).read_bytes()
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            raise FileFormatError(path, "text in UTF-8", str(error), "Convert the file.") from error
        return text if limit is None else data[:limit].decode(errors="ignore")

    request = Request(
        _NAME, os.fspath(directory), labels, label_mode, class_names, shuffle, seed, validation_split, subset,
        follow_links, verbose,
    )  # fmt: skip
    return request.datasets(
        (".txt",),
        read,
        on_error,
        lambda dataset: dataset if batch_size is None else dataset.batch(batch_size),
    )
