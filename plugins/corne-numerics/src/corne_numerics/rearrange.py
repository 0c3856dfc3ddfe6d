"""Axes reordered, split and merged by a pattern."""

from __future__ import annotations

import math
import re

from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.operation import op, xp

_WHERE = "ops.rearrange(pattern)"


@op()
def rearrange(tensor: Array, pattern: str, **axes_lengths: int) -> Array:
    """Reorder, split and merge axes as a pattern says.

    Args:
        tensor: The array.
        pattern: Names of its axes, ``->``, and the same names in the result's order. Names in parentheses share
            an axis, the last running fastest: ``"b (h p) w -> b h w p"``.
        **axes_lengths: Sizes of names in parentheses; of each axis all but one are needed.

    Raises:
        ArgumentError: A pattern that can't be read, or whose sides have different names.
        ShapeError: A pattern that doesn't fit the array.

    Source: Einops, Rogozhnikov 2022, https://openreview.net/forum?id=oapKSVM2bcj

    >>> import numpy as np
    >>> tuple(rearrange(np.zeros((2, 6, 3)), "b (h p) c -> (b h) c p", p=2).shape)
    (6, 3, 2)
    """
    sides = [_groups(side, pattern) for side in pattern.split("->")]
    if len(sides) != 2:
        raise ArgumentError(_WHERE, "two sides with one '->' between", repr(pattern))
    source, target = ([name for group in side for name in group] for side in sides)
    if len(set(source)) != len(source) or sorted(source) != sorted(target):
        raise ArgumentError(_WHERE, "the same names on both sides, each once", repr(pattern))
    shape = tuple(tensor.shape)
    if len(sides[0]) != len(shape):
        raise ShapeError("ops.rearrange(tensor)", f"{len(sides[0])} axes as in {pattern!r}", f"shape {shape}")
    unknown = axes_lengths.keys() - set(source)
    if unknown:
        raise ArgumentError("ops.rearrange(**axes_lengths)", f"names of {pattern!r}", f"{sorted(unknown)}")
    sizes = dict(axes_lengths)
    for group, size in zip(sides[0], shape, strict=True):
        missing = [name for name in group if name not in sizes]
        known = math.prod(sizes[name] for name in group if name in sizes)
        if len(missing) > 1:
            raise ArgumentError(
                "ops.rearrange(**axes_lengths)", f"sizes of all but one of {group}", f"{axes_lengths}"
            )
        if missing and known and size % known == 0:
            sizes[missing[0]] = size // known
        elif missing or known != size:
            raise ShapeError(
                "ops.rearrange(tensor)", f"{group} of {known} places" + (" each" if missing else ""),
                f"size {size} in shape {shape}",
            )  # fmt: skip
    x = xp().reshape(tensor, tuple(sizes[name] for name in source))
    x = xp().permute_dims(x, tuple(source.index(name) for name in target))
    return xp().reshape(x, tuple(math.prod(sizes[name] for name in group) for group in sides[1]))


def _groups(side: str, pattern: str) -> list[list[str]]:
    """Return the names on one side, those of each axis together."""
    tokens = re.findall(r"\w+|\([\w\s]*\)|\S", side)
    for token in tokens:
        if not re.fullmatch(r"[A-Za-z_]\w*|\([\w\s]*\)", token):
            raise ArgumentError(_WHERE, "names and groups of names in parentheses", repr(pattern))
    return [token.strip("()").split() for token in tokens]
