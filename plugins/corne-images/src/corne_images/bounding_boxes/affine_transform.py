"""affine_transform: bounding boxes around rotated, scaled, sheared and moved boxes."""

from __future__ import annotations

import math

from corne import ops
from corne.backend import Array
from corne.errors import ShapeError

from corne_images.bounding_boxes.formats import check_boxes, check_format


def affine_transform(
    boxes: Array,
    angle: Array,
    translate_x: Array,
    translate_y: Array,
    scale: Array,
    shear_x: Array,
    shear_y: Array,
    height: int,
    width: int,
    center_x: Array | float | None = None,
    center_y: Array | float | None = None,
    bounding_box_format: str = "xyxy",
) -> Array:
    """Return the smallest upright boxes around boxes that are turned with their images.

    Args:
        boxes: In pixels.
        angle: Of each image, in degrees.
        translate_x: Of each image, as a fraction of ``width - 1``.
        translate_y: Of each image, as a fraction of ``height - 1``.
        scale: Of each image: above 1 is larger.
        shear_x: Of each image, in degrees.
        shear_y: Of each image, in degrees.
        height: Of the images, in pixels.
        width: Of the images, in pixels.
        center_x: What stays in place, as a fraction of the width. Default None: 0.5.
        center_y: As ``center_x``. Default None: 0.5.
        bounding_box_format: Must be "xyxy". Default "xyxy".

    Shapes:
        boxes ``(batch, boxes, 4)``; angle, translations, scale and shears ``(batch,)``; output like boxes.

    Raises:
        ArgumentError: Another format.
        ShapeError: ``boxes`` doesn't have three axes.

    >>> half_turn = affine_transform([[[0.0, 0.0, 2.0, 1.0]]], [180.0], [0.0], [0.0], [1.0], [0.0], [0.0], 5, 5)
    >>> [[round(x) for x in box] for box in half_turn[0].tolist()]
    [[2, 3, 4, 4]]
    """
    where = "bounding_boxes.affine_transform"
    check_format(f"{where}(bounding_box_format=…)", bounding_box_format, ("xyxy",))
    boxes = check_boxes(f"{where}(boxes)", boxes)
    if len(boxes.shape) != 3:
        raise ShapeError(f"{where}(boxes)", "boxes (batch, boxes, 4)", f"shape {tuple(boxes.shape)}")
    angle, translate_x, translate_y, scale, shear_x, shear_y = (
        ops.cast(ops.convert_to_tensor(x), "float32")
        for x in (angle, translate_x, translate_y, scale, shear_x, shear_y)
    )
    radian = math.pi / 180
    turn, lean_x, lean_y = -angle * radian, -shear_x * radian, -shear_y * radian
    middle_x = (0.5 if center_x is None else center_x) * (width - 1)
    middle_y = (0.5 if center_y is None else center_y) * (height - 1)
    from_x, from_y = middle_x - translate_x * (width - 1), middle_y - translate_y * (height - 1)

    # The inverse of rotation, shear and scale, as it maps places of the old image to those of the new.
    a = ops.cos(turn - lean_y) / ops.cos(lean_y)
    b = a * ops.tan(lean_x) + ops.sin(turn)
    c = -ops.sin(turn - lean_y) / ops.cos(lean_y)
    d = ops.cos(turn) - c * ops.tan(lean_x)
    a0, a1, b0, b1 = (x[:, None, None] for x in (d * scale, -b * scale, -c * scale, a * scale))
    from_x, from_y = from_x[:, None, None], from_y[:, None, None]

    boxes = ops.cast(boxes, "float32")
    x = ops.stack([boxes[..., 0], boxes[..., 2], boxes[..., 2], boxes[..., 0]], axis=-1) - from_x
    y = ops.stack([boxes[..., 1], boxes[..., 1], boxes[..., 3], boxes[..., 3]], axis=-1) - from_y
    new_x = a0 * x + a1 * y + middle_x
    new_y = b0 * x + b1 * y + middle_y
    return ops.stack(
        [ops.min(new_x, axis=-1), ops.min(new_y, axis=-1), ops.max(new_x, axis=-1), ops.max(new_y, axis=-1)],
        axis=-1,
    )
