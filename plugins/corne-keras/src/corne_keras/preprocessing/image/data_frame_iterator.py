"""DataFrameIterator: batches of images that a table lists."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from os import PathLike
from typing import Any

import numpy as np
from corne.errors import ArgumentError, DataError, DTypeError

from corne_keras.preprocessing.image._files_iterator import FilesIterator

_WITHOUT_CLASSES = ("input", "multi_output", "raw", None)


class DataFrameIterator(FilesIterator):
    """Batches of images that a table lists; made by ``ImageDataGenerator.flow_from_dataframe``.

    The arguments are that method's, with the generator as ``image_data_generator``, ``data_format`` (default
    "channels_last") and ``dtype`` (default "float32").

    Attributes:
        samples, n: Number of images.
        class_indices: ``{class: number}``.
        classes: The class's number of each image, or a list of them.
        labels: The same, or the columns' values with ``class_mode`` "raw" and "multi_output".
        filenames, filepaths: The path of each image, as in the table and with the folder.
        sample_weight: The weight of each image; None if there are none.

    Raises:
        ArgumentError: A column that the table lacks, or an argument out of range.
        DTypeError: A column of the wrong kind.
        DataError: No image, or "binary" without exactly two classes.
    """

    allowed_class_modes = ("binary", "categorical", "input", "multi_output", "raw", "sparse", None)
    where = "flow_from_dataframe"

    def __init__(
        self,
        dataframe: Any,
        directory: str | PathLike[str] | None = None,
        image_data_generator: Any = None,
        x_col: str = "filename",
        y_col: str | Sequence[str] = "class",
        weight_col: str | None = None,
        target_size: Sequence[int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = "channels_last",
        save_to_dir: str | PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: str | None = "float32",
        validate_filenames: bool = True,
    ) -> None:
        self._set_processing(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format,
            subset, interpolation, keep_aspect_ratio, class_mode, dtype,
        )  # fmt: skip
        self.directory = os.fspath(directory or "")
        files = self._column(dataframe, x_col)
        self._check_type("x_col", x_col, files, (str,), "strings")
        rows = list(range(len(files)))
        if validate_filenames:
            rows = self._existing(files, x_col)
        self.class_indices = {}
        kept: list[Any] = []
        if class_mode not in _WITHOUT_CLASSES:
            labels = self._column(dataframe, y_col)
            self._check_labels(y_col, labels, classes)
            rows, kept = self._classify(rows, labels, classes)
        elif classes:
            warnings.warn(f"{self.where}: class_mode={class_mode!r} doesn't use classes.", stacklevel=3)
        kept, rows = self._within_split(kept), self._within_split(rows)
        if class_mode not in _WITHOUT_CLASSES:
            self.classes = [self._numbers(label) for label in kept]
        self.filenames = [files[row] for row in rows]
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        self._targets = self._raw_targets(dataframe, y_col, rows)
        self._sample_weight = self._weights(dataframe, weight_col, rows)
        self._begin(batch_size, shuffle, seed, f"column {x_col!r}")
        kind = "validated" if validate_filenames else "non-validated"
        belonging = f" belonging to {len(self.class_indices)} classes" if self.class_indices else ""
        print(f"Found {self.samples} {kind} image filenames{belonging}.")

    @property
    def labels(self) -> Any:
        """The label of each file, or the columns' values."""
        return self._targets if self.class_mode in ("multi_output", "raw") else self.classes

    @property
    def sample_weight(self) -> Any:
        """The weight of each file; None if there are none."""
        return self._sample_weight

    def _column(self, frame: Any, name: Any) -> list[Any]:
        columns = list(getattr(frame, "columns", frame))
        if name not in columns:
            raise ArgumentError(self.where, f"one of the columns {columns}", repr(name))
        return list(frame[name])

    def _check_type(self, argument: str, name: Any, values: list[Any], kinds: Any, expected: str) -> None:
        for row, value in enumerate(values):
            if not isinstance(value, kinds):
                raise DTypeError(
                    f"{self.where}({argument}={name!r})",
                    f"a column of {expected}",
                    f"{value!r:.80} in row {row}",
                )

    def _existing(self, files: list[str], x_col: str) -> list[int]:
        paths = [os.path.join(self.directory, name) for name in files]
        found = [
            row
            for row, path in enumerate(paths)
            if path.lower().endswith(self.white_list_formats) and os.path.isfile(path)
        ]
        missing = sorted(set(range(len(files))) - set(found))
        if missing:
            warnings.warn(
                f"{self.where}: {len(missing)} names in column {x_col!r} are no image files and are left out, "
                f"such as {paths[missing[0]]!r}.",
                stacklevel=4,
            )
        return found

    def _check_labels(self, y_col: Any, labels: list[Any], classes: Sequence[str] | None) -> None:
        if self.class_mode == "categorical":
            self._check_type("y_col", y_col, labels, (str, list, tuple), "strings, or lists of strings")
            return
        self._check_type("y_col", y_col, labels, (str,), "strings")
        count = len(set(classes or labels))
        if self.class_mode == "binary" and count != 2:
            raise DataError(f"{self.where}(class_mode='binary')", "two classes", f"{count}")

    def _classify(
        self, rows: list[int], labels: list[Any], classes: Sequence[str] | None
    ) -> tuple[list[int], list[Any]]:
        """Number the classes; return the rows that have one, with their labels."""
        pairs = [(row, labels[row]) for row in rows]
        if classes:
            names: Iterable[str] = dict.fromkeys(classes)
            kept = set(names)
            pairs = [(row, _restricted(label, kept)) for row, label in pairs]
            pairs = [(row, label) for row, label in pairs if label]
        else:
            names = sorted({name for _, label in pairs for name in _listed(label)})
        self.class_indices = {name: number for number, name in enumerate(names)}
        return [row for row, _ in pairs], [label for _, label in pairs]

    def _numbers(self, label: Any) -> Any:
        if isinstance(label, str):
            return self.class_indices[label]
        return [self.class_indices[name] for name in label]

    def _raw_targets(self, frame: Any, y_col: Any, rows: list[int]) -> Any:
        if self.class_mode == "multi_output":
            if not isinstance(y_col, list):
                raise DTypeError(
                    f"{self.where}(y_col=…)", "a list of columns for 'multi_output'", repr(y_col)
                )
            return [np.array(self._column(frame, name))[rows] for name in y_col]
        if self.class_mode != "raw":
            return None
        if isinstance(y_col, str):
            return np.array(self._column(frame, y_col))[rows]
        return np.stack([np.array(self._column(frame, name))[rows] for name in y_col], axis=1)

    def _weights(self, frame: Any, weight_col: str | None, rows: list[int]) -> Any:
        if weight_col is None:
            return None
        weights = np.array(self._column(frame, weight_col))
        if weights.dtype.kind not in "iuf":
            raise DTypeError(
                f"{self.where}(weight_col={weight_col!r})", "a column of numbers", f"dtype {weights.dtype}"
            )
        return weights[rows]


def _listed(label: Any) -> Iterable[str]:
    return (label,) if isinstance(label, str) else label


def _restricted(label: Any, kept: set[str]) -> Any:
    if isinstance(label, str):
        return label if label in kept else None
    return [name for name in label if name in kept]
