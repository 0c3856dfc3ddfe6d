"""Functions that pick, place and count by index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import config, dtypes
from corne.backend import Array
from corne.operation import dtype_of, native, op, promoted, to, xp


@op()
def get_item(x: Array, key: Any) -> Array:
    """Return ``x[key]``: integers, slices, None, Ellipsis, or arrays of indices."""
    return x[key]


@op(2)
def take(x: Array, indices: Array, axis: int | None = None) -> Array:
    """Return the entries of ``x`` at ``indices`` along an axis (negative ones count from the end).

    Args:
        x: The array.
        indices: Integers of any shape.
        axis: None flattens ``x`` first.
    """
    if axis is None:
        x, axis = xp().reshape(x, (-1,)), 0
    axis %= len(x.shape)
    indices = to(indices, "int64")
    indices = xp().where(indices < 0, indices + x.shape[axis], indices)
    flat = xp().take(x, xp().reshape(indices, (-1,)), axis=axis)
    return xp().reshape(flat, (*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]))


@op(2)
def take_along_axis(x: Array, indices: Array, axis: int | None = None) -> Array:
    """Return for each position the entry that its index names along an axis; None flattens both."""
    if axis is None:
        x, indices, axis = xp().reshape(x, (-1,)), xp().reshape(indices, (-1,)), 0
    indices = to(indices, "int64")
    indices = xp().where(indices < 0, indices + x.shape[axis], indices)
    shapes = [max(a, b) for a, b in zip(x.shape, indices.shape, strict=True)]
    axis %= len(shapes)
    x = xp().broadcast_to(x, tuple(x.shape[i] if i == axis else s for i, s in enumerate(shapes)))
    indices = xp().broadcast_to(
        indices, tuple(indices.shape[i] if i == axis else s for i, s in enumerate(shapes))
    )
    return xp().take_along_axis(x, indices, axis=axis)


@op()
def one_hot(
    x: Array, num_classes: int, axis: int = -1, dtype: str | None = None, sparse: bool = False
) -> Array:
    """Return 1 in the place of each class index and 0 elsewhere; indices out of range give zeros.

    Args:
        x: Integers.
        num_classes: Size of the new axis.
        axis: Where it stands. Default -1.
        dtype: Default floatx.
        sparse: Only False.
    """
    from corne.ops.shaping import moveaxis

    _refuse_sparse(sparse, "one_hot")
    if num_classes < 0:
        raise IndexError(f"{num_classes} classes")  # becomes an error that names the argument
    hot = to(x, "int64")[..., None] == xp().arange(num_classes, dtype=native("int64"))
    hot = to(hot, dtypes.standardize_dtype(dtype) if dtype else config.floatx())
    return hot if axis == -1 else moveaxis(hot, -1, axis)


@op()
def multi_hot(
    inputs: Array, num_classes: int, axis: int = -1, dtype: str | None = None, sparse: bool = False
) -> Array:
    """Return 1 in the places of all classes that a sample names along its last axis, 0 elsewhere."""
    _refuse_sparse(sparse, "multi_hot")
    reduced = 1 if len(inputs.shape) > 1 else 0
    return xp().max(one_hot(inputs, num_classes, axis=axis, dtype=dtype), axis=reduced)


def _refuse_sparse(sparse: bool, name: str) -> None:
    from corne.errors import ArgumentError

    if sparse:
        raise ArgumentError(
            f"ops.{name}(sparse=…)", "False", "True", "There are no sparse arrays; leave it out."
        )


@op(2)
def segment_sum(
    data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Return the sums of rows by segment; ids out of range are left out.

    Args:
        data: Rows.
        segment_ids: The segment of each row.
        num_segments: Default: the largest id plus one (read from the device).
        sorted: Whether the ids ascend; of no consequence here.
    """
    count = int(xp().max(segment_ids)) + 1 if num_segments is None else num_segments
    hot = to(one_hot(segment_ids, count), dtype_of(data))
    rows = xp().reshape(data, (data.shape[0], -1))
    summed = xp().matmul(xp().permute_dims(hot, (1, 0)), rows)
    return xp().reshape(summed, (count, *data.shape[1:]))


@op(2)
def segment_max(
    data: Array, segment_ids: Array, num_segments: int | None = None, sorted: bool = False
) -> Array:
    """Return the largest rows by segment, element by element; empty segments hold -inf (or the least integer)."""
    count = int(xp().max(segment_ids)) + 1 if num_segments is None else num_segments
    low = float("-inf") if dtypes.is_float(dtype_of(data)) else dtypes.limits(dtype_of(data))[0]
    member = to(segment_ids, "int64")[None, :] == xp().arange(count, dtype=native("int64"))[:, None]
    member = xp().reshape(member, (count, data.shape[0], *(1,) * (len(data.shape) - 1)))
    return xp().max(xp().where(member, data[None, ...], to(low, dtype_of(data))), axis=1)


@op(3)
def scatter(indices: Array, values: Array, shape: Sequence[int]) -> Array:
    """Return zeros of ``shape`` with ``values`` added at ``indices`` (one row of coordinates for each)."""
    from corne.ops.core import convert_to_numpy

    shape = tuple(int(s) for s in (shape if isinstance(shape, (tuple, list)) else convert_to_numpy(shape)))
    depth = indices.shape[-1]
    position = _flat_position(indices, shape[:depth])
    inner = 1
    for size in shape[:depth]:
        inner *= size
    rows = xp().reshape(values, (-1, *shape[depth:]))
    return xp().reshape(segment_sum(rows, xp().reshape(position, (-1,)), inner), shape)


@op(3)
def scatter_update(inputs: Array, indices: Array, updates: Array, reduction: str | None = None) -> Array:
    """Return ``inputs`` with ``updates`` put at ``indices`` (one row of coordinates for each).

    Args:
        inputs: The array.
        indices: Integers of shape ``(updates, coordinates)``.
        updates: What to put there.
        reduction: None replaces, the last update of a place winning; "add", "max", "min" and "mul"
            combine it with what is there.
    """
    from corne.errors import ArgumentError
    from corne.ops.reduction import prod

    depth, shape = indices.shape[-1], tuple(inputs.shape)
    updates = to(updates, dtype_of(inputs))
    count = 1
    for size in shape[:depth]:
        count *= size
    position = xp().reshape(_flat_position(indices, shape[:depth]), (-1,))
    rows = xp().reshape(updates, (position.shape[0], -1))
    flat = xp().reshape(inputs, (count, -1))
    if reduction is not None:
        named = position[None, :] == xp().arange(count, dtype=native("int64"))[:, None]
        neutral = {"add": 0, "mul": 1, "max": flat[:, None, :], "min": flat[:, None, :]}
        if reduction not in neutral:
            raise ArgumentError(
                "scatter_update(reduction=…)",
                "None, 'add', 'max', 'min' or 'mul'",
                repr(reduction),
                "Choose one.",
            )
        fill = neutral[reduction]
        fill = to(fill, dtype_of(flat)) if isinstance(fill, int) else fill
        every = xp().where(named[:, :, None], rows[None, ...], fill)
        if reduction == "add":
            return xp().reshape(flat + xp().sum(every, axis=1, dtype=flat.dtype), shape)
        if reduction == "mul":
            return xp().reshape(flat * to(prod(every, axis=1), dtype_of(flat)), shape)
        combine, reduce = (xp().maximum, xp().max) if reduction == "max" else (xp().minimum, xp().min)
        return xp().reshape(combine(flat, reduce(every, axis=1)), shape)
    # The last update of a place wins: find for each place the largest row number that names it.
    numbers = xp().arange(1, position.shape[0] + 1, dtype=native("int64"))
    named = position[None, :] == xp().arange(count, dtype=native("int64"))[:, None]
    last = xp().max(xp().where(named, numbers[None, :], xp().zeros_like(numbers)[None, :]), axis=1)
    chosen = xp().take(rows, xp().maximum(last - 1, xp().zeros_like(last)), axis=0)
    return xp().reshape(xp().where((last > 0)[:, None], chosen, flat), shape)


def _flat_position(indices: Array, shape: Sequence[int]) -> Array:
    indices = to(indices, "int64")
    position = indices[..., 0] * 0
    for axis, size in enumerate(shape):
        coordinate = indices[..., axis]
        position = position * size + xp().where(coordinate < 0, coordinate + size, coordinate)
    return position


@op()
def slice(inputs: Array, start_indices: Any, shape: Sequence[int]) -> Array:
    """Return the block of ``shape`` that begins at ``start_indices``; -1 means up to the end."""
    return inputs[_block(inputs, start_indices, shape)]


@op(("inputs", "updates"))
def slice_update(inputs: Array, start_indices: Any, updates: Array) -> Array:
    """Return ``inputs`` with the block at ``start_indices`` replaced by ``updates``.

    >>> slice_update([1, 2, 3, 4], [1], [0, 0]).tolist()
    [1, 0, 0, 4]
    """
    from corne.ops.shaping import pad

    block = _block(inputs, start_indices, updates.shape)
    widths = [(s.start, n - s.stop) for s, n in zip(block, inputs.shape, strict=True)]
    inside = pad(xp().ones_like(updates, dtype=native("int32")), widths)
    return xp().where(inside == 1, pad(to(updates, dtype_of(inputs)), widths), inputs)


def _block(inputs: Array, starts: Any, shape: Sequence[int]) -> tuple[Any, ...]:
    import builtins

    from corne.ops.core import convert_to_numpy

    begins = [int(v) for v in (starts if isinstance(starts, (list, tuple)) else convert_to_numpy(starts))]
    sizes = [
        int(n) if n != -1 else total - b for n, b, total in zip(shape, begins, inputs.shape, strict=True)
    ]
    return tuple(builtins.slice(b, b + n) for b, n in zip(begins, sizes, strict=True))


@op()
def bincount(x: Array, weights: Array = None, minlength: int = 0, sparse: bool = False) -> Array:
    """Return how often each integer occurs along the last axis, or the sum of its weights."""
    from corne.ops.core import convert_to_tensor

    _refuse_sparse(sparse, "bincount")
    top = int(xp().max(x)) + 1 if 0 not in x.shape else 0
    hot = one_hot(x, max(top, minlength), dtype="int32")
    if weights is None:
        return xp().sum(hot, axis=-2, dtype=native("int32"))
    weights = convert_to_tensor(weights)
    hot, weights = promoted(hot, weights)
    return xp().sum(hot * weights[..., None], axis=-2)


def nonzero(x: Array) -> Any:
    """Return the indices of elements that are not zero, one array for each axis."""
    from corne.ops.arithmetic import where

    return where(x)
