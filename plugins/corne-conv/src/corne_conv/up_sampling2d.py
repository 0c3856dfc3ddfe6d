"""UpSampling2D: images with more pixels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError
from corne.kernels import windows

from corne_conv._up_sampling import UpSampling


class UpSampling2D(UpSampling):
    """Enlarge images by whole factors.

    Args:
        size: Factors for height and width: one integer or 2 of them. Default (2, 2).
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        interpolation: "nearest" repeats pixels, "bilinear" and "bicubic" interpolate between them. Default
            "nearest".
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, height, width, channels)``, or ``(batch, channels, height, width)`` for
        "channels_first"; output the same with ``size`` times as many places.

    Raises:
        ArgumentError: ``size`` is not positive, or an unknown interpolation.
        ShapeError: The input has another rank.

    >>> import numpy as np
    >>> tuple(UpSampling2D(2)(np.ones((2, 8, 8, 3))).shape)
    (2, 16, 16, 3)
    """

    acts_per_sample = True

    rank = 2

    def __init__(
        self,
        size: int | Sequence[int] = (2, 2),
        data_format: str | None = None,
        interpolation: str = "nearest",
        **kwargs: Any,
    ) -> None:
        super().__init__(size, data_format, **kwargs)
        self.interpolation = str(interpolation).lower()
        if self.interpolation not in ("nearest", "bilinear", "bicubic"):
            raise ArgumentError(
                "UpSampling2D(interpolation=…)", "'nearest', 'bilinear' or 'bicubic'", repr(interpolation),
                "Lanczos interpolation is not available.",
            )  # fmt: skip

    def call(self, inputs: Array) -> Array:
        """Repeat or interpolate pixels."""
        if self.interpolation == "nearest":
            return super().call(inputs)
        sizes: Any = windows.spatial_sizes(self.compute_output_shape(tuple(inputs.shape)), self.data_format)
        return ops.image.resize(inputs, sizes, self.interpolation, data_format=self.data_format)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "interpolation": self.interpolation}
