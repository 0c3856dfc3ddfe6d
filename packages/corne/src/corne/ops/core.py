"""Conversion, control flow and gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from corne import backend as backends
from corne import dtypes, tree
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.operation import op, record
from corne.symbolic import SymbolicTensor, find_symbolic
from corne.variable import Variable


@op()
def cast(x: Array, dtype: str) -> Array:
    """Return ``x`` in another dtype."""
    return backends.active().cast(x, dtypes.standardize_dtype(dtype))


def convert_to_tensor(
    x: Any, dtype: str | None = None, sparse: bool | None = None, ragged: bool | None = None
) -> Array:
    """Return numbers, nested lists, NumPy or foreign arrays as the backend's own array.

    Args:
        x: What to convert; symbolic tensors pass through.
        dtype: Default: the array's own; floatx for Python floats, int32 for Python integers.
        sparse: Only falsy: there are no sparse arrays.
        ragged: Only falsy: there are no ragged arrays.
    """
    if sparse or ragged:
        raise ArgumentError(
            "convert_to_tensor(…)", "a dense array", "sparse or ragged", "Leave the argument out."
        )
    if isinstance(x, SymbolicTensor):
        return x if dtype is None else cast(x, dtype)
    value = x.value if isinstance(x, Variable) else x
    return backends.active().asarray(value, None if dtype is None else dtypes.standardize_dtype(dtype))


def convert_to_numpy(x: Any) -> np.ndarray[Any, Any]:
    """Return an array as a NumPy array on the host."""
    if isinstance(x, Variable):
        return x.numpy()
    backend = backends.active()
    return np.asarray(backend.to_numpy(x) if backend.is_array(x) else x)


def shape(x: Any) -> Shape:
    """Return the shape as a tuple; None for sizes of a symbolic tensor that are not known."""
    return tuple(x.shape) if hasattr(x, "shape") else tuple(np.shape(x))


def ndim(x: Any) -> int:
    """Return the number of axes."""
    return len(shape(x))


def size(x: Any) -> int | None:
    """Return the number of elements; None for a symbolic tensor with sizes that are not known."""
    total = 1
    for length in shape(x):
        if length is None:
            return None
        total *= length
    return total


def dtype(x: Any) -> str:
    """Return the name of an array's dtype."""
    return str(x.dtype) if isinstance(x, (SymbolicTensor, Variable)) else backends.active().dtype_name(x)


def is_tensor(x: Any) -> bool:
    """Return whether ``x`` is an array of the active backend, or a symbolic one."""
    return isinstance(x, SymbolicTensor) or backends.active().is_array(x)


@op()
def stop_gradient(variable: Array) -> Array:
    """Return the value as a constant for differentiation."""
    return backends.active().stop_gradient(variable)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """Decorate ``f(*arrays) -> (value, grad_fn)`` to have the gradient ``grad_fn(upstream)``.

    >>> import numpy as np
    >>> @custom_gradient
    ... def double_gradient(x):
    ...     return x * 1.0, lambda upstream: upstream * 2.0
    >>> double_gradient(convert_to_tensor(np.ones(2))).shape[0]
    2
    """

    def call(*args: Any) -> Any:
        return backends.active().custom_gradient(f)(*args)

    return call


def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """Return ``true_fn()`` where the scalar ``pred`` is true, else ``false_fn()``.

    While a graph is made both are recorded, and one result is chosen when it runs; they need equal structures.

    >>> cond(convert_to_tensor(True), lambda: 1, lambda: 2)
    1
    """
    if isinstance(pred, SymbolicTensor):
        return _chosen(pred, true_fn(), false_fn())
    return backends.active().cond(pred, true_fn, false_fn)


def _chosen(pred: Any, one: Any, other: Any) -> Any:
    from corne.ops.arithmetic import where

    return tree.map_structure(lambda a, b: where(pred, a, b), one, other)


def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """Return ``branches[index](*operands)``; the index is clipped to the branches there are.

    While a graph is made all are recorded, and one result is chosen when it runs; they need equal structures.

    >>> switch(1, [lambda x: x + 1, lambda x: x * 10], 5)
    50
    """
    if isinstance(index, SymbolicTensor):
        from corne.ops.arithmetic import less_equal

        result = branches[-1](*operands)
        for place in range(len(branches) - 2, -1, -1):
            result = _chosen(less_equal(index, place), branches[place](*operands), result)
        return result
    index = index.value if isinstance(index, Variable) else index
    return backends.active().switch(index, branches, operands)


def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """Apply ``body`` to ``loop_vars`` as long as ``cond`` is true of them.

    Args:
        cond: Takes the variables, returns a truth value.
        body: Takes the variables, returns their next values.
        loop_vars: A tuple or list of start values, or one.
        maximum_iterations: When to stop at the latest. Default None: never.

    >>> while_loop(lambda i, total: i < 4, lambda i, total: (i + 1, total + i), (0, 0))
    (4, 6)
    """
    single = not isinstance(loop_vars, (tuple, list))
    values = (loop_vars,) if single else tuple(loop_vars)

    def following(*values: Any) -> tuple[Any, ...]:
        result = body(*values)
        return tuple(result) if isinstance(result, (tuple, list)) else (result,)

    values = backends.active().while_loop(cond, following, values, maximum_iterations)
    return values[0] if single else values


def fori_loop(lower: int, upper: int, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """Return ``init_val`` after ``body_fun(i, value)`` for each i from ``lower`` up to but not ``upper``.

    >>> fori_loop(1, 4, lambda i, value: value * i, 1)
    6
    """
    if find_symbolic(init_val):
        return record(fori_loop, (lower, upper, body_fun, init_val), {})
    return backends.active().fori_loop(lower, upper, body_fun, init_val)


def scan(
    f: Callable[[Any, Any], tuple[Any, Any]],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """Fold ``f(carry, x) -> (carry, y)`` over the first axis of ``xs``; return the carry and the stacked ys.

    Args:
        f: The step.
        init: The first carry.
        xs: Structure of arrays with one first axis; None to pass None ``length`` times.
        length: Number of steps; needed where ``xs`` is None.
        reverse: Whether to go from the last to the first. Default False.
        unroll: Accepted for Keras's signature; it never changes the result.

    Raises:
        ArgumentError: Neither ``xs`` nor ``length``, or two of different lengths.

    >>> total, sums = scan(lambda total, x: (total + x, total + x), 0, convert_to_tensor([1, 2, 3]))
    >>> int(total), sums.tolist()
    (6, [1, 3, 6])
    """
    from corne.ops.shaping import stack

    if find_symbolic((init, xs)):
        carry, ys = record(scan, (f, init, xs, length, reverse, unroll), {})
        return carry, ys
    leaves = tree.flatten(xs) if xs is not None else []
    lengths = {int(leaf.shape[0]) for leaf in leaves} | ({length} if length is not None else set())
    if len(lengths) != 1:
        raise ArgumentError(
            "ops.scan(xs, length=…)", "one number of steps", f"{sorted(lengths) or 'none'}",
            "Give arrays with equal first axes, or length=….",
        )  # fmt: skip
    order = range(min(lengths))[:: -1 if reverse else 1]
    steps = [tree.map_structure(lambda x, i=i: x[i, ...], xs) if leaves else None for i in order]
    carry, ys = backends.active().scan(f, init, steps)
    if not ys or ys[0] is None:
        return carry, None
    ys = ys[::-1] if reverse else ys
    return carry, tree.map_structure(lambda *parts: None if parts[0] is None else stack(list(parts)), *ys)


def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """Apply ``f`` to each entry of the first axis and stack the results.

    >>> map(lambda row: row[0] + row[1], convert_to_tensor([[1, 2], [3, 4]])).tolist()
    [3, 7]
    """
    return scan(lambda carry, x: (carry, f(x)), None, xs)[1]


def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """Apply ``function`` to each entry of the first axis and stack the results.

    >>> vectorized_map(lambda x: x * x, convert_to_tensor([1, 2, 3])).tolist()
    [1, 4, 9]
    """
    return map(function, elements)


def unstack(x: Array, num: int | None = None, axis: int = 0) -> list[Array]:
    """Return the entries along an axis as a list.

    Args:
        x: The array.
        num: How many there are. Default None: the size of the axis, which must be known.
        axis: The axis to take apart. Default 0.

    >>> [row.tolist() for row in unstack([[1, 2], [3, 4]])]
    [[1, 2], [3, 4]]
    """
    from corne.ops.indexing import take

    count = num if num is not None else shape(x)[axis]
    if count is None:
        raise ShapeError(
            "ops.unstack", f"a known size on axis {axis}", f"shape {shape(x)}", "Say how many with num=…."
        )
    return [take(x, index, axis=axis) for index in range(count)]
