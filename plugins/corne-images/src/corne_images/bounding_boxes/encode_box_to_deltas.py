"""encode_box_to_deltas: boxes as what a detector predicts for its anchors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import config, ops
from corne.backend import Array
from corne.errors import ArgumentError

from corne_images.bounding_boxes.convert_format import convert_format
from corne_images.bounding_boxes.formats import check_format

ENCODINGS = ("center_xywh", "center_yxhw")


def encode_box_to_deltas(
    anchors: Array,
    boxes: Array,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Sequence[float] | None = None,
    image_shape: Sequence[int] | None = None,
) -> Array:
    """Return boxes relative to anchors: moved centers in anchor sizes, and logarithms of size ratios.

    Args:
        anchors: The anchors.
        boxes: The box of each anchor.
        anchor_format: Format of the anchors.
        box_format: Format of the boxes.
        encoding_format: Order of the result: "center_xywh" or "center_yxhw". Default "center_yxhw".
        variance: What the four numbers are divided by. Default None: ones.
        image_shape: Height, width and channels; needed for ``rel_`` formats. Default None.

    Shapes:
        anchors and boxes ``(..., 4)``; output the same.

    Raises:
        ArgumentError: An unknown format, or a ``variance`` that isn't four numbers.

    Source: Ren et al. 2015, equation 2, https://arxiv.org/abs/1506.01497

    >>> encode_box_to_deltas([[0.0, 0.0, 4.0, 4.0]], [[2.0, 0.0, 6.0, 4.0]], "xyxy", "xyxy").tolist()
    [[0.0, 0.5, 0.0, 0.0]]
    """
    where = "bounding_boxes.encode_box_to_deltas"
    encoding = check_format(f"{where}(encoding_format=…)", encoding_format, ENCODINGS)
    height, width = (None, None) if image_shape is None else (image_shape[0], image_shape[1])
    anchors = convert_format(anchors, anchor_format, encoding, height, width)
    boxes = convert_format(boxes, box_format, encoding, height, width)
    anchor_sizes = ops.maximum(anchors[..., 2:], config.epsilon())
    sizes = ops.maximum(boxes[..., 2:], config.epsilon())
    moved = (boxes[..., :2] - anchors[..., :2]) / anchor_sizes
    deltas = ops.concatenate([moved, ops.log(sizes / anchor_sizes)], axis=-1)
    factors = as_variance(f"{where}(variance=…)", variance)
    return deltas if factors is None else deltas / factors


def as_variance(where: str, variance: Any) -> Array | None:
    """Return a variance as an array of four numbers; None for None."""
    if variance is None:
        return None
    numbers = ops.convert_to_tensor(variance, "float32")
    if not numbers.shape or numbers.shape[-1] != 4:
        raise ArgumentError(where, "four numbers", repr(variance))
    return numbers
