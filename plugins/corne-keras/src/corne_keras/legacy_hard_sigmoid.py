"""The hard sigmoid of Keras 1 and 2."""

from __future__ import annotations

from corne import ops
from corne.backend import Array


def legacy_hard_sigmoid(x: Array) -> Array:
    """Return ``0.2 * x + 0.5`` limited to the interval from 0 to 1.

    Keras 3's function of the name ``hard_sigmoid`` has a slope of 1/6; recurrent layers of Keras 1 and 2 were
    trained with this one, their default for gates.

    >>> legacy_hard_sigmoid([-2.5, 0.0, 1.0, 4.0]).tolist()
    [0.0, 0.5, 0.699999988079071, 1.0]
    """
    return ops.clip(ops.add(ops.multiply(ops.convert_to_tensor(x), 0.2), 0.5), 0.0, 1.0)
