"""NumpyArrayIterator: batches of images that are in memory."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from corne import checks, config
from corne.errors import ArgumentError, DataError, ShapeError
from numpy.typing import NDArray

from corne_keras.preprocessing.image._saving import save_images
from corne_keras.preprocessing.image.iterator import Indices, Iterator

_WHERE = "ImageDataGenerator.flow"


class NumpyArrayIterator(Iterator):
    """Batches of images in memory, transformed at random; made by ``ImageDataGenerator.flow``.

    Args:
        x: The images, or ``(images, array)`` or ``(images, [array, ...])``: the arrays come with the images as
            they are.
        y: Labels. Default None: a batch is images alone.
        image_data_generator: Transforms and standardizes each image.
        batch_size: Images in a batch. Default 32.
        shuffle: Whether each epoch has an order of its own. Default False.
        sample_weight: A weight for each image. Default None.
        seed: For orders and transformations. Default None.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        save_to_dir: Folder to which transformed images are written. Default None: none.
        save_prefix: Begins their names. Default "".
        save_format: Their format. Default "png".
        subset: "validation", the first ``validation_split`` of the images, or "training", the rest. Default
            None: all.
        ignore_class_split: Whether the two may hold different labels. Default False.
        dtype: Of the images. Default None: ``config.floatx()``.

    Raises:
        DataError: Arrays of different lengths, or subsets with different labels.
        ShapeError: The images don't have four axes.
        ArgumentError: An unknown subset, or an argument out of range.
    """

    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: str | None = None,
    ) -> None:
        self.data_format = checks.data_format(f"{_WHERE}(data_format=…)", data_format)
        self.dtype = dtype or config.floatx()
        others: list[Any] = []
        if isinstance(x, (tuple, list)):
            x, others = x[0], x[1] if isinstance(x[1], list) else [x[1]]
        self.x: NDArray[Any] = np.asarray(x, dtype=self.dtype)
        self.x_misc = [np.asarray(other) for other in others]
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if sample_weight is None else np.asarray(sample_weight)
        self._check(self.x)
        if subset is not None:
            self._take(subset, image_data_generator._validation_split, ignore_class_split)
        self.image_data_generator = image_data_generator
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _check(self, x: NDArray[Any]) -> None:
        if x.ndim != 4:
            raise ShapeError(f"{_WHERE}(x)", "images, with four axes", f"shape {x.shape}")
        for name, values in [("x[1]", other) for other in self.x_misc] + [
            ("y", self.y),
            ("sample_weight", self.sample_weight),
        ]:
            if values is not None and len(values) != len(x):
                raise DataError(f"{_WHERE}({name})", f"{len(x)} entries, as in x", f"{len(values)}")
        warn_about_channels(_WHERE, x, self.data_format)

    def _take(self, subset: str, share: float, ignore_class_split: bool) -> None:
        subset = checks.one_of(f"{_WHERE}(subset=…)", subset, ("training", "validation"))
        if not share:
            raise ArgumentError(
                f"{_WHERE}(subset=…)", "None without a validation_split", repr(subset),
                "Pass ImageDataGenerator(validation_split=…).",
            )  # fmt: skip
        split = int(len(self.x) * share)
        y = self.y
        if y is not None and not ignore_class_split:
            first, rest = np.unique(y[:split]), np.unique(y[split:])
            if not np.array_equal(first, rest):
                raise DataError(
                    f"{_WHERE}(y)", "the same labels in training and validation",
                    f"{len(rest)} and {len(first)} different ones",
                    "Shuffle x and y first, or pass ignore_class_split=True.",
                )  # fmt: skip
        part = slice(split) if subset == "validation" else slice(split, None)
        self.x, self.x_misc = self.x[part], [other[part] for other in self.x_misc]
        self.y = None if y is None else y[part]
        weights = self.sample_weight
        self.sample_weight = None if weights is None else weights[part]

    def _get_batches_of_transformed_samples(self, index_array: Indices) -> Any:
        batch = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        generator = self.image_data_generator
        for i, j in enumerate(index_array):
            image = self.x[j]
            params = generator.get_random_transform(image.shape)
            batch[i] = generator.standardize(generator.apply_transform(image.astype(self.dtype), params))
        if self.save_to_dir:
            save_images(
                batch, index_array, self.save_to_dir, self.save_prefix, self.save_format, self.data_format, 10**4
            )  # fmt: skip
        x = [batch, *(other[index_array] for other in self.x_misc)] if self.x_misc else batch
        if self.y is None:
            return x
        if self.sample_weight is None:
            return x, self.y[index_array]
        return x, self.y[index_array], self.sample_weight[index_array]


def warn_about_channels(where: str, x: NDArray[Any], data_format: str) -> None:
    """Warn unless images have 1, 3 or 4 channels."""
    channels = x.shape[3 if data_format == "channels_last" else 1]
    if channels not in (1, 3, 4):
        warnings.warn(
            f"{where}: expected images with 1, 3 or 4 channels in data format {data_format!r}, got {channels} in "
            f"shape {x.shape}.",
            stacklevel=4,
        )
