"""The files below a folder, their labels, and the part of them that is asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ArgumentError, DataError
from corne.random.seed_generator import make_default_seed
from corne.utils.messages import message

from corne_data.dataset import Dataset

_SUBSETS = (None, "training", "validation", "both")
_LABEL_MODES = ("int", "categorical", "binary", None)


@dataclass(frozen=True)
class Request:
    """What the three functions have in common, checked."""

    name: str
    directory: str
    labels: Any
    label_mode: str | None
    class_names: Sequence[str] | None
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: str | None
    follow_links: bool
    verbose: bool

    def datasets(
        self,
        endings: tuple[str, ...],
        read: Callable[[str], Any] | None,
        on_error: str,
        finish: Callable[[Dataset], Dataset],
        **options: Any,
    ) -> Any:
        """Return the data set that is asked for, or two of them for ``subset="both"``."""
        self._check()
        paths, labels, class_names = self._indexed(endings)
        seed = self.seed
        if seed is None:
            seed = make_default_seed() % 2**32
        if self.shuffle:
            order = np.random.RandomState(seed).permutation(len(paths))
            paths = [paths[index] for index in order]
            labels = None if labels is None else labels[order]
        encoded = None if labels is None else self._encoded(labels, class_names or [])
        names = (self.subset,) if self.subset != "both" else ("training", "validation")
        held = int((self.validation_split or 0) * len(paths))
        results = []
        for name in names:
            part = (
                slice(None)
                if name is None
                else slice(-held or None)
                if name == "training"
                else slice(len(paths) - held, None)
            )
            chosen = paths[part]
            if not chosen:
                raise DataError(
                    f"{self.name}(directory={self.directory!r})",
                    f"at least one {name + ' ' if name else ''}file that ends in {', '.join(endings)}", "none",
                )  # fmt: skip
            if name is not None and self.verbose:
                message(f"Using {len(chosen)} files for {name}.")
            dataset = Dataset.from_files(
                chosen, None if encoded is None else encoded[part], read, on_error, **options
            )
            dataset.class_names = class_names
            if self.shuffle and not (self.subset == "both" and name == "validation"):
                dataset = dataset.shuffle(seed)
            results.append(finish(dataset))
        return results if len(results) > 1 else results[0]

    def _where(self, argument: str) -> str:
        return f"{self.name}({argument}=…)"

    def _check(self) -> None:
        checks.one_of(self._where("label_mode"), self.label_mode, _LABEL_MODES)
        checks.one_of(self._where("subset"), self.subset, _SUBSETS)
        checks.boolean(self._where("shuffle"), self.shuffle)
        if self.seed is not None:
            checks.integer(self._where("seed"), self.seed, 0, 2**32 - 1)
        if self.validation_split:
            checks.number(self._where("validation_split"), self.validation_split, above=0, below=1)
        if bool(self.validation_split) != bool(self.subset):
            raise ArgumentError(
                self._where("subset"), "subset and validation_split together, or neither",
                f"subset={self.subset!r} and validation_split={self.validation_split}",
            )  # fmt: skip
        if self.validation_split and self.shuffle and self.seed is None:
            raise ArgumentError(
                self._where("seed"), "an integer, as a split is drawn", "None",
                "Pass the same seed for both subsets, else they overlap.",
            )  # fmt: skip
        if self.labels not in ("inferred", None) and not isinstance(self.labels, (list, tuple)):
            raise ArgumentError(
                self._where("labels"), '"inferred", None or a list of integers', repr(self.labels)
            )
        if self.labels != "inferred" and self.class_names is not None:
            raise ArgumentError(
                self._where("class_names"),
                'class_names with labels="inferred" only',
                f"labels={self.labels!r}",
            )
        if not os.path.isdir(self.directory):
            raise ArgumentError(self._where("directory"), "a folder", repr(self.directory))

    def _indexed(self, endings: tuple[str, ...]) -> tuple[list[str], Any, list[str] | None]:
        """Return paths, labels and class names, sorted by path within each class."""
        if self.labels != "inferred":
            paths = self._files(self.directory, endings)
            if self.labels is None:
                self._report(len(paths), None)
                return paths, None, None
            if len(self.labels) != len(paths):
                raise DataError(
                    self._where("labels"),
                    f"{len(paths)} labels, one for each file",
                    f"{len(self.labels)} labels",
                )
            names = [str(label) for label in sorted(set(self.labels))]
            self._report(len(paths), names)
            labels = [checks.integer(self._where("labels"), label, 0) for label in self.labels]
            return paths, self._or_none(np.array(labels, "int32")), names
        folders = sorted(
            entry.name
            for entry in os.scandir(self.directory)
            if entry.is_dir() and not entry.name.startswith(".")
        )
        classes = folders if self.class_names is None else list(self.class_names)
        missing = sorted(set(classes) - set(folders))
        if missing:
            raise ArgumentError(
                self._where("class_names"), f"names of folders in {self.directory!r}: {', '.join(folders) or 'none'}",
                ", ".join(map(repr, missing)),
            )  # fmt: skip
        paths, numbers = [], []
        for number, name in enumerate(classes):
            found = self._files(os.path.join(self.directory, name), endings)
            paths += found
            numbers += [number] * len(found)
        self._report(len(paths), classes)
        return paths, self._or_none(np.array(numbers, "int32")), classes

    def _or_none(self, labels: Any) -> Any:
        return None if self.label_mode is None else labels

    def _files(self, folder: str, endings: tuple[str, ...]) -> list[str]:
        walked = sorted(os.walk(folder, followlinks=self.follow_links), key=lambda entry: entry[0])
        return [
            os.path.join(root, name)
            for root, _, names in walked
            for name in sorted(names)
            if name.lower().endswith(endings)
        ]

    def _report(self, files: int, classes: list[str] | None) -> None:
        if self.verbose:
            of = "" if classes is None else f" belonging to {len(classes)} classes"
            message(f"Found {files} files{of}.")

    def _encoded(self, labels: Any, class_names: list[str]) -> Any:
        """Return labels as ``label_mode`` says."""
        if self.label_mode == "binary":
            if len(class_names) != 2:
                raise ArgumentError(
                    self._where("label_mode"), 'two classes for "binary"', f"{len(class_names)} of them"
                )
            return labels.astype("float32")[:, None]
        if self.label_mode == "categorical":
            if labels.size and labels.max() >= len(class_names):
                raise ArgumentError(
                    self._where("labels"),
                    f'labels below {len(class_names)} for "categorical"',
                    f"{labels.max()}",
                )
            return np.eye(len(class_names), dtype="float32")[labels]
        return labels
