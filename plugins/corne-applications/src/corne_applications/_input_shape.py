"""The shape of the images that a model takes."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from corne import config
from corne.errors import ArgumentError

if TYPE_CHECKING:
    from corne_applications.application import Options

Shape = tuple[int | None, ...]


def channels_first() -> bool:
    """Return whether the channels are axis 1."""
    return config.image_data_format() == "channels_first"


def with_channels(height: int | None, width: int | None, channels: int | None) -> Shape:
    """Return an image's shape in the present layout."""
    return (channels, height, width) if channels_first() else (height, width, channels)


def split(shape: Shape) -> tuple[int | None, int | None, int | None]:
    """Return the height, width and channels of an image's shape."""
    if channels_first():
        channels, height, width = shape
    else:
        height, width, channels = shape
    return height, width, channels


def settled(title: str, options: Options, size: int, least: int) -> Shape:
    """Return the shape of one image, checked.

    Args:
        title: The architecture, for messages.
        options: What was asked for.
        size: Default height and width, in pixels.
        least: Smallest height and width, in pixels.

    Raises:
        ArgumentError: The shape has not 3 axes, is too small, or doesn't go with the weights or the classifier.
    """
    where = f"{title}(input_shape=…)"
    shape = options.input_shape
    pretrained = options.weights == "imagenet"
    if shape is None:
        return with_channels(size, size, 3) if options.include_top else with_channels(None, None, 3)
    shape = tuple(shape)
    if len(shape) != 3:
        raise ArgumentError(where, "a tuple of 3 sizes, such as (224, 224, 3)", repr(shape), "")
    height, width, channels = split(shape)
    if pretrained and options.include_top and shape != with_channels(size, size, 3):
        raise ArgumentError(
            where, f"{with_channels(size, size, 3)}, as weights='imagenet' with the classifier need",
            repr(shape), "Pass include_top=False, or resize the images.",
        )  # fmt: skip
    if pretrained and channels != 3:
        raise ArgumentError(
            where, "3 channels, as weights='imagenet' need", str(channels), "Repeat gray images three times."
        )
    if channels not in (1, 3):
        warnings.warn(f"{where}: usually 1 or 3 channels, not {channels}", stacklevel=4)
    if any(side is not None and side < least for side in (height, width)):
        raise ArgumentError(where, f"at least {least} by {least} pixels", repr(shape), "Resize the images.")
    if options.include_top and None in shape:
        raise ArgumentError(
            where, "fixed sizes with include_top=True", repr(shape), "Or pass include_top=False."
        )
    return shape
