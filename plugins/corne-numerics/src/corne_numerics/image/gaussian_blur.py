"""Images blurred by a Gaussian."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array
from corne.kernels.windows import as_sizes
from corne.operation import dtype_of, op, to, xp

from corne_numerics.image._batch import check_images, from_batch, to_batch, wide


@op(("images", "sigma"))
def gaussian_blur(
    images: Array,
    kernel_size: int | Sequence[int] = (3, 3),
    sigma: Array = (1.0, 1.0),
    data_format: str | None = None,
) -> Array:
    """Blur images by a weighted mean of neighbours, with zeros beyond the border.

    The weight at distance ``d`` is proportional to ``exp(-d^2 / (2 sigma^2))``.

    Args:
        images: One image or a batch.
        kernel_size: Height and width of the window, in pixels. Default ``(3, 3)``.
        sigma: Standard deviations along the width and the height, in pixels. Default ``(1.0, 1.0)``.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)`` or without the batch axis; result the same.

    Raises:
        ArgumentError: A size below 1.
        ShapeError: Another number of axes.

    >>> import numpy as np
    >>> spot = np.zeros((3, 3, 1)); spot[1, 1] = 1
    >>> round(float(gaussian_blur(spot, data_format="channels_last")[1, 1, 0]), 4)  # 1 / (1 + 2 exp(-1/2))^2
    0.2042
    """
    form = check_images("ops.image.gaussian_blur", images, data_format)
    height, width = as_sizes("ops.image.gaussian_blur(kernel_size=…)", kernel_size, 2)
    sigma = wide(ops.convert_to_tensor(sigma))
    along_width, along_height = (sigma, sigma) if not sigma.shape else (sigma[0], sigma[1])
    x = to_batch(images, form)
    dtype = dtype_of(x)
    x = wide(x)
    x = convolve_axis(x, gaussian(height, to(along_height, dtype_of(x))), 1)
    x = convolve_axis(x, gaussian(width, to(along_width, dtype_of(x))), 2)
    x = xp().round(x) if "int" in dtype else x
    return from_batch(to(x, dtype), len(images.shape), form)


def gaussian(size: int, sigma: Array) -> Array:
    """Return ``size`` weights that sum to 1."""
    space = xp()
    distance = space.astype(space.arange(size), sigma.dtype) - (size - 1) / 2
    weights = space.exp(-0.5 * (distance / sigma) ** 2)
    return weights / space.sum(weights)


def convolve_axis(x: Array, weights: Any, axis: int, padding: str = "same") -> Array:
    """Return weighted sums of neighbours along an axis, in place of each or ("valid") where all are inside."""
    space = xp()
    count = weights.shape[0] if hasattr(weights, "shape") else len(weights)
    if padding == "same":
        margins = [
            space.zeros((*x.shape[:axis], n, *x.shape[axis + 1 :]), dtype=x.dtype)
            for n in ((count - 1) // 2, count // 2)
        ]
        x = space.concat([margins[0], x, margins[1]], axis=axis)
    size = x.shape[axis] - count + 1
    before = (slice(None),) * axis
    total = None
    for i in range(count):
        part = weights[i] * x[(*before, slice(i, i + size), ...)]
        total = part if total is None else total + part
    return total
