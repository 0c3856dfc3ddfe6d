"""Functions that change shapes, join and split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import dtypes
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import axes_tuple, dtype_of, op, promoted, to, xp


@op()
def reshape(x: Array, newshape: int | Sequence[int | None]) -> Array:
    """Return the elements in another shape.

    Args:
        x: Elements.
        newshape: Sizes. One may be -1, for the size that is left over; None keeps the size of that axis, as
            ``ops.shape`` gives it for an unknown one.
    """
    sizes = (newshape,) if isinstance(newshape, int) else tuple(newshape)
    return xp().reshape(
        x, tuple(x.shape[axis] if size is None else int(size) for axis, size in enumerate(sizes))
    )


@op()
def transpose(x: Array, axes: Sequence[int] | None = None) -> Array:
    """Return ``x`` with its axes in another order; reversed by default."""
    ndim = len(x.shape)
    order = range(ndim)[::-1] if axes is None else (axis + ndim if axis < 0 else axis for axis in axes)
    return xp().permute_dims(x, tuple(order))


@op()
def swapaxes(x: Array, axis1: int, axis2: int) -> Array:
    """Exchange two axes."""
    axes = list(range(len(x.shape)))
    axes[axis1], axes[axis2] = axes[axis2], axes[axis1]
    return xp().permute_dims(x, tuple(axes))


@op()
def moveaxis(x: Array, source: int | Sequence[int], destination: int | Sequence[int]) -> Array:
    """Move axes to other places; the others keep their order."""
    both = [(v,) if isinstance(v, int) else tuple(v) for v in (source, destination)]
    return xp().moveaxis(x, *both)


@op()
def expand_dims(x: Array, axis: int | Sequence[int]) -> Array:
    """Insert axes of size 1 so that they stand at ``axis`` in the result."""
    count = 1 if isinstance(axis, int) else len(axis)
    for place in sorted(axes_tuple(axis, len(x.shape) + count)):
        x = xp().expand_dims(x, axis=place)
    return x


@op()
def squeeze(x: Array, axis: int | Sequence[int] | None = None) -> Array:
    """Remove axes of size 1; all of them by default."""
    if axis is None:
        axes = tuple(i for i, size in enumerate(x.shape) if size == 1)
    else:
        axes = (axis,) if isinstance(axis, int) else tuple(axis)
    for a in axes:
        if x.shape[a] != 1:
            raise ShapeError(
                "ops.squeeze", f"size 1 on axis {a}", f"shape {tuple(x.shape)}", "Only axes of size 1 can go."
            )
    return xp().squeeze(x, axis=axes) if axes else x


@op()
def ravel(x: Array) -> Array:
    """Return the elements in one axis."""
    return xp().reshape(x, (-1,))


@op()
def concatenate(xs: Sequence[Array], axis: int | None = 0) -> Array:
    """Join arrays along an axis; None flattens them first."""
    dtype = dtypes.result_type(*(dtype_of(x) for x in xs))
    return xp().concat([to(x, dtype) for x in xs], axis=axis)


@op()
def stack(x: Sequence[Array], axis: int = 0) -> Array:
    """Join arrays of one shape along a new axis."""
    dtype = dtypes.result_type(*(dtype_of(item) for item in x))
    return xp().stack([to(item, dtype) for item in x], axis=axis)


def hstack(xs: Sequence[Array]) -> Array:
    """Join along axis 1, or 0 for arrays of one axis."""
    return concatenate(xs, axis=0 if len(xs[0].shape) == 1 else 1)


def vstack(xs: Sequence[Array]) -> Array:
    """Join along axis 0; arrays of one axis become rows."""
    return concatenate([expand_dims(x, 0) if len(x.shape) == 1 else x for x in xs], axis=0)


@op()
def split(x: Array, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Array]:
    """Cut an axis into equal sections, or at given indices."""
    size = x.shape[axis]
    if isinstance(indices_or_sections, int):
        if indices_or_sections < 1 or size % indices_or_sections:
            raise ArgumentError(
                "ops.split", f"a number of sections that divides {size}", str(indices_or_sections),
                "Give indices to cut at instead.",
            )  # fmt: skip
        step = size // indices_or_sections
        cuts = [step * part for part in range(1, indices_or_sections)]
    else:
        cuts = [int(i) for i in indices_or_sections]
    index: list[Any] = [slice(None)] * len(x.shape)
    parts = []
    for start, stop in zip([0, *cuts], [*cuts, size], strict=True):
        index[axis] = slice(start, stop)
        parts.append(x[tuple(index)])
    return parts


def array_split(x: Array, indices_or_sections: int | Sequence[int], axis: int = 0) -> list[Array]:
    """Cut an axis into sections as equal as possible, or at given indices."""
    if not isinstance(indices_or_sections, int):
        return split(x, indices_or_sections, axis)
    small, extra = divmod(x.shape[axis], indices_or_sections)
    cuts, end = [], 0
    for part in range(indices_or_sections - 1):
        end += small + (part < extra)
        cuts.append(end)
    return split(x, cuts, axis)


@op()
def pad(x: Array, pad_width: Any, mode: str = "constant", constant_values: Any = None) -> Array:
    """Add elements before and after along each axis.

    Args:
        x: The array.
        pad_width: A number, a pair for all axes, or a pair for each.
        mode: "constant", "reflect" (without the edge), "symmetric" (with it) or "edge". Default "constant".
        constant_values: For "constant". Default 0.
    """
    if mode not in ("constant", "reflect", "symmetric", "edge"):
        raise ArgumentError(
            "ops.pad(mode=…)",
            "'constant', 'reflect', 'symmetric' or 'edge'",
            repr(mode),
            "Choose one of them.",
        )
    ndim = len(x.shape)
    widths: list[tuple[int, int]]
    if isinstance(pad_width, int):
        widths = [(pad_width, pad_width)] * ndim
    elif all(isinstance(width, int) for width in pad_width):
        widths = [tuple(pad_width) * (2 if len(pad_width) == 1 else 1)] * ndim
    else:
        widths = [(int(a), int(b)) for a, b in pad_width]
        widths = widths * ndim if len(widths) == 1 else widths
    for axis, (before, after) in enumerate(widths):
        if before or after:
            size = x.shape[axis]
            if mode == "constant":
                value = 0 if constant_values is None else constant_values
                parts = [_block(x, axis, n, value) for n in (before, after)]
                x = xp().concat([p for p in (parts[0], x, parts[1]) if p.shape[axis]], axis=axis)
            else:
                x = xp().take(x, to(_sources(size, before, after, mode), "int64"), axis=axis)
    return x


def _block(x: Array, axis: int, size: int, value: Any) -> Array:
    """Return an array like ``x`` with another size on one axis, filled with a value."""
    shape = tuple(size if i == axis else s for i, s in enumerate(x.shape))
    return xp().broadcast_to(to(value, dtype_of(x)), shape)


def _sources(size: int, before: int, after: int, mode: str) -> list[int]:
    """Return the index that each element of a padded axis is taken from."""
    places = range(-before, size + after)
    if mode == "edge":
        return [min(max(p, 0), size - 1) for p in places]
    period = 2 * size - 2 if mode == "reflect" else 2 * size
    if period == 0:
        return [0 for _ in places]
    folded = [p % period for p in places]
    return [p if p < size else (period - p if mode == "reflect" else period - 1 - p) for p in folded]


@op()
def tile(x: Array, repeats: int | Sequence[int]) -> Array:
    """Repeat the whole array along each axis."""
    counts = (repeats,) if isinstance(repeats, int) else tuple(repeats)
    return xp().tile(x, counts)


@op()
def repeat(x: Array, repeats: Any, axis: int | None = None) -> Array:
    """Repeat each element along an axis; None flattens first."""
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    if not isinstance(repeats, int):
        repeats = to(repeats, "int64")
    return xp().repeat(x, repeats, axis=axis)


@op()
def flip(x: Array, axis: int | Sequence[int] | None = None) -> Array:
    """Reverse the order along axes; all of them by default."""
    return xp().flip(x, axis=tuple(axis) if isinstance(axis, (list, tuple)) else axis)


@op()
def roll(x: Array, shift: int | Sequence[int], axis: int | Sequence[int] | None = None) -> Array:
    """Shift elements along axes; what leaves at the end comes in at the beginning."""
    return xp().roll(x, shift, axis=axis)


@op()
def broadcast_to(x: Array, shape: Sequence[int]) -> Array:
    """Return ``x`` repeated along axes of size 1 to have ``shape``."""
    return xp().broadcast_to(x, tuple(shape))


@op(("x",))
def meshgrid(*x: Array, indexing: str = "xy") -> list[Array]:
    """Return coordinate arrays of a grid, one for each axis.

    Args:
        *x: Coordinates along each axis, of one axis each.
        indexing: "xy": the first two axes are exchanged, as in pictures; "ij": they are not. Default "xy".

    >>> [grid.tolist() for grid in meshgrid([1, 2], [3, 4])]
    [[[1, 2], [1, 2]], [[3, 3], [4, 4]]]
    """
    return list(xp().meshgrid(*promoted(*x), indexing=indexing))
