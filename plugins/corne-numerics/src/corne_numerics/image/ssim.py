"""How alike two images look."""

from __future__ import annotations

from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import dtype_of, op, promoted_float, to, xp

from corne_numerics.image._batch import check_images, to_batch
from corne_numerics.image.gaussian_blur import convolve_axis, gaussian


@op(2)
def ssim(
    image1: Array,
    image2: Array,
    max_val: float = 1.0,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
    data_format: str | None = None,
) -> Array:
    """Return the structural similarity of images, between -1 and 1; 1 for equal ones.

    In each window, weighted by a Gaussian, with means m, variances v and covariance c:
    ``(2 m1 m2 + c1) (2 c + c2) / ((m1^2 + m2^2 + c1) (v1 + v2 + c2))`` where ``c1 = (k1 max_val)^2`` and
    ``c2 = (k2 max_val)^2``; the result is the mean over windows and channels.

    Args:
        image1: One image or a batch.
        image2: The same of another.
        max_val: Largest possible value of a pixel. Default 1.
        filter_size: Height and width of a window, in pixels. Default 11.
        filter_sigma: Standard deviation of the Gaussian, in pixels. Default 1.5.
        k1: Default 0.01.
        k2: Default 0.03.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, channels)``, result ``(batch,)``; without the batch axis a scalar.

    Raises:
        ArgumentError: ``filter_size`` is not a positive integer.
        ShapeError: Shapes that differ, or images smaller than a window.

    Source: Image quality assessment: from error visibility to structural similarity, Wang et al. 2004,
    https://doi.org/10.1109/TIP.2003.819861

    >>> import numpy as np
    >>> image = np.arange(144.0).reshape(12, 12, 1) / 144
    >>> round(float(ssim(image, image, data_format="channels_last")), 4)
    1.0
    """
    where = "ops.image.ssim"
    form = check_images(where, image1, data_format)
    if tuple(image1.shape) != tuple(image2.shape):
        raise ShapeError(
            f"{where}(image2)", f"the shape of image1, {tuple(image1.shape)}", f"shape {tuple(image2.shape)}"
        )
    if not isinstance(filter_size, int) or filter_size < 1:
        raise ArgumentError(f"{where}(filter_size=…)", "an integer >= 1", repr(filter_size))
    dtype = dtype_of(image1)
    space = xp()
    x, y = (to_batch(image, form) for image in promoted_float(image1, image2))
    if min(x.shape[1:3]) < filter_size:
        raise ShapeError(
            f"{where}(image1)", f"at least {filter_size} x {filter_size} pixels, one window",
            f"shape {tuple(image1.shape)}", "Pass a smaller filter_size.",
        )  # fmt: skip
    weights = gaussian(filter_size, to(filter_sigma, dtype_of(x)))

    def mean(values: Array) -> Array:
        return convolve_axis(convolve_axis(values, weights, 1, "valid"), weights, 2, "valid")

    m1, m2 = mean(x), mean(y)
    v1, v2, covariance = mean(x * x) - m1 * m1, mean(y * y) - m2 * m2, mean(x * y) - m1 * m2
    c1, c2 = (k1 * max_val) ** 2, (k2 * max_val) ** 2
    similarity = (2.0 * m1 * m2 + c1) * (2.0 * covariance + c2)
    similarity = similarity / ((m1 * m1 + m2 * m2 + c1) * (v1 + v2 + c2))
    result = to(space.mean(similarity, axis=(1, 2, 3)), dtype)
    return result if len(image1.shape) == 4 else result[0]
