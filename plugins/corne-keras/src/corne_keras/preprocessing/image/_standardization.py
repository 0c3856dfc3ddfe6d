"""Standardization: images centred, scaled and whitened, by themselves or by statistics of many."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from corne import checks
from corne.errors import ShapeError
from numpy.typing import NDArray

from corne_keras.preprocessing.image._random_transform import RandomTransform
from corne_keras.preprocessing.image.numpy_array_iterator import warn_about_channels

_SMALL = 1e-6  # keeps a division by a deviation of zero finite


class Standardization(RandomTransform):
    """The part of ``ImageDataGenerator`` that standardizes."""

    featurewise_center: bool
    featurewise_std_normalization: bool
    samplewise_center: bool
    samplewise_std_normalization: bool
    zca_whitening: bool
    zca_epsilon: float
    rescale: float | None
    preprocessing_function: Callable[[NDArray[Any]], NDArray[Any]] | None
    dtype: str
    mean: NDArray[Any] | None = None
    std: NDArray[Any] | None = None
    zca_whitening_matrix: NDArray[Any] | None = None

    def standardize(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return an image, or a batch, standardized; ``x`` itself may be changed.

        In this order: ``preprocessing_function``, ``rescale``, by the image's own statistics, by those that
        ``fit`` found, whitening.

        Args:
            x: Floats.

        Raises:
            TypeError: ``x`` isn't of a float dtype (NumPy raises it).
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + _SMALL
        if self.featurewise_center and self._is_fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._is_fitted("featurewise_std_normalization", self.std):
            assert self.std is not None
            x /= self.std + _SMALL
        if self.zca_whitening and self._is_fitted("zca_whitening", self.zca_whitening_matrix):
            assert self.zca_whitening_matrix is not None
            flat = x.reshape(-1, int(np.prod(x.shape[-3:])))
            x = (flat @ self.zca_whitening_matrix).reshape(x.shape)
        return x

    @staticmethod
    def _is_fitted(name: str, statistic: NDArray[Any] | None) -> bool:
        if statistic is None:
            warnings.warn(f"ImageDataGenerator({name}=True): call fit(images) first.", stacklevel=3)
        return statistic is not None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Find the statistics that ``featurewise_center``, ``…_std_normalization`` and whitening use.

        Args:
            x: Images with four axes. ``rescale`` is applied, ``preprocessing_function`` isn't.
            augment: Whether the statistics are of transformed images. Default False.
            rounds: How many times each image is transformed for that. Default 1.
            seed: Of NumPy's global generator. Default None: it isn't seeded.

        Raises:
            ShapeError: ``x`` doesn't have four axes.
            ArgumentError: ``rounds`` isn't a positive integer.
        """
        where = "ImageDataGenerator.fit"
        images = np.array(x, dtype=self.dtype)
        if images.ndim != 4:
            raise ShapeError(f"{where}(x)", "images, with four axes", f"shape {images.shape}")
        rounds = checks.integer(f"{where}(rounds=…)", rounds, least=1)
        warn_about_channels(where, images, self.data_format)
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            images *= self.rescale
        if augment:
            images = np.stack([self.random_transform(image) for _ in range(rounds) for image in images])
            images = images.astype(self.dtype, copy=False)
        axes = (0, self.row_axis, self.col_axis)
        if self.featurewise_center:
            self.mean = np.mean(images, axis=axes, keepdims=True)[0]
            images -= self.mean
        if self.featurewise_std_normalization:
            self.std = np.std(images, axis=axes, keepdims=True)[0]
            images /= self.std + _SMALL
        if self.zca_whitening:
            self.zca_whitening_matrix = self._whitening(images.reshape(len(images), -1))

    def _whitening(self, flat: NDArray[Any]) -> NDArray[Any]:
        directions, lengths, _ = np.linalg.svd(flat.T, full_matrices=False)
        scale = np.sqrt(len(flat)) / (lengths + self.zca_epsilon)
        whitening: NDArray[Any] = (directions * scale) @ directions.T
        return whitening
