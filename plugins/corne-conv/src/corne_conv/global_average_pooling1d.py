"""GlobalAveragePooling1D: the mean of each channel."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array

from corne_conv._global_pooling import GlobalAveragePooling


class GlobalAveragePooling1D(GlobalAveragePooling):
    """Take the mean of each channel over all places of sequences.

    Masked steps don't count.

    Args:
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        keepdims: Whether the spatial axis stays, with size 1. Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output ``(batch, channels)``; mask ``(batch, steps)``.

    Raises:
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(GlobalAveragePooling1D()(np.ones((2, 8, 3))).shape)
    (2, 3)
    """

    acts_per_sample = True

    rank = 1

    def __init__(self, data_format: str | None = None, keepdims: bool = False, **kwargs: Any) -> None:
        super().__init__(data_format, keepdims, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Array, mask: Array | None = None) -> Array:
        """Take the mean of the real steps of each channel."""
        if mask is None:
            return super().call(inputs)
        real = ops.expand_dims(ops.cast(mask, "bool"), -1 if self.data_format == "channels_last" else 1)
        (axis,) = self.spatial_axes
        total = ops.sum(ops.where(real, inputs, ops.zeros_like(inputs)), axis=axis, keepdims=self.keepdims)
        return total / ops.sum(ops.cast(real, inputs.dtype), axis=axis, keepdims=self.keepdims)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> None:
        """Return None: no steps are left."""
        return None
