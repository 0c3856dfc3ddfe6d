"""crop: bounding boxes of a part of an image."""

from __future__ import annotations

from corne import ops
from corne.backend import Array

from corne_images.bounding_boxes.formats import check_boxes, check_format, columns, join


def crop(
    boxes: Array,
    top: Array | float,
    left: Array | float,
    height: Array | float,
    width: Array | float,
    bounding_box_format: str = "xyxy",
) -> Array:
    """Return bounding boxes as seen from a part of the image, cut at its border.

    Args:
        boxes: In pixels of the image.
        top: First row of the part.
        left: First column of the part.
        height: Of the part, in pixels.
        width: Of the part, in pixels.
        bounding_box_format: Must be "xyxy". Default "xyxy".

    Shapes:
        boxes ``(..., 4)``; output the same.

    Raises:
        ArgumentError: Another format.

    >>> crop([[10.0, 10.0, 30.0, 40.0]], top=5, left=15, height=20, width=20).tolist()
    [[0.0, 5.0, 15.0, 20.0]]
    """
    where = "bounding_boxes.crop"
    check_format(f"{where}(bounding_box_format=…)", bounding_box_format, ("xyxy",))
    x1, y1, x2, y2 = columns(check_boxes(f"{where}(boxes)", boxes))
    return join(
        ops.clip(x1 - left, 0, width),
        ops.clip(y1 - top, 0, height),
        ops.clip(x2 - left, 0, width),
        ops.clip(y2 - top, 0, height),
    )
