"""Unknown sizes that can only be one: those of an axis that another argument fixes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from corne import tree
from corne.backend import TensorSpec

#: How many ways to fix sizes are tried.
_MOST = 64


def fixed_sizes(structure: Any) -> Iterator[Any]:
    """Yield a structure of TensorSpecs with unknown sizes but the first axis's fixed to ones that others have.

    An operation that fails while unknown sizes are arbitrary, such as adding ``(None, 5, 8)`` to
    ``(None, None, 8)``, succeeds with the sizes that it can have at all. The most plausible come first: the size at
    the same place, counted from the end, of another argument.
    """
    leaves = tree.flatten(structure)
    specs = [leaf for leaf in leaves if hasattr(leaf, "shape")]
    if not any(isinstance(leaf, TensorSpec) for leaf in leaves):
        return
    known = sorted({n for s in specs for n in s.shape if n is not None and n > 1})
    places: list[tuple[int, int]] = []
    choices: list[list[int | None]] = []
    for i, leaf in enumerate(leaves):
        if not isinstance(leaf, TensorSpec):
            continue
        for axis in range(1, len(leaf.shape)):
            if leaf.shape[axis] is None:
                place = axis - len(leaf.shape)
                aligned = [s.shape[place] for s in specs if s is not leaf and len(s.shape) >= -place]
                likely = [n for n in dict.fromkeys(aligned) if n is not None and n > 1]
                places.append((i, axis))
                choices.append([*likely, None, *(n for n in known if n not in likely)])
    combinations = itertools.product(*choices)
    for chosen in itertools.islice(combinations, _MOST):
        if all(size is None for size in chosen):
            continue
        shapes = {i: list(leaves[i].shape) for i, _ in places}
        for (i, axis), size in zip(places, chosen, strict=True):
            shapes[i][axis] = size
        fixed = iter(
            TensorSpec(tuple(shapes[i]), leaf.dtype) if i in shapes else leaf for i, leaf in enumerate(leaves)
        )
        yield tree.map_structure(lambda _: next(fixed), structure)  # noqa: B023 (consumed at once)
