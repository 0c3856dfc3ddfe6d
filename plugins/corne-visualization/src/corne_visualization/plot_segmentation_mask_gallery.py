"""plot_segmentation_mask_gallery: images beside their masks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from corne.backend import Array

from corne_visualization._pictures import as_rgb, batch
from corne_visualization.draw_segmentation_masks import draw_segmentation_masks
from corne_visualization.plot_image_gallery import plot_image_gallery


def plot_segmentation_mask_gallery(
    images: Array,
    num_classes: int,
    value_range: Sequence[float] = (0, 255),
    y_true: Array | None = None,
    y_pred: Array | None = None,
    color_mapping: Mapping[int, Sequence[int]] | None = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show each image in a row with its true mask and the one that a model says.

    Args:
        images: The images.
        num_classes: Number of classes.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        y_true: True masks: the class of each pixel. Default None.
        y_pred: Predicted masks, likewise. Default None.
        color_mapping: Red, green and blue, from 0 to 255, of each class. Default None: made.
        blend: Whether ``alpha`` counts; otherwise colors cover all. Default True.
        alpha: Opacity of the color, from 0 to 1. Default 0.8.
        ignore_index: A class whose pixels keep their color. Default -1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for plot_image_gallery: ``path``, ``scale``, ``dpi``, ...

    Shapes:
        images ``(batch, height, width, 3 or 1)``; masks ``(batch, height, width, 1)``.

    Raises:
        ShapeError: Masks that don't fit the images.
    """
    where = "plot_segmentation_mask_gallery"
    low, high = value_range
    scaled = (batch(where, images, data_format).astype("float32") - low) * (255 / (high - low))
    pixels = as_rgb(np.clip(scaled, 0, 255).astype("uint8"))
    columns = [pixels]
    for masks in (y_true, y_pred):
        if masks is not None:
            classes = batch(where, masks, data_format).astype("int32")
            columns.append(
                draw_segmentation_masks(
                    pixels, classes, num_classes, color_mapping, alpha, blend, ignore_index, "channels_last"
                )
            )
    gallery = np.stack(columns, axis=1).reshape(-1, *pixels.shape[1:])
    plot_image_gallery(gallery, rows=len(pixels), cols=len(columns), data_format="channels_last", **kwargs)
