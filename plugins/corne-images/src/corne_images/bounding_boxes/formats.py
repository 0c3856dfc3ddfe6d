"""The formats of bounding boxes, and the way from each to ``xyxy`` and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError

#: ``x``, ``y``, ``w``, ``h`` in pixels, or as fractions of width and height after ``rel_``.
FORMATS = (
    "xyxy", "yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh",
)  # fmt: skip


def check_format(where: str, value: Any, allowed: Sequence[str] = FORMATS) -> str:
    """Return a format's name in lower case after checking that it is one of ``allowed``."""
    name = value.lower() if isinstance(value, str) else value
    if name not in allowed:
        raise ArgumentError(where, f"one of {', '.join(allowed)}", repr(value))
    return str(name)


def check_boxes(where: str, boxes: Array) -> Array:
    """Return boxes as an array after checking that the last axis holds four numbers."""
    boxes = ops.convert_to_tensor(boxes)
    if not boxes.shape or boxes.shape[-1] != 4:
        raise ShapeError(where, "boxes (..., 4)", f"shape {tuple(boxes.shape)}")
    return boxes


def columns(boxes: Array) -> tuple[Array, Array, Array, Array]:
    """Return the four numbers of each box, each ``(..., 1)``."""
    return boxes[..., 0:1], boxes[..., 1:2], boxes[..., 2:3], boxes[..., 3:4]


def join(*parts: Array) -> Array:
    """Return boxes from their four columns."""
    return ops.concatenate(list(parts), axis=-1)


def to_xyxy(boxes: Array, source: str, height: Array, width: Array) -> Array:
    """Return boxes of any format as left, top, right, bottom in pixels.

    A ``rel_`` format is scaled by height and width; pass ones to leave fractions as they are.
    """
    a, b, c, d = columns(boxes)
    if source.startswith("rel_"):
        name = source.removeprefix("rel_")
        if name == "center_xywh":
            a, b, c, d = a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0
        elif name == "xywh":
            c, d = a + c, b + d
        elif name == "yxyx":
            a, b, c, d = b, a, d, c
        return join(a * width, b * height, c * width, d * height)
    if source == "yxyx":
        return join(b, a, d, c)
    if source == "xywh":
        return join(a, b, a + c, b + d)
    if source == "center_yxhw":
        a, b, c, d = b, a, d, c
    if source.startswith("center_"):
        return join(a - c / 2.0, b - d / 2.0, a + c / 2.0, b + d / 2.0)
    return boxes


def from_xyxy(boxes: Array, target: str, height: Array, width: Array) -> Array:
    """Return boxes given as left, top, right, bottom in pixels in another format."""
    x1, y1, x2, y2 = columns(boxes)
    name = target.removeprefix("rel_")
    if name in ("xywh", "center_xywh", "center_yxhw"):
        w, h = x2 - x1, y2 - y1
        if name.startswith("center_"):
            x1, y1 = x1 + w / 2.0, y1 + h / 2.0
        x2, y2 = w, h
    if target.startswith("rel_"):
        x1, y1, x2, y2 = x1 / width, y1 / height, x2 / width, y2 / height
    return join(y1, x1, y2, x2) if name in ("yxyx", "center_yxhw") else join(x1, y1, x2, y2)
