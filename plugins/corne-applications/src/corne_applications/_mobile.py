"""Which of the published sizes of the MobileNets a model is for."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import replace

from corne_applications import _input_shape
from corne_applications.application import Options


def published_size(
    title: str, options: Options, sizes: Sequence[int], least: int
) -> tuple[int, int | None, _input_shape.Shape]:
    """Return the size whose weights are meant, the height for the model's name, and the input's shape.

    Weights were published for several sizes. Features of any other size take those for 224 pixels.

    Args:
        title: The architecture, for messages.
        options: What was asked for.
        sizes: Heights in pixels that weights were published for.
        least: Smallest height and width, in pixels.

    Raises:
        ArgumentError: The shape doesn't fit the architecture or the weights.
    """
    default: int = 224
    if options.input_shape is not None and len(options.input_shape) == 3:
        height, width, _ = _input_shape.split(tuple(options.input_shape))
        if height is not None and height == width and height in sizes:
            default = height
    shape = _input_shape.settled(title, options, default, least)
    rows, columns, _ = _input_shape.split(shape)
    if options.weights == "imagenet" and (rows != columns or rows not in sizes):
        if rows is not None:
            warnings.warn(
                f"{title}: weights for 224 by 224 pixels are used for {rows} by {columns}", stacklevel=4
            )
        rows = 224
    return default, rows, shape


def named(options: Options, name: str) -> Options:
    """Return the options with a name for the model where they have none."""
    return options if options.name else replace(options, name=name)
