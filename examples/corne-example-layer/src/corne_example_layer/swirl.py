"""swirl: an operation that turns pairs of channels."""

from __future__ import annotations

from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import op, promoted_float, xp


def check(x: Array, angle: Array) -> None:
    """Raise ShapeError unless channels come in pairs, with one angle or one for each pair."""
    channels = x.shape[-1] if len(x.shape) else 1
    if channels % 2:
        raise ShapeError(
            "swirl(x)", "an even number of channels on the last axis", f"shape {tuple(x.shape)}", ""
        )
    if tuple(angle.shape) not in ((), (1,), (channels // 2,)):
        raise ShapeError(
            "swirl(angle=…)", f"one angle, or {channels // 2} for {channels} channels",
            f"shape {tuple(angle.shape)}", "",
        )  # fmt: skip


@op(arrays=2, check=check)
def swirl(x: Array, angle: Array) -> Array:
    """Turn each pair of channels ``(0, 1)``, ``(2, 3)``, ... by an angle.

    ``y[2 i] = x[2 i] cos a[i] - x[2 i + 1] sin a[i]``, ``y[2 i + 1] = x[2 i] sin a[i] + x[2 i + 1] cos a[i]``

    Args:
        x: Numbers of any shape with an even number of channels on the last axis.
        angle: In radians: one, or one for each pair.

    Shapes:
        x ``(..., channels)``; angle ``()`` or ``(channels / 2,)``; the result as ``x``.

    Raises:
        ShapeError: The number of channels is odd, or the number of angles does not fit it.

    Source: rotary position embedding, Su et al. 2021, section 3.2, https://arxiv.org/abs/2104.09864

    >>> [round(float(v), 3) for v in swirl([1.0, 0.0], 0.5 * 3.14159265)[..., :]]
    [0.0, 1.0]
    """
    x, angle = promoted_float(x, angle)
    namespace = xp()
    pairs = namespace.reshape(x, (*x.shape[:-1], x.shape[-1] // 2, 2))
    even, odd = pairs[..., 0], pairs[..., 1]
    cos, sin = namespace.cos(angle), namespace.sin(angle)
    turned = namespace.stack([even * cos - odd * sin, even * sin + odd * cos], axis=-1)
    return namespace.reshape(turned, x.shape)
