"""MetricConformance: the tests of every metric class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from corne import backend as backends
from corne import tree

from corne_testkit.conformance import fail, largest_difference
from corne_testkit.losses import LossCase
from corne_testkit.things import ThingConformance


@dataclass(frozen=True, eq=False)
class MetricCase(LossCase):
    """A metric class, its arguments, and truth and predictions to try it on.

    Args:
        batches_add_up: Whether two batches one after the other give what both as one would. Default True.
        takes_weights: Whether ``update_state`` applies ``sample_weight``. Default True.
        weight_axes: How many leading axes of the truth a sample weight has. Default 1: one weight a sample.
    """

    kind: ClassVar[str] = "metrics"

    batches_add_up: bool = True
    takes_weights: bool = True
    weight_axes: int = 1


class MetricConformance(ThingConformance):
    """Tests of metrics: subclass it in a test module and list ``cases``."""

    cases: ClassVar[Sequence[MetricCase]] = ()

    def test_result(self, case: MetricCase, backend: Any) -> None:
        """Results are finite numbers; asking for them changes nothing."""
        metric = case.make()
        self._update(metric, backend, *case.data())
        first, second = (self._result(metric, backend) for _ in range(2))
        if not all(np.isfinite(x).all() for x in first):
            fail(
                case, "expected finite results", f"{first}", "Use ops.divide_no_nan where counts may be zero."
            )
        gap = largest_difference(first, second, tolerance=0)
        if gap:
            fail(
                case,
                "result() should return the same figure twice",
                gap,
                "Change state in update_state() only.",
            )

    def test_reset(self, case: MetricCase, backend: Any) -> None:
        """After ``reset_state`` a metric gives what a new one gives."""
        fresh, used = case.make(), case.make()
        self._update(used, backend, *case.data(1))
        used.reset_state()
        for metric in (fresh, used):
            self._update(metric, backend, *case.data())
        gap = largest_difference(
            self._result(fresh, backend), self._result(used, backend), tolerance=case.tolerance
        )
        if gap:
            fail(case, "reset_state() should forget all batches", gap, "Put state into add_variable()s.")

    def test_batches_add_up(self, case: MetricCase, backend: Any) -> None:
        """Two batches give what both give as one."""
        if not case.batches_add_up:
            pytest.skip("the case says that the figure depends on the batches")
        whole, parts = case.make(), case.make()
        one, two = case.data(), case.data(1)
        self._update(whole, backend, *(np.concatenate(pair) for pair in zip(one, two, strict=True)))
        self._update(parts, backend, *one)
        self._update(parts, backend, *two)
        gap = largest_difference(
            self._result(whole, backend), self._result(parts, backend), tolerance=case.tolerance
        )
        if gap:
            fail(
                case, "two batches should give the figure of both as one", gap,
                "Add up sums and counts in update_state(), divide in result(); or set batches_add_up=False.",
            )  # fmt: skip

    def test_sample_weights(self, case: MetricCase, backend: Any) -> None:
        """Equal weights change nothing, and a sample of weight 0 counts for nothing."""
        if not case.takes_weights:
            pytest.skip("the case says that the metric takes no sample weights")
        y_true, y_pred = case.data()
        half = len(y_true) // 2 + 1
        plain, even, dropped, without = (case.make() for _ in range(4))
        self._update(plain, backend, y_true, y_pred)
        self._update(even, backend, y_true, y_pred, np.ones(y_true.shape[: case.weight_axes], "float32"))
        first = np.zeros(y_true.shape[: case.weight_axes], "float32")
        first[:half] = 1.0
        self._update(dropped, backend, y_true, y_pred, first)
        self._update(without, backend, y_true[:half], y_pred[:half])
        for one, other, what in (
            (even, plain, "sample weights of 1 should give the figure without weights"),
            (dropped, without, "samples of weight 0 should have no part in the figure"),
        ):
            gap = largest_difference(
                self._result(one, backend), self._result(other, backend), tolerance=case.tolerance
            )
            if gap:
                fail(case, what, gap, "Apply sample_weight in update_state(), or set takes_weights=False.")

    def test_backends_agree(self, case: MetricCase, other_backend: str) -> None:
        """Every backend computes what numpy computes."""
        results = []
        for name in ("numpy", other_backend):
            with backends.use(name) as engine:
                metric = case.make()
                self._update(metric, engine, *case.data())
                results.append(self._result(metric, engine))
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same figures",
                gap,
                "Compute with corne.ops only.",
            )

    def check_same(self, case: Any, one: Any, again: Any, backend: Any) -> None:
        """Fail unless both metrics give the same figure."""
        for metric in (one, again):
            self._update(metric, backend, *case.data())
        gap = largest_difference(self._result(one, backend), self._result(again, backend), tolerance=0)
        if gap:
            fail(
                case,
                "a metric made from a configuration should give the same figure",
                gap,
                "Return all arguments.",
            )

    @staticmethod
    def _update(metric: Any, backend: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        weights = () if sample_weight is None else (backend.asarray(sample_weight),)
        metric.update_state(backend.asarray(y_true), backend.asarray(y_pred), *weights)

    @staticmethod
    def _result(metric: Any, backend: Any) -> list[np.ndarray[Any, Any]]:
        leaves = tree.flatten(metric.result())
        return [np.asarray(backend.to_numpy(x) if backend.is_array(x) else x, "float64") for x in leaves]
