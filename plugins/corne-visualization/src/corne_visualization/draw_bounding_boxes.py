"""draw_bounding_boxes: boxes and their names on images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from corne.backend import Array
from corne.errors import DataError
from numpy.typing import NDArray

from corne_visualization._pictures import as_bytes, as_rgb, batch, to_numpy


def draw_bounding_boxes(
    images: Array,
    bounding_boxes: Mapping[str, Array],
    bounding_box_format: str,
    class_mapping: Mapping[int, str] | None = None,
    color: Sequence[int] = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int | None = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> NDArray[np.uint8]:
    """Return images with boxes drawn on them.

    Args:
        images: From 0 to 255, or from 0 to 1.
        bounding_boxes: "boxes", "labels" (-1 for a box that isn't drawn) and, if you like, "confidences".
        bounding_box_format: As in ``utils.bounding_boxes.convert_format``.
        class_mapping: Names of labels, written at their boxes. Default None: none.
        color: Red, green and blue, from 0 to 255. Default gray.
        line_thickness: In pixels. Default 2.
        text_thickness: Of the letters' strokes, in pixels. Default 1; None stands for ``line_thickness``.
        font_scale: 1 writes letters of 12 pixels. Default 1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, 3 or 1)``; boxes ``(batch, boxes, 4)``; labels and confidences
        ``(batch, boxes)``; output ``(batch, height, width, 3)``, always with the channels last.

    Raises:
        DataError: ``bounding_boxes`` without "boxes" or "labels".
        ShapeError: ``images`` don't have four axes.

    >>> boxes = {"boxes": [[[1.0, 1.0, 6.0, 6.0]]], "labels": [[0]]}
    >>> drawn = draw_bounding_boxes(np.zeros((1, 8, 8, 3)), boxes, "xyxy", color=(255, 0, 0), line_thickness=1)
    >>> drawn[0, 1, 1].tolist(), drawn[0, 3, 3].tolist()
    ([255, 0, 0], [0, 0, 0])
    """
    from corne.utils import bounding_boxes as arithmetic
    from PIL import Image, ImageDraw, ImageFont

    where = "draw_bounding_boxes"
    pixels = as_bytes(batch(where, images, data_format))
    if not isinstance(bounding_boxes, Mapping) or not {"boxes", "labels"} <= set(bounding_boxes):
        raise DataError(
            f"{where}(bounding_boxes)", "a dictionary with 'boxes' and 'labels'", f"{bounding_boxes!r:.80}"
        )
    height, width = pixels.shape[1:3]
    boxes = to_numpy(
        arithmetic.convert_format(bounding_boxes["boxes"], bounding_box_format, "xyxy", height, width)
    )
    labels = to_numpy(bounding_boxes["labels"]).astype(int)
    confidences = bounding_boxes.get("confidences")
    confidences = None if confidences is None else to_numpy(confidences)
    ink = tuple(int(part) for part in color)
    font = ImageFont.load_default(max(6.0, 12 * font_scale))
    stroke = max((line_thickness if text_thickness is None else text_thickness) - 1, 0) // 2
    names = dict(class_mapping or {})
    drawn = []
    for i, image in enumerate(pixels):
        canvas = Image.fromarray(as_rgb(image))
        pen = ImageDraw.Draw(canvas)
        for j, corners in enumerate(boxes[i]):
            label = int(labels[i, j])
            if label == -1:
                continue
            left, top, right, bottom = (int(x) for x in corners)
            grown = line_thickness // 2  # the middle of the line lies on the box
            outline = (left - grown, top - grown, max(right, left) + grown, max(bottom, top) + grown)
            pen.rectangle(outline, outline=ink, width=line_thickness)
            if label in names:
                text = names[label] if confidences is None else f"{names[label]} | {confidences[i, j]:.2f}"
                pen.text(
                    _corner(left, top, font_scale, line_thickness), text, ink, font, stroke_width=stroke,
                    stroke_fill=ink,
                )  # fmt: skip
        drawn.append(np.asarray(canvas))
    return np.stack(drawn) if drawn else pixels


def _corner(left: int, top: int, font_scale: float, line: int) -> tuple[int, int]:
    """Return where a name starts: above the box, or inside it where there is no room."""
    letters = int(15 * font_scale)
    return (left, top - letters - line) if top - letters - line > 0 else (left + line + 2, top + line)
