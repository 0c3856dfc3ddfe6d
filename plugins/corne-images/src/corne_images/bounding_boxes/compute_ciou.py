"""compute_ciou: overlap of pairs of boxes, less for those far apart or of another form."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corne import config, ops
from corne.backend import Array

from corne_images.bounding_boxes.compute_iou import image_size
from corne_images.bounding_boxes.convert_format import convert_format


def compute_ciou(
    boxes1: Array, boxes2: Array, bounding_box_format: str, image_shape: Sequence[int] | None = None
) -> Array:
    """Return the complete intersection over union of pairs of boxes.

    ``iou - distance(centers)^2 / diagonal(box around both)^2 - v * alpha``, where ``v`` compares the ratios
    of height and width and ``alpha = v / (1 - iou + v)``.

    Args:
        boxes1: The first box of each pair.
        boxes2: The second box of each pair.
        bounding_box_format: Format of both.
        image_shape: Height, width and channels; needed for ``rel_`` formats. Default None.

    Shapes:
        boxes1 and boxes2 ``(..., 4)``; output ``(...)``.

    Raises:
        ArgumentError: An unknown format, or a ``rel_`` one without ``image_shape``.

    Source: Zheng et al. 2021, section 3.3, https://arxiv.org/abs/2005.03572

    >>> round(float(compute_ciou([[0.0, 0.0, 2.0, 2.0]], [[1.0, 0.0, 3.0, 2.0]], "xyxy")[0]), 4)
    0.2564
    """
    epsilon = config.epsilon()
    height, width = image_size("bounding_boxes.compute_ciou", bounding_box_format, image_shape)
    one = convert_format(boxes1, bounding_box_format, "xyxy", height, width)
    two = convert_format(boxes2, bounding_box_format, "xyxy", height, width)
    low1, high1, low2, high2 = one[..., :2], one[..., 2:], two[..., :2], two[..., 2:]
    size1, size2 = high1 - low1, high2 - low2
    width1, height1 = size1[..., 0], size1[..., 1] + epsilon
    width2, height2 = size2[..., 0], size2[..., 1] + epsilon
    sides = ops.maximum(ops.minimum(high1, high2) - ops.maximum(low1, low2), 0.0)
    shared = sides[..., 0] * sides[..., 1]
    union = width1 * height1 + width2 * height2 - shared + epsilon
    iou = shared / (union + epsilon)
    around = ops.maximum(high1, high2) - ops.minimum(low1, low2)
    diagonal = ops.sum(ops.square(around), axis=-1) + epsilon
    distance = ops.sum(ops.square((low1 + high1 - low2 - high2) / 2.0), axis=-1)
    v = 4 / math.pi**2 * ops.square(ops.arctan(width2 / height2) - ops.arctan(width1 / height1))
    alpha = v / (v - iou + (1 + epsilon))
    return iou - (distance / diagonal + v * alpha)
