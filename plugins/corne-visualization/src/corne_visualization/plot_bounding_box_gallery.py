"""plot_bounding_box_gallery: images with true and predicted boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from corne.backend import Array
from corne.errors import ArgumentError

from corne_visualization._pictures import batch
from corne_visualization.draw_bounding_boxes import draw_bounding_boxes
from corne_visualization.plot_image_gallery import plot_image_gallery


def plot_bounding_box_gallery(
    images: Array,
    bounding_box_format: str,
    y_true: Mapping[str, Array] | None = None,
    y_pred: Mapping[str, Array] | None = None,
    value_range: Sequence[float] = (0, 255),
    true_color: Sequence[int] = (0, 188, 212),
    pred_color: Sequence[int] = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: Mapping[int, str] | None = None,
    ground_truth_mapping: Mapping[int, str] | None = None,
    prediction_mapping: Mapping[int, str] | None = None,
    legend: bool = False,
    legend_handles: Sequence[Any] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Show images with the boxes that are true and those that a model says.

    Args:
        images: The images.
        bounding_box_format: As in ``utils.bounding_boxes.convert_format``.
        y_true: True boxes: "boxes" and "labels". Default None.
        y_pred: Predicted boxes, likewise, and "confidences" if you like. Default None.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        true_color: Red, green and blue of true boxes. Default cyan.
        pred_color: Red, green and blue of predicted boxes. Default yellow.
        line_thickness: In pixels. Default 2.
        font_scale: 1 writes letters of 12 pixels. Default 1.
        text_thickness: Of the letters' strokes, in pixels. Default None: ``line_thickness``.
        class_mapping: Names of labels. Default None: none are written.
        ground_truth_mapping: Names of true labels. Default None: ``class_mapping``.
        prediction_mapping: Names of predicted labels. Default None: ``class_mapping``.
        legend: Whether to explain the two colors below. Default False.
        legend_handles: Matplotlib's handles of another legend. Default None.
        rows: As for plot_image_gallery. Default None.
        cols: As for plot_image_gallery. Default None.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        **kwargs: As for plot_image_gallery: ``path``, ``scale``, ``dpi``, ...

    Shapes:
        images ``(batch, height, width, 3 or 1)``; boxes ``(batch, boxes, 4)``; labels ``(batch, boxes)``.

    Raises:
        ArgumentError: Both ``legend`` and ``legend_handles``.
        DataError: Boxes without "boxes" or "labels".
    """
    from matplotlib.patches import Patch

    where = "plot_bounding_box_gallery"
    if legend and legend_handles:
        raise ArgumentError(where, "legend or legend_handles", "both")
    low, high = value_range
    pixels = (batch(where, images, data_format).astype("float32") - low) * (255 / (high - low))
    drawn = np.clip(pixels, 0, 255).astype("uint8")
    sets = (
        (y_true, true_color, ground_truth_mapping or class_mapping),
        (y_pred, pred_color, prediction_mapping or class_mapping),
    )
    for boxes, color, names in sets:
        if boxes is not None:
            drawn = draw_bounding_boxes(
                drawn, boxes, bounding_box_format, names, color, line_thickness, text_thickness, font_scale,
                data_format="channels_last",
            )  # fmt: skip
    if legend:
        pairs = ((true_color, "Ground Truth"), (pred_color, "Prediction"))
        legend_handles = [Patch(color=(r / 255, g / 255, b / 255), label=word) for (r, g, b), word in pairs]
    plot_image_gallery(
        drawn, legend_handles=legend_handles, rows=rows, cols=cols, data_format="channels_last", **kwargs
    )
