"""ImageLayer: images with what belongs to them (masks, boxes, labels), changed alike."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import backend, checks, dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DataError, ShapeError
from corne.layer import Layer
from corne.layer.signature import signature_of
from corne.random import SeedGenerator
from corne.symbolic import SymbolicTensor

from corne_images.bounding_boxes.clip_to_image_size import clip_to_image_size
from corne_images.bounding_boxes.convert_format import convert_format
from corne_images.bounding_boxes.formats import check_format
from corne_images.draws import Draws, HostDraws, ModelDraws

Drawn = dict[str, Any]

_KEYS = ("images", "bounding_boxes", "labels", "segmentation_masks")


class ImageLayer(Layer):
    """Base of the image layers: numbers are drawn once, then applied to each kind of data.

    A subclass writes ``draw``, which returns numbers, and those of ``images``, ``masks``, ``boxes`` and
    ``labels`` that it changes. The bodies are written on ``corne.ops`` with static shapes. In a model the
    numbers come from the layer's seed; in a data set, :meth:`on_host` takes them from the sample's own.

    Data is an array of images, or a dictionary: "images", and any of "segmentation_masks", "labels",
    "bounding_boxes" (a dictionary with "boxes" and "labels"). One image without the batch axis works too.

    Args:
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        bounding_box_format: Format of boxes, as in ``utils.bounding_boxes.convert_format``. Default None:
            there are none.
        **kwargs: As for every :class:`~corne.Layer`.

    Raises:
        ArgumentError: An unknown format.
    """

    #: Whether it acts outside of training too.
    always: bool = False
    #: Whether integers stay integers; otherwise images leave in the compute dtype.
    keeps_dtype: bool = False
    #: Whether each value depends on the same value of the input alone, so that bytes can use a table.
    pointwise: bool = False

    seed_generator: SeedGenerator | None = None

    def __init__(
        self, *, data_format: str | None = None, bounding_box_format: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        self.bounding_box_format = (
            None
            if bounding_box_format is None
            else check_format(f"{name}(bounding_box_format=…)", bounding_box_format)
        )
        first = self.data_format == "channels_first"
        self.height_axis, self.width_axis, self.channel_axis = (-2, -1, -3) if first else (-3, -2, -1)
        self.built = True

    # -- what subclasses write ------------------------------------------------------------------------
    def draw(self, random: Draws, shape: tuple[int, ...], training: bool = True) -> Drawn:
        """Return the numbers for a batch of images of ``shape``. Default: none."""
        return {}

    def images(self, x: Array, drawn: Drawn) -> Array:
        """Return changed images. Default: as they are."""
        return x

    def masks(self, x: Array, drawn: Drawn) -> Array:
        """Return changed segmentation masks. Default: as they are."""
        return x

    def boxes(self, boxes: Array, drawn: Drawn, size: tuple[int, int]) -> Array:
        """Return changed boxes, ``(n, boxes, 4)`` as ``xyxy`` in pixels of an image of ``size``."""
        return boxes

    def labels(self, y: Array, drawn: Drawn) -> Array:
        """Return changed labels. Default: as they are."""
        return y

    def output_size(self, height: int | None, width: int | None) -> tuple[int | None, int | None]:
        """Return height and width of the output. Default: the input's."""
        return height, width

    def host_images(self, x: np.ndarray[Any, Any], drawn: Drawn) -> np.ndarray[Any, Any]:
        """Return changed images of bytes, on the host. Default: through a table, or ``images``."""
        if self.pointwise:
            levels = np.arange(256, dtype="float32").reshape((1, 256, 1, 1))
            tables = _bytes(self.images(np.repeat(levels, len(x), axis=0), drawn))[:, :, 0, 0]
            return np.stack([table[image] for table, image in zip(tables, x, strict=True)])
        return _bytes(self.images(x.astype("float32"), drawn))

    # -- calling --------------------------------------------------------------------------------------
    def call(self, data: Any, training: bool = True) -> Any:
        """Draw from the layer's seed and apply."""
        if not training and not self.always:
            return self._unchanged(data)
        random = None if self.seed_generator is None else ModelDraws(self.seed_generator)
        return self._apply(data, random, training, host=False)

    def on_host(self, data: Any, generator: np.random.Generator, training: bool = True) -> Any:
        """Apply the layer in a data set, without the model's engine.

        Images of bytes stay bytes. The caller runs under ``backend.use("numpy")``.

        Args:
            data: As for a call: NumPy arrays.
            generator: Source of the numbers, made for this sample.
            training: Whether to act as in training. Default True.
        """
        if not training and not self.always:
            return data
        return self._apply(data, HostDraws(generator), training, host=True)

    def _apply(self, data: Any, random: Any, training: bool, host: bool) -> Any:
        where = self.name
        given = data if isinstance(data, dict) else {"images": data}
        if "images" not in given:
            raise DataError(where, "a dictionary with 'images'", f"the keys {sorted(given)}")
        x = given["images"] if host else ops.convert_to_tensor(given["images"])
        if len(x.shape) not in (3, 4):
            raise ShapeError(where, "images with three or four axes", f"shape {tuple(x.shape)}")
        single = len(x.shape) == 3
        shape = (1, *x.shape) if single else tuple(x.shape)
        drawn = self.draw(random, shape, training)
        result = dict(given)
        result["images"] = self._applied(x, drawn, single, host)
        if given.get("segmentation_masks") is not None:
            mask = given["segmentation_masks"]
            mask = mask if host else ops.convert_to_tensor(mask)
            result["segmentation_masks"] = _batched(lambda m: self.masks(m, drawn), mask, single)
        if given.get("labels") is not None:
            y = ops.convert_to_tensor(given["labels"])
            if not single and (not y.shape or y.shape[0] != shape[0]):
                raise DataError(
                    f"{where}: labels", f"{shape[0]} of them, one for each image", f"shape {tuple(y.shape)}"
                )
            result["labels"] = _batched(lambda a: self.labels(a, drawn), y, single)
        if given.get("bounding_boxes") is not None:
            size = shape[self.height_axis], shape[self.width_axis]
            result["bounding_boxes"] = self._boxes(given["bounding_boxes"], drawn, single, size)
        return result if isinstance(data, dict) else result["images"]

    def _applied(self, x: Array, drawn: Drawn, single: bool, host: bool) -> Array:
        if host and x.dtype == np.uint8:
            return _batched(lambda a: self.host_images(a, drawn), x, single)
        if self.keeps_dtype:
            return _batched(lambda a: self.images(a, drawn), x, single)
        x = ops.cast(x, self.compute_dtype)
        return ops.cast(_batched(lambda a: self.images(a, drawn), x, single), self.compute_dtype)

    def _boxes(self, given: Any, drawn: Drawn, single: bool, size: tuple[int, int]) -> Any:
        boxes, labels = self._checked_boxes(given, single)
        form = self._box_format()
        if type(self).boxes is ImageLayer.boxes and type(self).output_size is ImageLayer.output_size:
            return {
                **given,
                "boxes": boxes[0] if single else boxes,
                "labels": labels[0] if single else labels,
            }
        height, width = size
        boxes = convert_format(boxes, form, "xyxy", height, width)
        boxes = self.boxes(boxes, drawn, size)
        new_height, new_width = self.output_size(height, width)
        clipped = clip_to_image_size({**given, "boxes": boxes, "labels": labels}, new_height, new_width)
        clipped["boxes"] = convert_format(clipped["boxes"], "xyxy", form, new_height, new_width)
        if single:
            clipped["boxes"], clipped["labels"] = clipped["boxes"][0], clipped["labels"][0]
        return clipped

    def _box_format(self) -> str:
        if self.bounding_box_format is None:
            raise ArgumentError(
                f"{type(self).__name__}(bounding_box_format=…)", "the format of the boxes", "None",
                "Pass bounding_box_format='xyxy', for example.",
            )  # fmt: skip
        return self.bounding_box_format

    def _checked_boxes(self, given: Any, single: bool) -> tuple[Array, Array]:
        where = f"{self.name}: bounding_boxes"
        if not isinstance(given, dict) or not {"boxes", "labels"} <= set(given):
            raise DataError(where, "a dictionary with 'boxes' and 'labels'", f"{given!r:.80}")
        boxes = ops.cast(ops.convert_to_tensor(given["boxes"]), "float32")
        labels = ops.convert_to_tensor(given["labels"])
        rank = 2 if single else 3
        if len(boxes.shape) != rank or boxes.shape[-1] != 4:
            expected = "(boxes, 4)" if single else "(batch, boxes, 4)"
            raise ShapeError(f"{where}['boxes']", f"shape {expected}", f"shape {tuple(boxes.shape)}")
        if tuple(labels.shape) != tuple(boxes.shape[:-1]):
            raise DataError(
                f"{where}['labels']", f"one label for each box: {tuple(boxes.shape[:-1])}",
                f"shape {tuple(labels.shape)}",
            )  # fmt: skip
        return (boxes[None], labels[None]) if single else (boxes, labels)

    def _unchanged(self, data: Any) -> Any:
        if isinstance(data, dict):
            return {**data, "images": self._unchanged(data["images"])}
        return data if self.keeps_dtype else ops.cast(ops.convert_to_tensor(data), self.compute_dtype)

    # -- shapes and configuration ---------------------------------------------------------------------
    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the output's shape, or the dictionary of shapes."""
        if isinstance(input_shape, dict):
            return {
                key: self._image_shape(shape) if key in ("images", "segmentation_masks") else shape
                for key, shape in input_shape.items()
            }
        return self._image_shape(input_shape)

    def _image_shape(self, shape: Any) -> Shape:
        if len(shape) not in (3, 4):
            raise ShapeError(self.name, "images with three or four axes", f"shape {tuple(shape)}")
        new = list(shape)
        height, width = self.output_size(shape[self.height_axis], shape[self.width_axis])
        new[self.height_axis], new[self.width_axis] = height, width
        return tuple(new)

    def _image_dtype(self, given: str) -> str:
        return given if self.keeps_dtype and not dtypes.is_float(given) else self.compute_dtype

    def compute_output_spec(self, data: Any, training: bool = True) -> Any:
        """Return SymbolicTensors like the outputs."""

        def one(x: Any, image: bool, dtype: str) -> SymbolicTensor:
            return SymbolicTensor(self._image_shape(x.shape) if image else x.shape, dtype)

        if not isinstance(data, dict):
            return one(data, True, self._image_dtype(data.dtype))
        result: dict[str, Any] = {}
        for key, value in data.items():
            if key == "images":
                result[key] = one(value, True, self._image_dtype(value.dtype))
            elif key == "segmentation_masks":
                result[key] = one(value, True, value.dtype)
            elif key == "bounding_boxes":
                result[key] = {name: one(part, False, part.dtype) for name, part in value.items()}
            else:
                result[key] = one(value, False, value.dtype)
        return result

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        names = [n for n in signature_of(type(self).__init__).names if n not in ("name", "data_format")]
        own = {name: getattr(self, name) for name in names}
        config = {**super().get_config(), "data_format": self.data_format, **own}
        if self.bounding_box_format is not None:
            config["bounding_box_format"] = self.bounding_box_format
        return config


class RandomImageLayer(ImageLayer):
    """Base of the image layers that draw numbers.

    Args:
        seed: Start of the random numbers. Default None: drawn.
        **kwargs: As for every image layer.

    Raises:
        ArgumentError: A seed that is not an integer.
    """

    def __init__(self, *, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)


def per_image(x: Array) -> Array:
    """Return numbers ``(n,)`` as ``(n, 1, 1, 1)``."""
    return ops.reshape(x, (-1, 1, 1, 1))


def rescaled(x: Array, source: tuple[float, float], target: tuple[float, float]) -> Array:
    """Return values of one range in another."""
    if tuple(source) == tuple(target):
        return x
    return (x - source[0]) / (source[1] - source[0]) * (target[1] - target[0]) + target[0]


def _batched(function: Any, x: Array, single: bool) -> Array:
    return function(x[None])[0] if single else function(x)


def _bytes(x: Any) -> np.ndarray[Any, Any]:
    host = np.asarray(backend.active().to_numpy(x) if backend.active().is_array(x) else x)
    return host if host.dtype == np.uint8 else np.clip(np.rint(host), 0, 255).astype("uint8")
