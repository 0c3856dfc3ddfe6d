"""compute_iou: how far boxes overlap."""

from __future__ import annotations

from collections.abc import Sequence

from corne import config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError

from corne_images.bounding_boxes.convert_format import convert_format


def compute_iou(
    boxes1: Array,
    boxes2: Array,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Sequence[int] | None = None,
) -> Array:
    """Return the intersection over union of each box of one set with each of another.

    Args:
        boxes1: The first set.
        boxes2: The second set.
        bounding_box_format: Format of both.
        use_masking: Whether pairs with a box whose numbers are all negative get ``mask_val``. Default False.
        mask_val: Value of those pairs. Default -1.
        image_shape: Height, width and channels; needed for ``rel_`` formats. Default None.

    Shapes:
        boxes1 ``(n, 4)`` or ``(batch, n, 4)``, boxes2 ``(m, 4)`` or ``(batch, m, 4)``; output ``(n, m)`` or
        ``(batch, n, m)``.

    Raises:
        ArgumentError: An unknown format, or a ``rel_`` one without ``image_shape``.
        ShapeError: Boxes with neither two nor three axes.

    >>> round(float(compute_iou([[0.0, 0.0, 2.0, 2.0]], [[1.0, 0.0, 3.0, 2.0]], "xyxy")[0, 0]), 4)
    0.3333
    """
    where = "bounding_boxes.compute_iou"
    height, width = image_size(where, bounding_box_format, image_shape)
    sets = []
    for name, boxes in (("boxes1", boxes1), ("boxes2", boxes2)):
        boxes = convert_format(boxes, bounding_box_format, "xyxy", height, width)
        if len(boxes.shape) not in (2, 3):
            raise ShapeError(f"{where}({name})", "two or three axes", f"shape {tuple(boxes.shape)}")
        sets.append(boxes)
    one, two = sets[0][..., :, None, :], sets[1][..., None, :, :]
    low = ops.maximum(one[..., :2], two[..., :2])
    high = ops.minimum(one[..., 2:], two[..., 2:])
    sides = ops.maximum(high - low, 0.0)
    shared = sides[..., 0] * sides[..., 1]
    union = _area(one) + _area(two) - shared
    result = shared / (union + config.epsilon())
    if not use_masking:
        return result
    absent = ops.logical_or(ops.max(one, axis=-1) < 0, ops.max(two, axis=-1) < 0)
    return ops.where(absent, ops.full_like(result, mask_val), result)


def image_size(
    where: str, bounding_box_format: str, image_shape: Sequence[int] | None
) -> tuple[int | None, int | None]:
    """Return height and width; None without a shape, which only formats in pixels allow."""
    if image_shape is not None:
        return image_shape[0], image_shape[1]
    if "rel" in str(bounding_box_format):
        raise ArgumentError(
            f"{where}(image_shape=…)", f"height, width and channels, for {bounding_box_format}", "None"
        )
    return None, None


def _area(boxes: Array) -> Array:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
