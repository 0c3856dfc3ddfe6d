"""decode_deltas_to_boxes: what a detector predicts for its anchors as boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_images.bounding_boxes.convert_format import convert_format
from corne_images.bounding_boxes.encode_box_to_deltas import ENCODINGS, as_variance
from corne_images.bounding_boxes.formats import check_format


def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Sequence[float] | None = None,
    image_shape: Sequence[int] | None = None,
) -> Any:
    """Return boxes from what :func:`encode_box_to_deltas` returned.

    Args:
        anchors: The anchors, or a dictionary of them by level.
        boxes_delta: Encoded boxes; a dictionary with the same keys if ``anchors`` is one.
        anchor_format: Format of the anchors.
        box_format: Format of the result.
        encoded_format: Order of ``boxes_delta``: "center_xywh" or "center_yxhw". Default "center_yxhw".
        variance: What the four numbers were divided by. Default None: ones.
        image_shape: Height, width and channels; needed for ``rel_`` formats. Default None.

    Shapes:
        anchors and boxes_delta ``(..., 4)``; output the same.

    Raises:
        ArgumentError: An unknown format, or a ``variance`` that isn't four numbers.

    Source: Ren et al. 2015, equation 2, https://arxiv.org/abs/1506.01497

    >>> decode_deltas_to_boxes([[0.0, 0.0, 4.0, 4.0]], [[0.0, 0.5, 0.0, 0.0]], "xyxy", "xyxy").tolist()
    [[2.0, 0.0, 6.0, 4.0]]
    """
    where = "bounding_boxes.decode_deltas_to_boxes"
    encoding = check_format(f"{where}(encoded_format=…)", encoded_format, ENCODINGS)
    factors = as_variance(f"{where}(variance=…)", variance)
    height, width = (None, None) if image_shape is None else (image_shape[0], image_shape[1])

    def decode(anchor: Array, delta: Array) -> Array:
        anchor = convert_format(anchor, anchor_format, encoding, height, width)
        delta = ops.convert_to_tensor(delta)
        delta = delta if factors is None else delta * factors
        centers = delta[..., :2] * anchor[..., 2:] + anchor[..., :2]
        boxes = ops.concatenate([centers, ops.exp(delta[..., 2:]) * anchor[..., 2:]], axis=-1)
        return convert_format(boxes, encoding, box_format, height, width)

    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        return {level: decode(anchor, boxes_delta[level]) for level, anchor in anchors.items()}
    return decode(anchors, boxes_delta)
