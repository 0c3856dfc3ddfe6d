"""OptimizerConformance: the tests of every optimizer class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from corne import backend as backends
from corne.variable import Variable

from corne_testkit.conformance import fail, largest_difference
from corne_testkit.things import Thing, ThingConformance

#: Where ``sum((w - AIM) ** 2)`` is least.
AIM = np.array([[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]], "float32")


@dataclass(frozen=True, eq=False)
class OptimizerCase(Thing):
    """An optimizer class and its arguments; give a learning rate that suits ``sum((w - aim) ** 2)``.

    Args:
        steps: Steps after which that sum must be at most half of what it was. Default 50.
    """

    kind: ClassVar[str] = "optimizers"

    steps: int = 50


class OptimizerConformance(ThingConformance):
    """Tests of optimizers: subclass it in a test module and list ``cases``.

    Gradients are worked out by hand, so all backends can run them.
    """

    cases: ClassVar[Sequence[OptimizerCase]] = ()

    def test_descends(self, case: OptimizerCase, backend: Any) -> None:
        """A quadratic function falls to half of its start value, and steps are counted."""
        optimizer, weight = case.make(), Variable(np.zeros_like(AIM), name="w")
        start = float(np.sum(AIM**2))
        _descend(optimizer, weight, case.steps)
        end = float(np.sum((weight.numpy() - AIM) ** 2))
        if not end <= start / 2:
            fail(
                case, f"expected a descent from {start:.3g} to at most its half in {case.steps} steps",
                f"{end:.3g}", "Give the case a learning rate that suits, or look for a wrong sign.",
            )  # fmt: skip
        if int(optimizer.iterations) != case.steps:
            fail(
                case,
                f"iterations should have {case.steps}",
                f"{int(optimizer.iterations)}",
                "Leave counting to apply().",
            )

    def test_state_is_in_variables(self, case: OptimizerCase, backend: Any) -> None:
        """An optimizer with another's variables continues exactly as that one would."""
        first, weight = case.make(), Variable(np.zeros_like(AIM), name="w")
        _descend(first, weight, 3)
        second, copy = case.make(), Variable(weight.numpy(), name="w")
        second.build([copy])
        for mine, other in zip(second.variables, first.variables, strict=True):
            mine.assign(other.numpy())
        for optimizer, variable in ((first, weight), (second, copy)):
            _descend(optimizer, variable, 2)
        gap = largest_difference(weight.numpy(), copy.numpy(), tolerance=1e-7)
        if gap:
            fail(
                case, "variables should have all state, as files save nothing else", gap,
                "Make state with add_optimizer_variables() in build().",
            )  # fmt: skip

    def test_frozen_weights_stay(self, case: OptimizerCase, backend: Any) -> None:
        """With a learning rate of zero nothing moves."""
        optimizer, weight = case.make(), Variable(np.ones_like(AIM), name="w")
        optimizer.build([weight])
        if not isinstance(optimizer._learning_rate, Variable):
            return  # a schedule has no rate to set
        optimizer.learning_rate = 0.0
        _descend(optimizer, weight, 1)
        if not np.array_equal(weight.numpy(), np.ones_like(AIM)):
            fail(
                case,
                "expected no change at a learning rate of 0",
                "the weight moved",
                "Multiply by learning_rate.",
            )

    def test_backends_agree(self, case: OptimizerCase, other_backend: str) -> None:
        """Five steps end where numpy's end, fused kernels or not."""
        results = []
        for name in ("numpy", other_backend):
            with backends.use(name):
                weight = Variable(np.zeros_like(AIM), name="w")
                _descend(case.make(), weight, 5)
                results.append(weight.numpy())
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same steps",
                gap,
                "Compare the kernel with update_step().",
            )

    def check_same(self, case: Any, one: Any, again: Any, backend: Any) -> None:
        """Fail unless both optimizers take the same steps."""
        weights = [Variable(np.zeros_like(AIM), name="w") for _ in range(2)]
        for optimizer, weight in zip((one, again), weights, strict=True):
            _descend(optimizer, weight, 2)
        gap = largest_difference(*(weight.numpy() for weight in weights), tolerance=0)
        if gap:
            fail(
                case,
                "an optimizer made from a configuration should give the same steps",
                gap,
                "Return all arguments.",
            )


def _descend(optimizer: Any, weight: Variable, steps: int) -> None:
    engine = backends.active()
    for _ in range(steps):
        optimizer.apply([engine.asarray(2 * (weight.numpy() - AIM))], [weight])
