"""convert_format: bounding boxes in another format."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.bounding_boxes.formats import check_boxes, check_format, from_xyxy, to_xyxy


def convert_format(
    boxes: Any,
    source: str,
    target: str,
    height: Array | float | None = None,
    width: Array | float | None = None,
    dtype: str = "float32",
) -> Any:
    """Return bounding boxes in another format.

    ===================  =====================================================
    ``xyxy``             left, top, right, bottom, in pixels
    ``yxyx``             top, left, bottom, right
    ``xywh``             left, top, width, height
    ``center_xywh``      center x, center y, width, height
    ``center_yxhw``      center y, center x, height, width
    ``rel_xyxy``         as ``xyxy``, in fractions of the image's width and height
    ``rel_yxyx``         as ``yxyx``, in fractions
    ``rel_xywh``         as ``xywh``, in fractions
    ``rel_center_xywh``  as ``center_xywh``, in fractions
    ===================  =====================================================

    Args:
        boxes: Boxes, or a dictionary whose entry "boxes" holds them; its other entries are kept.
        source: Their format.
        target: The format to return.
        height: Of the image, in pixels. Needed between fractions and pixels. Default None.
        width: As ``height``. Default None.
        dtype: Of the result. Default "float32".

    Shapes:
        boxes ``(..., 4)``; output the same.

    Raises:
        ArgumentError: An unknown format, or no ``height`` and ``width`` where they are needed.
        ShapeError: The last axis doesn't hold four numbers.

    >>> convert_format([[10.0, 20.0, 30.0, 60.0]], "xyxy", "xywh").tolist()
    [[10.0, 20.0, 20.0, 40.0]]
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    where = "bounding_boxes.convert_format"
    source = check_format(f"{where}(source=…)", source)
    target = check_format(f"{where}(target=…)", target)
    boxes = ops.cast(check_boxes(f"{where}(boxes)", boxes), dtype)
    relative = source.startswith("rel_"), target.startswith("rel_")
    if any(relative) and (height is None or width is None):
        raise ArgumentError(
            f"{where}(height=…, width=…)", f"the image's size, to convert {source} to {target}",
            f"height={height!r}, width={width!r}",
        )  # fmt: skip
    if source == target:
        return boxes
    if all(relative):  # fractions stay fractions
        source, target = source.removeprefix("rel_"), target.removeprefix("rel_")
    if height is not None:
        height = ops.cast(height, dtype)
    if width is not None:
        width = ops.cast(width, dtype)
    return from_xyxy(to_xyxy(boxes, source, height, width), target, height, width)
