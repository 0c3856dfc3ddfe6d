"""Gradients measured by central differences.

Along a random direction ``d`` the derivative of a scalar function is ``(f(x + h d) - f(x - h d)) / 2h``,
and the gradient's share of it is their inner product. A gradient that is wrong in any element is wrong
along almost every direction, so a few directions do for a tensor of any size.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from corne import backend as backends
from corne.variable import Variable

#: Balances, in float64, the error of the difference (h squared) and that of rounding (1e-16 / h).
STEP = 1e-6
DIRECTIONS = 3


def wrong_gradients(
    scalar: Callable[[], Any],
    variables: Sequence[Variable],
    generator: np.random.Generator,
    tolerance: float = 1e-5,
) -> list[str]:
    """Compare the backend's gradients with measured ones and describe those that differ.

    Args:
        scalar: Function of the variables' present values that returns a scalar array, float64.
        variables: What to differentiate with respect to, float64. They end with the values they had.
        generator: Draws the directions.
        tolerance: Largest difference, relative to the derivative or to 1. Default 1e-5.
    """
    engine = backends.active()
    _, gradients = engine.value_and_grad(lambda: (scalar(), None), variables)
    wrong = []
    for variable, gradient in zip(variables, gradients, strict=True):
        start = variable.numpy()
        given = np.zeros(start.shape) if gradient is None else engine.to_numpy(gradient).astype("float64")
        for _ in range(DIRECTIONS):
            direction = generator.normal(size=start.shape)
            sides = []
            for sign in (1, -1):
                variable.assign(start + sign * STEP * direction)
                sides.append(float(engine.to_numpy(scalar())))
            variable.assign(start)
            measured = (sides[0] - sides[1]) / (2 * STEP)
            claimed = float(np.sum(given * direction))
            scale = max(1.0, abs(measured), abs(claimed), abs(sides[0]) * 1e-4)
            if not abs(measured - claimed) <= tolerance * scale:
                what = "no gradient" if gradient is None else f"a derivative of {claimed:.6g}"
                wrong.append(f"{variable.path}: {what} where differences measure {measured:.6g}")
                break
    return wrong
