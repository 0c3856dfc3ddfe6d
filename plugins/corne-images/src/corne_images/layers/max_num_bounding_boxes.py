"""MaxNumBoundingBoxes: the same number of boxes for each image."""

from __future__ import annotations

from typing import Any

from corne import checks, ops

from corne_images.layers.image_layer import Drawn, ImageLayer


class MaxNumBoundingBoxes(ImageLayer):
    """Cut or fill up the boxes of each image to a fixed number. Images stay as they are.

    Args:
        max_number: Number of boxes.
        fill_value: What fills up boxes and their labels. Default -1.
        **kwargs: As for every image layer.

    Shapes:
        boxes ``(batch, any, 4)`` become ``(batch, max_number, 4)``, and their labels likewise.

    Raises:
        ArgumentError: ``max_number`` is no positive integer.

    >>> import numpy as np
    >>> layer = MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
    >>> boxes = {"boxes": np.ones((1, 4)), "labels": np.array([5])}
    >>> layer({"images": np.zeros((3, 3, 1)), "bounding_boxes": boxes})["bounding_boxes"]["labels"].tolist()
    [5, -1]
    """

    always = True
    keeps_dtype = True

    def __init__(self, max_number: int, fill_value: int = -1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_number = checks.integer("MaxNumBoundingBoxes(max_number=…)", max_number, 1)
        self.fill_value = int(fill_value)

    def _boxes(self, given: Any, drawn: Drawn, single: bool, size: tuple[int, int]) -> Any:
        boxes, labels = self._checked_boxes(given, single)
        self._box_format()
        missing = max(self.max_number - boxes.shape[1], 0)
        boxes, labels = boxes[:, : self.max_number], labels[:, : self.max_number]
        if missing:
            boxes = ops.pad(boxes, ((0, 0), (0, missing), (0, 0)), constant_values=self.fill_value)
            labels = ops.pad(labels, ((0, 0), (0, missing)), constant_values=self.fill_value)
        return {"boxes": boxes[0], "labels": labels[0]} if single else {"boxes": boxes, "labels": labels}

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the shapes, with ``max_number`` boxes."""
        result = super().compute_output_shape(input_shape)
        if isinstance(result, dict) and "bounding_boxes" in result:
            shapes = {key: list(shape) for key, shape in result["bounding_boxes"].items()}
            shapes["boxes"][-2] = shapes["labels"][-1] = self.max_number
            result["bounding_boxes"] = {key: tuple(shape) for key, shape in shapes.items()}
        return result

    def compute_output_spec(self, data: Any, training: bool = True) -> Any:
        """Return SymbolicTensors like the outputs."""
        result = super().compute_output_spec(data, training)
        if isinstance(result, dict) and "bounding_boxes" in result:
            given = result["bounding_boxes"]
            shapes = self.compute_output_shape(
                {"bounding_boxes": {key: spec.shape for key, spec in given.items()}}
            )["bounding_boxes"]
            result["bounding_boxes"] = {
                key: type(spec)(shapes[key], spec.dtype) for key, spec in given.items()
            }
        return result
