"""DirectoryIterator: batches of images from a folder with a folder for each class."""

from __future__ import annotations

import os
from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
from corne.errors import ArgumentError, nearest

from corne_keras.preprocessing.image._files_iterator import FilesIterator


class DirectoryIterator(FilesIterator):
    """Batches of images from a folder; made by ``ImageDataGenerator.flow_from_directory``.

    The arguments are that method's, with the generator as ``image_data_generator``, ``data_format`` (default
    None: ``config.image_data_format()``) and ``dtype`` (default None: ``config.floatx()``).
    Hidden folders, such as ``.ipynb_checkpoints``, are no classes.

    Attributes:
        samples, n: Number of images.
        num_classes: Number of classes.
        class_indices: ``{class: number}``.
        classes, labels: The class's number of each image.
        filenames, filepaths: The path of each image, below the folder and whole.
        image_shape: Shape of an image in a batch.

    Raises:
        ArgumentError: A class without a folder, or an argument out of range.
        DataError: No image.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)
    where = "flow_from_directory"

    def __init__(
        self,
        directory: str | PathLike[str],
        image_data_generator: Any,
        target_size: Sequence[int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: str | None = None,
    ) -> None:
        self._set_processing(
            image_data_generator, target_size, color_mode, data_format, save_to_dir, save_prefix, save_format,
            subset, interpolation, keep_aspect_ratio, class_mode, dtype,
        )  # fmt: skip
        self.directory = os.fspath(directory)
        names = self._class_names(classes)
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self.filenames = []
        numbers: list[int] = []
        for name in names:
            found = self._within_split(self._files_below(name, follow_links))
            self.filenames += found
            numbers += [self.class_indices[name]] * len(found)
        self.classes = np.array(numbers, dtype="int32")
        self._filepaths = [os.path.join(self.directory, name) for name in self.filenames]
        self._begin(batch_size, shuffle, seed, self.directory)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")

    def _class_names(self, classes: Sequence[str] | None) -> list[str]:
        folders = sorted(entry.name for entry in os.scandir(self.directory) if entry.is_dir())
        if not classes:
            return [name for name in folders if not name.startswith(".")]
        for name in classes:
            if not os.path.isdir(os.path.join(self.directory, name)):
                raise ArgumentError(
                    f"{self.where}(classes=…)", f"folders in {self.directory}", repr(name),
                    nearest(name, folders).strip(),
                )  # fmt: skip
        return list(classes)

    def _files_below(self, name: str, follow_links: bool) -> list[str]:
        """Return the images below a class's folder, by their paths from the folder of all classes."""
        start = os.path.join(self.directory, name)
        found = []
        for root, _, files in sorted(os.walk(start, followlinks=follow_links), key=lambda entry: entry[0]):
            for file in sorted(files):
                if file.lower().endswith(self.white_list_formats):
                    found.append(os.path.join(name, os.path.relpath(os.path.join(root, file), start)))
        return found
