"""LossConformance: the tests of every loss class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from corne import backend as backends
from corne.variable import Variable

from corne_testkit.conformance import fail, largest_difference, require_gradients
from corne_testkit.differences import wrong_gradients
from corne_testkit.things import ArrayMaker, Thing, ThingConformance


@dataclass(frozen=True, eq=False)
class LossCase(Thing):
    """A loss class, its arguments, and truth and predictions to try it on.

    Args:
        y_true: Function ``(generator, shape) -> array``. Default: between 0.1 and 0.9.
        y_pred: As ``y_true``.
        true_shape: Shape of ``y_true``, with the batch axis. Default ``(3, 4)``.
        pred_shape: Shape of ``y_pred``. Default ``(3, 4)``.
    """

    kind: ClassVar[str] = "losses"

    y_true: ArrayMaker | None = None
    y_pred: ArrayMaker | None = None
    true_shape: tuple[int, ...] = (3, 4)
    pred_shape: tuple[int, ...] = (3, 4)

    def data(self, number: int = 0) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return truth and predictions, float32 or integers."""
        generator = self.generator(number)
        return tuple(
            np.asarray(
                generator.uniform(0.1, 0.9, shape).astype("float32")
                if make is None
                else make(generator, shape)
            )
            for make, shape in ((self.y_true, self.true_shape), (self.y_pred, self.pred_shape))
        )  # type: ignore[return-value]


class LossConformance(ThingConformance):
    """Tests of losses: subclass it in a test module and list ``cases``."""

    cases: ClassVar[Sequence[LossCase]] = ()

    def test_reductions(self, case: LossCase, backend: Any) -> None:
        """The sum and the mean are those of the unreduced values."""
        y_true, y_pred = case.data()
        values = _value(backend, case.make(reduction="none"), y_true, y_pred)
        for reduction, expected in (("sum", values.sum()), ("sum_over_batch_size", values.mean())):
            gap = largest_difference(
                _value(backend, case.make(reduction=reduction), y_true, y_pred),
                expected,
                tolerance=case.tolerance,
            )
            if gap:
                fail(
                    case, f"reduction={reduction!r} should give that of the unreduced values", gap,
                    "Return one value per sample from call(), and pass reduction to super().__init__().",
                )  # fmt: skip

    def test_sample_weights(self, case: LossCase, backend: Any) -> None:
        """A weight multiplies its sample's value."""
        y_true, y_pred = case.data()
        loss = case.make(reduction="none")
        values = _value(backend, loss, y_true, y_pred)
        if values.ndim == 0:
            fail(
                case,
                "call() should return one value per sample",
                "a scalar",
                "Reduce over the last axis only.",
            )
        weights = case.generator(2).uniform(0, 2, values.shape[:1]).astype("float32")
        expected = values * weights.reshape(-1, *[1] * (values.ndim - 1))
        gap = largest_difference(
            _value(backend, loss, y_true, y_pred, weights), expected, tolerance=case.tolerance
        )
        if gap:
            fail(
                case, "weights should multiply the values", gap, "Leave weighting to Loss: write call() only."
            )

    def test_gradients(self, case: LossCase, backend: Any) -> None:
        """Gradients of the predictions equal central differences in float64."""
        require_gradients(backend)
        y_true, y_pred = case.data()
        loss = case.make(dtype="float64")
        truth = backend.asarray(y_true if y_true.dtype.kind != "f" else y_true.astype("float64"))
        predictions = Variable(y_pred.astype("float64"), name="y_pred")
        wrong = wrong_gradients(lambda: loss(truth, predictions.value), [predictions], case.generator(3))
        if wrong:
            fail(
                case, "expected gradients that agree with differences", "; ".join(wrong),
                "Compute with corne.ops, or fix custom_gradient.",
            )  # fmt: skip

    def test_backends_agree(self, case: LossCase, other_backend: str) -> None:
        """Every backend computes what numpy computes."""
        results = []
        for name in ("numpy", other_backend):
            with backends.use(name) as engine:
                results.append(_value(engine, case.make(reduction="none"), *case.data()))
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same values",
                gap,
                "Compute with corne.ops only.",
            )

    def check_same(self, case: Any, one: Any, again: Any, backend: Any) -> None:
        """Fail unless both losses give the same value."""
        gap = largest_difference(*(_value(backend, loss, *case.data()) for loss in (one, again)), tolerance=0)
        if gap:
            fail(
                case,
                "a loss made from a configuration should give the same value",
                gap,
                "Return all arguments.",
            )


def _value(backend: Any, loss: Any, y_true: Any, y_pred: Any, weights: Any = None) -> np.ndarray[Any, Any]:
    weights = None if weights is None else backend.asarray(weights)
    return np.asarray(backend.to_numpy(loss(backend.asarray(y_true), backend.asarray(y_pred), weights)))
