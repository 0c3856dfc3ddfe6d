"""clip_to_image_size: bounding boxes cut at the image's border."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.bounding_boxes.formats import check_boxes, check_format, columns, join


def clip_to_image_size(
    bounding_boxes: dict[str, Any],
    height: Array | float | None = None,
    width: Array | float | None = None,
    bounding_box_format: str = "xyxy",
) -> dict[str, Any]:
    """Cut bounding boxes at the image's border; the label of a box of which nothing is left becomes -1.

    Args:
        bounding_boxes: A dictionary with "boxes" and, if there are any, "labels".
        height: Of the image, in pixels; needed for "xyxy". Default None.
        width: As ``height``. Default None.
        bounding_box_format: "xyxy" or "rel_xyxy". Default "xyxy".

    Shapes:
        boxes ``(..., 4)``, labels ``(...)``; output the same.

    Raises:
        ArgumentError: Another format, or no ``height`` and ``width`` with "xyxy".

    >>> clip_to_image_size({"boxes": [[-5.0, 2.0, 30.0, 8.0]]}, 10, 20)["boxes"].tolist()
    [[0.0, 2.0, 20.0, 8.0]]
    """
    where = "bounding_boxes.clip_to_image_size"
    check_format(f"{where}(bounding_box_format=…)", bounding_box_format, ("xyxy", "rel_xyxy"))
    boxes = check_boxes(f"{where}(boxes)", bounding_boxes["boxes"])
    if bounding_box_format == "rel_xyxy":
        height = width = 1.0
    elif height is None or width is None:
        raise ArgumentError(
            f"{where}(height=…, width=…)", "the image's size in pixels", f"height={height!r}, width={width!r}"
        )
    x1, y1, x2, y2 = columns(boxes)
    zero = ops.zeros_like(x1)
    across, down = ops.cast(width, boxes.dtype), ops.cast(height, boxes.dtype)
    x1, x2 = (ops.minimum(ops.maximum(x, zero), across) for x in (x1, x2))
    y1, y2 = (ops.minimum(ops.maximum(y, zero), down) for y in (y1, y2))
    result = {**bounding_boxes, "boxes": join(x1, y1, x2, y2)}
    labels = bounding_boxes.get("labels")
    if labels is not None:
        labels = ops.convert_to_tensor(labels)
        covered = ((x2 - x1) * (y2 - y1))[..., 0] > 0
        result["labels"] = ops.where(covered, labels, ops.full_like(labels, -1))
    return result
