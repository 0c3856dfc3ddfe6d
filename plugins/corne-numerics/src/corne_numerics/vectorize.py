"""Functions of single elements, applied to arrays."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from corne import ops, tree
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import xp

from corne_numerics._own import own


def vectorize(
    pyfunc: Callable[..., Any], *, excluded: Iterable[int | str] | None = None, signature: str | None = None
) -> Callable[..., Any]:
    """Return a function that applies ``pyfunc`` to each element of arrays that broadcast with one another.

    Args:
        pyfunc: Takes and returns arrays without axes, or with those that ``signature`` names.
        excluded: Positions and names of arguments that are handed over whole. Default: none.
        signature: Axes that each argument and result of ``pyfunc`` has, as in ``"(n),(n)->()"``. Default: none.

    Raises:
        ArgumentError: A signature that can't be read or doesn't fit the arguments.
        ShapeError: Axes that don't broadcast, or sizes that differ under one name.

    Source: NumPy Enhancement Proposal 5 for signatures, https://numpy.org/neps/nep-0005-generalized-ufuncs.html

    >>> import corne.ops
    >>> dot = vectorize(lambda a, b: corne.ops.sum(a * b), signature="(n),(n)->()")
    >>> dot([[1, 2], [3, 4]], [1, 10]).tolist()
    [21, 43]
    """
    left_out = set(excluded or ())
    inputs = None if signature is None else _parse(signature)

    @functools.wraps(pyfunc)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        fixed = {i for i, arg in enumerate(args) if i in left_out or arg is None}
        named = {key: value for key, value in kwargs.items() if key not in left_out}
        whole = {key: value for key, value in kwargs.items() if key in left_out}
        places = [i for i in range(len(args)) if i not in fixed]
        arrays = [ops.convert_to_tensor(x) for x in (*(args[i] for i in places), *named.values())]
        cores = [()] * len(arrays) if inputs is None else inputs
        if len(cores) != len(arrays):
            raise ArgumentError("ops.vectorize(signature=…)", f"{len(arrays)} arguments", repr(signature))
        sizes: dict[str, int] = {}
        loops = [_loop(x, core, sizes) for x, core in zip(arrays, cores, strict=True)]
        loop = _broadcast(loops)
        flat = []
        for x, core in zip(arrays, cores, strict=True):
            inner = tuple(x.shape[len(x.shape) - len(core) :])
            flat.append(xp().reshape(xp().broadcast_to(x, (*loop, *inner)), (-1, *inner)))

        def call(*parts: Array) -> Any:
            given = list(args)
            for i, part in zip(places, parts, strict=False):
                given[i] = part
            return pyfunc(*given, **dict(zip(named, parts[len(places) :], strict=True)), **whole)

        result = _mapped(call, flat)
        return tree.map_structure(lambda x: xp().reshape(x, (*loop, *x.shape[1:])), result)

    return wrapped


def _mapped(call: Callable[..., Any], flat: list[Array]) -> Any:
    vmap = own("vmap")
    if vmap is not None:
        return vmap(call)(*flat)
    results = [call(*(x[i, ...] for x in flat)) for i in range(flat[0].shape[0])]
    return tree.map_structure(lambda *parts: ops.stack(list(parts)), *results)


def _parse(signature: str) -> list[tuple[str, ...]]:
    """Return the names of each argument's axes."""
    group = r"\(\s*(?:\w+(?:\s*,\s*\w+)*)?\s*\)"
    groups = rf"{group}(?:\s*,\s*{group})*"
    if not re.fullmatch(rf"\s*{groups}\s*->\s*{groups}\s*", signature):
        raise ArgumentError("ops.vectorize(signature=…)", "axes as in '(n),(n)->()'", repr(signature))
    return [tuple(re.findall(r"\w+", found)) for found in re.findall(group, signature.split("->")[0])]


def _loop(x: Array, core: tuple[str, ...], sizes: dict[str, int]) -> tuple[int, ...]:
    """Return the axes to loop over, after checking the others against what is known of them."""
    rank = len(x.shape) - len(core)
    if rank < 0:
        raise ShapeError("ops.vectorize(…)", f"at least the axes {core}", f"shape {tuple(x.shape)}")
    for name, size in zip(core, x.shape[rank:], strict=True):
        if sizes.setdefault(name, size) != size:
            raise ShapeError(
                "ops.vectorize(…)", f"size {sizes[name]} for axis {name}", f"shape {tuple(x.shape)}"
            )
    return tuple(x.shape[:rank])


def _broadcast(shapes: list[tuple[int, ...]]) -> tuple[int, ...]:
    rank = max(map(len, shapes), default=0)
    padded = [(*(1,) * (rank - len(shape)), *shape) for shape in shapes]
    sizes = [{size for size in axis if size != 1} for axis in zip(*padded, strict=True)]
    if any(len(found) > 1 for found in sizes):
        raise ShapeError("ops.vectorize(…)", "arguments that broadcast", f"shapes {shapes}")
    return tuple(found.pop() if found else 1 for found in sizes)
