"""Rescaling: a multiplication and an addition."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import config, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer


class Rescaling(Layer):
    """Multiply the inputs by a factor and add an offset.

    ``y = scale * x + offset``

    Args:
        scale: The factor: a number, or a list with one for each channel.
        offset: What is added: a number or such a list. Default 0.0.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input any, of any number dtype; output the same, in the compute dtype. Lists run along the last
        axis, or along the channels if ``config.image_data_format()`` is "channels_first".

    Raises:
        ArgumentError: ``scale`` or ``offset`` is not a number or a list of numbers.

    >>> import numpy as np
    >>> np.round(np.asarray(Rescaling(1 / 255)(np.array([0, 51, 255], "uint8")), "float64"), 3).tolist()
    [0.0, 0.2, 1.0]
    """

    def __init__(self, scale: Any, offset: Any = 0.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.scale = _plain("Rescaling(scale=…)", scale)
        self.offset = _plain("Rescaling(offset=…)", offset)
        self.supports_masking = True

    def call(self, inputs: Array) -> Array:
        """Compute ``scale * inputs + offset``."""
        inputs = ops.cast(inputs, self.compute_dtype)
        return ops.add(ops.multiply(inputs, self._constant(self.scale)), self._constant(self.offset))

    def _constant(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        constant = np.asarray(value)
        if config.image_data_format() == "channels_first":
            constant = constant.reshape(*constant.shape, *(1,) * (3 - constant.ndim))
        return ops.convert_to_tensor(constant, dtype=self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "scale": self.scale, "offset": self.offset}


def _plain(where: str, value: Any) -> Any:
    """Return numbers as Python's, so that JSON holds them."""
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "biuf":
            raise ValueError
    except ValueError as error:
        raise ArgumentError(
            where, "a number, or a list with one for each channel", repr(value), "Use 1 / 255 for images."
        ) from error
    return array.tolist()
