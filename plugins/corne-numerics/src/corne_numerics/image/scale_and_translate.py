"""Arrays scaled and moved along axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from corne.backend import Array
from corne.checks import one_of
from corne.errors import ArgumentError, ShapeError
from corne.operation import dtype_of, op, promoted_float, to, xp

#: Where weights sum to less, a place is empty.
_LEAST = 1000.0 * 1.1920929e-07  # a thousand times float32's epsilon


def _triangle(x: Array) -> Array:
    return xp().clip(1.0 - x, 0.0, None)


def _cubic(x: Array) -> Array:
    """Keys's cubic convolution with its constant -1/2, https://doi.org/10.1109/TASSP.1981.1163711."""
    space = xp()
    near = ((1.5 * x - 2.5) * x) * x + 1.0
    far = ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    zero = space.zeros_like(x)
    return space.where(x >= 2.0, zero, space.where(x >= 1.0, far, near))


def _lanczos(radius: float) -> Callable[[Array], Array]:
    def weights(x: Array) -> Array:
        space = xp()
        zero, one = space.zeros_like(x), space.ones_like(x)
        y = radius * space.sin(math.pi * x) * space.sin(math.pi * x / radius)
        found = space.where(x > 1e-3, y / space.where(x > 1e-3, math.pi**2 * x**2, one), one)
        return space.where(x > radius, zero, found)

    return weights


_KERNELS = {
    **dict.fromkeys(("linear", "bilinear", "trilinear", "triangle"), _triangle),
    **dict.fromkeys(("cubic", "bicubic", "tricubic"), _cubic),
    "lanczos3": _lanczos(3.0),
    "lanczos5": _lanczos(5.0),
}


@op(("images", "scale", "translation"))
def scale_and_translate(
    images: Array,
    output_shape: Sequence[int],
    scale: Array,
    translation: Array,
    spatial_dims: Sequence[int],
    method: str,
    antialias: bool = True,
) -> Array:
    """Scale an array about its origin and move it, along some axes.

    Pixel centres lie at ``i + 0.5``: place ``p`` of the input comes to ``p * scale + translation``. What lies
    beyond the input's border is zero.

    Args:
        images: The array.
        output_shape: The result's shape, of as many axes.
        scale: A factor for each of ``spatial_dims``.
        translation: A distance in output pixels for each of ``spatial_dims``.
        spatial_dims: The axes.
        method: "linear" (also "bilinear", "trilinear", "triangle"), "cubic" (also "bicubic", "tricubic"),
            "lanczos3" or "lanczos5".
        antialias: Whether all places count when the array is made smaller. Default True.

    Shapes:
        images of any shape; scale and translation ``(spatial axes,)``; result ``output_shape``.

    Raises:
        ArgumentError: An unknown method, or an axis that doesn't exist.
        ShapeError: Lengths that don't fit.

    >>> scale_and_translate([[1.0, 3.0]], (1, 4), [2.0], [0.0], (1,), "linear").tolist()
    [[1.0, 1.5, 2.5, 3.0]]
    """
    where = "ops.image.scale_and_translate"
    one_of(f"{where}(method=…)", method, tuple(_KERNELS))
    space = xp()
    rank = len(images.shape)
    if len(output_shape) != rank:
        raise ShapeError(f"{where}(output_shape=…)", f"{rank} sizes, as images has", f"{tuple(output_shape)}")
    axes = [axis + rank if axis < 0 else axis for axis in spatial_dims]
    if any(not 0 <= axis < rank for axis in axes):
        raise ArgumentError(
            f"{where}(spatial_dims=…)", f"axes of images, {-rank} to {rank - 1}", f"{spatial_dims}"
        )
    if tuple(scale.shape) != (len(axes),) or tuple(translation.shape) != (len(axes),):
        raise ShapeError(
            f"{where}(scale, translation)", f"{len(axes)} numbers, one for each of spatial_dims",
            f"shapes {tuple(scale.shape)} and {tuple(translation.shape)}",
        )  # fmt: skip
    scale, translation = promoted_float(scale, translation)
    dtype = dtype_of(images)
    is_whole = "int" in dtype
    x = to(images, "float32") if is_whole else images
    for i, axis in enumerate(axes):
        weights = _weights(
            x.shape[axis], int(output_shape[axis]), scale[i], translation[i], _KERNELS[method], antialias
        )
        x = space.tensordot(x, to(weights, dtype_of(x)), axes=((axis,), (0,)))
        order = list(range(rank - 1))
        order.insert(axis, rank - 1)
        x = space.permute_dims(x, tuple(order))
    if is_whole and axes:
        x = space.maximum(space.round(x), to(space.min(images), "float32"))
        x = space.minimum(x, to(space.max(images), "float32"))
    return to(x, dtype)


def _weights(
    size: int,
    new_size: int,
    scale: Array,
    translation: Array,
    kernel: Callable[[Array], Array],
    antialias: bool,
) -> Array:
    """Return the matrix ``(size, new_size)`` that scales and moves an axis."""
    space = xp()
    step = 1.0 / scale
    widen = space.clip(step, 1.0, None) if antialias else 1.0
    centres = (space.astype(space.arange(new_size), step.dtype) + 0.5 - translation) * step - 0.5
    places = space.astype(space.arange(size), step.dtype)
    weights = kernel(space.abs(centres[None, :] - places[:, None]) / widen)
    total = space.sum(weights, axis=0, keepdims=True)
    zero, one = space.zeros_like(total), space.ones_like(total)
    weights = space.where(space.abs(total) > _LEAST, weights / space.where(total != 0, total, one), zero)
    within = (centres >= -0.5) & (centres <= size - 0.5)
    return space.where(within[None, :], weights, zero)
