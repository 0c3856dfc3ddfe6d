"""What belongs to ImageNet rather than to an architecture: scaling of pixels, and names of classes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from corne import backend, checks, config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError

#: Means and deviations of ImageNet's channels, with pixels of 0 to 1 in RGB and of 0 to 255 in BGR order.
_MEAN_RGB, _DEVIATION_RGB = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
_MEAN_BGR = (103.939, 116.779, 123.68)

MODES = ("caffe", "tf", "torch")


def preprocess_input(x: Array, data_format: str | None = None, mode: str = "caffe") -> Array:
    """Scale pixels of 0 to 255 as an architecture's trained weights expect them.

    - ``"caffe"``: from RGB to BGR, and each channel's mean in ImageNet subtracted;
    - ``"tf"``: to -1 to 1;
    - ``"torch"``: to 0 to 1, then normalized by ImageNet's means and deviations.

    Args:
        x: Images, symbolic ones too. A NumPy array is not changed: the result is a new one.
        data_format: ``"channels_last"`` or ``"channels_first"``. Default: as configured.
        mode: One of the three. Default ``"caffe"``.

    Shapes:
        x ``(..., height, width, 3)``, or ``(..., 3, height, width)`` with channels first; result the same.

    Raises:
        ArgumentError: Unknown ``mode`` or ``data_format``.
        ShapeError: There are not 3 channels, in the modes that scale them one by one.

    >>> preprocess_input(np.array([[[0.0, 127.5, 255.0]]]), mode="tf").tolist()
    [[[-1.0, 0.0, 1.0]]]
    """
    if mode not in MODES:
        raise ArgumentError("preprocess_input(mode=…)", f"one of {', '.join(MODES)}", repr(mode), "")
    data_format = config.image_data_format() if data_format is None else data_format
    if data_format not in ("channels_last", "channels_first"):
        raise ArgumentError(
            "preprocess_input(data_format=…)", "'channels_last' or 'channels_first'", repr(data_format), ""
        )
    if not hasattr(x, "shape"):
        x = np.asarray(x)
    axis = -1 if data_format == "channels_last" else -3
    if mode != "tf" and (len(x.shape) < 3 or x.shape[axis] != 3):
        raise ShapeError(
            "preprocess_input(x)", f"3 channels on axis {axis}", f"shape {tuple(x.shape)}",
            "Images have a height, a width and 3 channels.",
        )  # fmt: skip
    if isinstance(x, np.ndarray):
        x = x if x.dtype.kind == "f" else x.astype(config.floatx())
        return _scaled(x, mode, axis, lambda values: np.asarray(values, x.dtype), np.flip)
    if not str(x.dtype).rpartition(".")[2].startswith(("float", "bfloat")):
        x = ops.cast(x, config.floatx())
    dtype = x.dtype
    return _scaled(x, mode, axis, lambda values: ops.convert_to_tensor(values, dtype=dtype), ops.flip)


def _scaled(x: Any, mode: str, axis: int, constant: Callable[[Any], Any], flip: Callable[..., Any]) -> Any:
    if mode == "tf":
        return x / 127.5 - 1.0

    def by_channel(values: tuple[float, ...]) -> Any:
        return constant(np.reshape(values, (3,) if axis == -1 else (3, 1, 1)))

    if mode == "torch":
        return (x / 255.0 - by_channel(_MEAN_RGB)) / by_channel(_DEVIATION_RGB)
    return flip(x, axis=axis) - by_channel(_MEAN_BGR)


def decode_predictions(preds: Array, top: int = 5) -> list[list[tuple[str, str, float]]]:
    """Name the classes with the highest scores. Nothing is fetched: the names are part of the package.

    Args:
        preds: Scores of ImageNet's 1000 classes.
        top: How many to name. Default 5.

    Shapes:
        preds ``(images, 1000)``.

    Returns:
        For each image a list of ``(WordNet id, name, score)``, highest score first.

    Raises:
        ShapeError: ``preds`` has another shape.
        ArgumentError: ``top`` is not between 1 and 1000.

    >>> [[best]] = decode_predictions(np.eye(1, 1000, 985), top=1)
    >>> best[:2], float(best[2])
    (('n11939491', 'daisy'), 1.0)
    """
    shape = tuple(np.shape(preds)) if not hasattr(preds, "shape") else tuple(preds.shape)
    if len(shape) != 2 or shape[1] != 1000:
        raise ShapeError(
            "decode_predictions(preds)", "shape (images, 1000)", f"shape {shape}",
            "Only models with ImageNet's 1000 classes have these names.",
        )  # fmt: skip
    top = checks.integer("decode_predictions(top=…)", top, least=1, most=1000)
    scores = np.asarray(preds) if isinstance(preds, (np.ndarray, list)) else backend.active().to_numpy(preds)
    names = class_names()
    order = np.argsort(scores, axis=1, kind="stable")[:, ::-1][:, :top]
    return [[(*names[i], row[i]) for i in best] for row, best in zip(scores, order, strict=True)]


@cache
def class_names() -> tuple[tuple[str, str], ...]:
    """Return the WordNet id and name of each of ImageNet's 1000 classes, in the order of the outputs.

    Source: ILSVRC 2012, https://www.image-net.org/challenges/LSVRC/2012/

    >>> class_names()[0]
    ('n01440764', 'tench')
    """
    lines = (files("corne_applications") / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines()
    return tuple((wnid, name) for wnid, _, name in (line.partition(" ") for line in lines))
