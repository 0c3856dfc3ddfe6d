"""draw_segmentation_masks: classes of pixels as colors on images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from corne import checks
from corne.backend import Array
from corne.errors import DTypeError, ShapeError
from numpy.typing import NDArray

from corne_visualization._pictures import as_rgb, batch

_STEPS = np.array([2**25 - 1, 2**15 - 1, 2**21 - 1])


def draw_segmentation_masks(
    images: Array,
    segmentation_masks: Array,
    num_classes: int | None = None,
    color_mapping: Mapping[int, Sequence[int]] | None = None,
    alpha: float = 0.8,
    blend: bool = True,
    ignore_index: int = -1,
    data_format: str | None = None,
) -> NDArray[np.uint8]:
    """Return images with a color for each class of their masks.

    Args:
        images: From 0 to 255.
        segmentation_masks: The class of each pixel, integers.
        num_classes: Number of classes; pixels of other classes keep their color. Default None: the largest
            class and one more.
        color_mapping: Red, green and blue, from 0 to 255, of each class. Default None: made.
        alpha: Opacity of the color, from 0 to 1. Default 0.8.
        blend: Whether ``alpha`` counts; otherwise colors cover all. Default True.
        ignore_index: A class whose pixels keep their color. Default -1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, 3 or 1)``; masks ``(batch, height, width, 1)``; output
        ``(batch, height, width, 3)``, always with the channels last.

    Raises:
        DTypeError: Masks that aren't integers.
        ShapeError: Masks that don't fit the images.

    >>> masks = np.array([[[[0], [1]]]])
    >>> draw_segmentation_masks(np.zeros((1, 1, 2, 3)), masks, 2, {0: (0, 0, 0), 1: (100, 0, 50)}).tolist()
    [[[[0, 0, 0], [80, 0, 40]]]]
    """
    where = "draw_segmentation_masks"
    pixels = as_rgb(batch(where, images, data_format)).astype("float32")
    masks = batch(where, segmentation_masks, data_format)
    if masks.dtype.kind not in "iu":
        raise DTypeError(f"{where}(segmentation_masks)", "integers", str(masks.dtype), "Take the argmax.")
    if masks.shape != (*pixels.shape[:3], 1):
        expected = (*pixels.shape[:3], 1)
        raise ShapeError(f"{where}(segmentation_masks)", f"shape {expected}", f"shape {masks.shape}")
    alpha = checks.number(f"{where}(alpha=…)", alpha, 0, 1)
    classes = masks[..., 0].astype(int)
    count = int(classes.max(initial=-1)) + 1 if num_classes is None else num_classes
    colors = np.array(
        [color_mapping[i] for i in range(count)]
        if color_mapping is not None
        else [i * _STEPS % 255 for i in range(count)],
        "float32",
    ).reshape(-1, 3)
    shown = (classes >= 0) & (classes < count) & (classes != ignore_index)
    share = alpha if blend else 1.0
    colored = pixels.copy()
    colored[shown] = pixels[shown] * (1 - share) + colors[classes[shown]] * share
    return colored.astype("uint8")
