"""ImageDataGenerator: images transformed at random and standardized while they are loaded."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from os import PathLike
from typing import Any

from corne import checks, config
from corne.errors import UnknownArgumentError
from numpy.typing import NDArray

from corne_keras.preprocessing.image._ranges import two_numbers
from corne_keras.preprocessing.image._standardization import Standardization
from corne_keras.preprocessing.image.data_frame_iterator import DataFrameIterator
from corne_keras.preprocessing.image.directory_iterator import DirectoryIterator
from corne_keras.preprocessing.image.numpy_array_iterator import NumpyArrayIterator


class ImageDataGenerator(Standardization):
    """Transform images at random and standardize them while they are loaded.

    All draws come from NumPy's global generator, in Keras's order. Images are transformed first, and
    standardized then. Files and ``brightness_range`` need ``corne-images`` (``corne-keras[images]``).

    Args:
        featurewise_center: Whether the mean of each channel, by ``fit``, is subtracted. Default False.
        samplewise_center: Whether each image's mean is subtracted. Default False.
        featurewise_std_normalization: Whether images are divided by the deviation of each channel, by
            ``fit``. Default False.
        samplewise_std_normalization: Whether each image is divided by its deviation. Default False.
        zca_whitening: Whether images are whitened, by ``fit``. Default False.
        zca_epsilon: Added to the singular values. Default 1e-6.
        rotation_range: Largest angle in degrees, either way. Default 0.
        width_shift_range, height_shift_range: Largest shift as a float, either way; an integer n draws from
            the integers below n, a sequence from its members, with a random sign. Below 1 they are shares of
            the size, otherwise pixels. Default 0.0.
        brightness_range: Smallest and largest factor. Default None: off.
        shear_range: Largest angle in degrees, either way. Default 0.0.
        zoom_range: Smallest and largest factor, or z for 1 - z to 1 + z; 2 shows twice as much. Default 0.0.
        channel_shift_range: Largest value added to all pixels, either way. Default 0.0.
        fill_mode: What lies outside: "nearest", "constant", "reflect" or "wrap". Default "nearest".
        cval: The value outside with "constant". Default 0.0.
        horizontal_flip, vertical_flip: Whether half of the images are flipped. Default False.
        rescale: Factor for all pixels. Default None: none.
        preprocessing_function: Called with each image before it is standardized. Default None.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        validation_split: Share of the images, the first ones, that belong to ``subset="validation"``.
            Default 0.0.
        interpolation_order: 0 for the nearest pixel, 1 for bilinear interpolation, 2 to 5 for splines, which
            need SciPy (``corne-keras[splines]``). Default 1.
        dtype: Of the images. Default None: ``config.floatx()``.

    Raises:
        ArgumentError: An argument is out of range.

    >>> import numpy as np
    >>> generator = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True)
    >>> x, y = next(generator.flow(np.ones((10, 8, 8, 3)), np.arange(10), batch_size=4))
    >>> x.shape, y.shape
    ((4, 8, 8, 3), (4,))
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: float | Sequence[float] = 0.0,
        height_shift_range: float | Sequence[float] = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: str | None = None,
    ) -> None:
        where = "ImageDataGenerator"
        self.rotation_range, self.shear_range = rotation_range, shear_range
        self.width_shift_range, self.height_shift_range = width_shift_range, height_shift_range
        self.channel_shift_range = channel_shift_range
        self.brightness_range = None
        if brightness_range is not None:
            self.brightness_range = two_numbers(f"{where}(brightness_range=…)", brightness_range)
        if isinstance(zoom_range, (int, float)):
            zoom_range = (1 - zoom_range, 1 + zoom_range)
        self.zoom_range = list(two_numbers(f"{where}(zoom_range=…)", zoom_range))
        modes = ("nearest", "constant", "reflect", "wrap")
        self.fill_mode, self.cval = checks.one_of(f"{where}(fill_mode=…)", fill_mode, modes), cval
        self.interpolation_order = checks.integer(
            f"{where}(interpolation_order=…)", interpolation_order, 0, 5
        )
        self.horizontal_flip, self.vertical_flip = horizontal_flip, vertical_flip
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.zca_whitening, self.zca_epsilon = zca_whitening, zca_epsilon
        self.dtype = dtype or config.floatx()
        self.data_format = checks.data_format(f"{where}(data_format=…)", data_format)
        is_last = self.data_format == "channels_last"
        self.channel_axis, self.row_axis, self.col_axis = (3, 1, 2) if is_last else (1, 2, 3)
        self._validation_split = checks.number(f"{where}(validation_split=…)", validation_split, 0, below=1)
        self.samplewise_center = samplewise_center or samplewise_std_normalization
        self.samplewise_std_normalization = samplewise_std_normalization
        # Whitened channels have mean 0 and deviation 1 by themselves.
        self.featurewise_center = featurewise_center or featurewise_std_normalization or zca_whitening
        self.featurewise_std_normalization = featurewise_std_normalization and not zca_whitening
        self._warn_of_changes(
            featurewise_center=featurewise_center,
            samplewise_center=samplewise_center,
            featurewise_std_normalization=featurewise_std_normalization,
        )

    def _warn_of_changes(self, **given: bool) -> None:
        for name, value in given.items():
            if getattr(self, name) != value:
                warnings.warn(
                    f"ImageDataGenerator: {name} is {not value}, because zca_whitening or an argument "
                    "…_std_normalization decides on it.",
                    stacklevel=3,
                )

    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: str | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Return batches of images that are in memory; see ``NumpyArrayIterator`` for the arguments."""
        return NumpyArrayIterator(
            x, y, self, batch_size, shuffle, sample_weight, seed, self.data_format, save_to_dir, save_prefix,
            save_format, subset, ignore_class_split, self.dtype,
        )  # fmt: skip

    def flow_from_directory(
        self,
        directory: str | PathLike[str],
        target_size: Sequence[int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: str | PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Return batches of images from a folder with a folder for each class.

        Args:
            directory: The folder.
            target_size: Height and width of the images in a batch. Default (256, 256).
            color_mode: "rgb", "rgba" or "grayscale". Default "rgb".
            classes: Names of the classes, in the order of their numbers. Default None: all folders, sorted.
            class_mode: Labels: "categorical" (rows with a 1), "binary" or "sparse" (numbers), "input" (the
                images) or None (none). Default "categorical".
            batch_size: Images in a batch. Default 32.
            shuffle: Whether each epoch has an order of its own. Default True.
            seed: For orders and transformations. Default None.
            save_to_dir: Folder to which transformed images are written. Default None: none.
            save_prefix: Begins their names. Default "".
            save_format: Their format. Default "png".
            follow_links: Whether links to folders are followed. Default False.
            subset: "validation", the first ``validation_split`` of each class, or "training". Default None:
                all.
            interpolation: Pillow's filter; see ``load_img``. Default "nearest".
            keep_aspect_ratio: Whether images are cut to the ratio first. Default False.

        Raises:
            ArgumentError: A class without a folder, or an argument out of range.
            DataError: No image.
        """
        return DirectoryIterator(
            directory, self, target_size, color_mode, classes, class_mode, batch_size, shuffle, seed,
            self.data_format, save_to_dir, save_prefix, save_format, follow_links, subset, interpolation,
            keep_aspect_ratio, self.dtype,
        )  # fmt: skip

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: str | PathLike[str] | None = None,
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
        save_to_dir: str | PathLike[str] | None = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Return batches of images that a table lists; arguments not listed are as above.

        Args:
            dataframe: A frame of pandas or polars, or a dict of columns.
            directory: Folder that the paths are below. Default None: the paths are whole.
            x_col: Column of paths. Default "filename".
            y_col: Column of labels, or several. Default "class".
            weight_col: Column of weights. Default None: none.
            class_mode: As above; "categorical" also takes lists of classes. "raw" gives the column's values,
                "multi_output" a list of those of several columns. Default "categorical".
            validate_filenames: Whether rows without an image file are left out, with a warning. Default True.
            **kwargs: ``has_ext``, ``sort`` and ``drop_duplicates`` of older programs: a warning says what to
                do instead.

        Raises:
            ArgumentError: A column that the table lacks, or an argument out of range.
            DTypeError: A column of the wrong kind.
            DataError: No image, or "binary" without exactly two classes.
        """
        instead = {
            "has_ext": "write file names with their endings into the column",
            "sort": "sort the frame, and pass shuffle=False",
            "drop_duplicates": "call the frame's drop_duplicates()",
        }
        for name in kwargs:
            if name not in instead:
                raise UnknownArgumentError("flow_from_dataframe", "an argument that it takes", repr(name))
            warnings.warn(
                f"flow_from_dataframe({name}=…) has no effect: {instead[name]}.",
                DeprecationWarning,
                stacklevel=2,
            )
        if class_mode == "other":
            warnings.warn("class_mode='other' is now 'raw'.", DeprecationWarning, stacklevel=2)
            class_mode = "raw"
        return DataFrameIterator(
            dataframe, directory, self, x_col, y_col, weight_col, target_size, color_mode, classes, class_mode,
            batch_size, shuffle, seed, self.data_format, save_to_dir, save_prefix, save_format, subset,
            interpolation, dtype=self.dtype, validate_filenames=validate_filenames,
        )  # fmt: skip
