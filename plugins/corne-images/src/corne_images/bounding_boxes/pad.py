"""pad: bounding boxes of an image that got margins."""

from __future__ import annotations

from corne.backend import Array

from corne_images.bounding_boxes.formats import check_boxes, check_format, columns, join


def pad(
    boxes: Array,
    top: Array | float,
    left: Array | float,
    height: Array | float | None = None,
    width: Array | float | None = None,
    bounding_box_format: str = "xyxy",
) -> Array:
    """Return bounding boxes of an image to which rows and columns were added.

    Args:
        boxes: In pixels of the image as it was.
        top: Rows that were added above.
        left: Columns that were added on the left.
        height: Of the new image: not needed, as Keras has it. Default None.
        width: As ``height``. Default None.
        bounding_box_format: Must be "xyxy". Default "xyxy".

    Shapes:
        boxes ``(..., 4)``; output the same.

    Raises:
        ArgumentError: Another format.

    >>> pad([[10.0, 10.0, 30.0, 40.0]], top=5, left=1).tolist()
    [[11.0, 15.0, 31.0, 45.0]]
    """
    where = "bounding_boxes.pad"
    check_format(f"{where}(bounding_box_format=…)", bounding_box_format, ("xyxy",))
    x1, y1, x2, y2 = columns(check_boxes(f"{where}(boxes)", boxes))
    return join(x1 + left, y1 + top, x2 + left, y2 + top)
