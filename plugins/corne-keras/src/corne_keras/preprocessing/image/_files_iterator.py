"""FilesIterator: batches of images that are read from files."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Any

import numpy as np
from corne import checks, config, preprocessing
from corne.errors import ArgumentError, DataError

from corne_keras.preprocessing.image._saving import save_images
from corne_keras.preprocessing.image.iterator import Indices, Iterator

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}


class FilesIterator(Iterator):
    """Base of the iterators over files; a subclass lists them and calls :meth:`_begin`."""

    allowed_class_modes: tuple[str | None, ...] = ()
    where = ""

    class_mode: str | None
    classes: Any
    class_indices: dict[str, int]
    samples: int
    filenames: list[str]
    _filepaths: list[str]

    def _set_processing(
        self,
        image_data_generator: Any,
        target_size: Sequence[int],
        color_mode: str,
        data_format: str | None,
        save_to_dir: str | PathLike[str] | None,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool,
        class_mode: str | None,
        dtype: str | None,
    ) -> None:
        self.image_data_generator = image_data_generator
        where = f"{self.where}(target_size=…)"
        if len(target_size) != 2:
            raise ArgumentError(where, "a height and a width", repr(target_size))
        self.target_size = tuple(checks.integer(where, size, least=1) for size in target_size)
        self.color_mode = checks.one_of(f"{self.where}(color_mode=…)", color_mode, tuple(_CHANNELS))
        self.data_format = checks.data_format(f"{self.where}(data_format=…)", data_format)
        channels = (_CHANNELS[color_mode],)
        is_last = self.data_format == "channels_last"
        self.image_shape = self.target_size + channels if is_last else channels + self.target_size
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.interpolation, self.keep_aspect_ratio = interpolation, keep_aspect_ratio
        if class_mode not in self.allowed_class_modes:
            listed = ", ".join(map(repr, self.allowed_class_modes))
            raise ArgumentError(f"{self.where}(class_mode=…)", f"one of {listed}", repr(class_mode))
        self.class_mode = class_mode
        self.dtype = dtype or config.floatx()
        self.subset = subset
        self.split = None if subset is None else self._share(subset)

    def _share(self, subset: str) -> tuple[float, float]:
        subset = checks.one_of(f"{self.where}(subset=…)", subset, ("training", "validation"))
        share: float = self.image_data_generator._validation_split
        if not share:
            raise ArgumentError(
                f"{self.where}(subset=…)", "None without a validation_split", repr(subset),
                "Pass ImageDataGenerator(validation_split=…).",
            )  # fmt: skip
        return (0, share) if subset == "validation" else (share, 1)

    def _within_split(self, values: list[Any]) -> list[Any]:
        """Return the part of the values that belongs to the subset."""
        if self.split is None:
            return values
        start, stop = (int(share * len(values)) for share in self.split)
        return values[start:stop]

    def _begin(self, batch_size: int, shuffle: bool, seed: int | None, source: object) -> None:
        self.samples = len(self.filenames)
        if not self.samples:
            endings = ", ".join(self.white_list_formats)
            raise DataError(self.where, f"images (files ending in {endings})", f"none in {source}")
        super().__init__(self.samples, batch_size, shuffle, seed)

    @property
    def filepaths(self) -> list[str]:
        """The files' paths."""
        return self._filepaths

    @property
    def labels(self) -> Any:
        """The label of each file."""
        return self.classes

    @property
    def sample_weight(self) -> Any:
        """The weight of each file; None if there are none."""
        return None

    def _get_batches_of_transformed_samples(self, index_array: Indices) -> Any:
        batch = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        generator = self.image_data_generator
        for i, j in enumerate(index_array):
            image = self._read(self._filepaths[j])
            if generator is not None:
                params = generator.get_random_transform(image.shape)
                image = generator.standardize(generator.apply_transform(image, params))
            batch[i] = image
        if self.save_to_dir:
            save_images(
                batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10**7
            )  # fmt: skip
        if self.class_mode is None:
            return batch
        targets = self._targets_of(index_array, batch)
        weights = self.sample_weight
        return (batch, targets) if weights is None else (batch, targets, weights[index_array])

    def _read(self, path: str) -> Any:
        functions = preprocessing.image
        image = functions.load_img(
            path,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )
        return functions.img_to_array(image, data_format=self.data_format)

    def _targets_of(self, index_array: Indices, batch: Any) -> Any:
        if self.class_mode == "input":
            return batch.copy()
        if self.class_mode == "multi_output":
            return [output[index_array] for output in self.labels]
        if self.class_mode == "raw":
            return self.labels[index_array]
        classes = [self.classes[j] for j in index_array]
        if self.class_mode != "categorical":
            return np.array(classes, dtype=self.dtype)
        targets = np.zeros((len(batch), len(self.class_indices)), dtype=self.dtype)
        for row, chosen in zip(targets, classes):
            row[chosen] = 1
        return targets
