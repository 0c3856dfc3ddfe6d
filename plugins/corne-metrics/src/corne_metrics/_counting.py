"""Bases of metrics that are made of counts of right and wrong decisions."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import checks, ops
from corne.backend import Array
from corne.metric import Metric
from corne.variable import Variable

from corne_metrics import _confusion

ALL = ("true_positives", "false_positives", "true_negatives", "false_negatives")


class CountingMetric(Metric):
    """Adds up some of the four counts at some thresholds."""

    #: Which counts are kept, in the order of the variables.
    _counted: ClassVar[tuple[str, ...]] = ALL
    _thresholds: _confusion.Thresholds
    true_positives: Variable
    false_positives: Variable
    true_negatives: Variable
    false_negatives: Variable

    def _add_counts(self, *shape: int) -> None:
        for name in self._counted:
            setattr(self, name, self.add_variable(shape, "zeros", name=name))

    def _count(self, y_true: Any, y_pred: Any, sample_weight: Any, **options: Any) -> None:
        variables: list[Variable] = [getattr(self, name) for name in self._counted]
        counts = _confusion.count(
            y_true,
            y_pred,
            self._thresholds,
            variables[0].dtype,
            self.name,
            sample_weight=sample_weight,
            **options,
        )
        for name, variable in zip(self._counted, variables, strict=True):
            variable.assign(ops.add(variable, getattr(counts, name)))

    @property
    def thresholds(self) -> list[float]:
        """The thresholds in use."""
        return self._thresholds.values


class CountMetric(CountingMetric):
    """One of the four counts, as a metric."""

    _direction = "down"

    def __init__(self, thresholds: Any = None, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.init_thresholds = thresholds
        self._thresholds = _confusion.parse_thresholds(thresholds, 0.5, type(self).__name__)
        (counted,) = self._counted
        self.accumulator = self.add_variable((len(self._thresholds),), "zeros", name="accumulator")
        setattr(self, counted, self.accumulator)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        self._count(y_true, y_pred, sample_weight)

    def result(self) -> Array:
        """Return the count, or one for each threshold if there are several."""
        value = self.accumulator.value
        return value[0] if len(self._thresholds) == 1 else value

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "thresholds": self.init_thresholds}


class RatioMetric(CountingMetric):
    """``true_positives / (true_positives + errors)``, where errors are one of the two kinds."""

    _direction = "up"

    def __init__(
        self,
        thresholds: Any = None,
        top_k: int | None = None,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if top_k is not None:
            top_k = checks.integer(f"{type(self).__name__}(top_k=…)", top_k, least=1)
        self.init_thresholds = thresholds
        self.top_k = top_k
        self.class_id = class_id
        default = 0.5 if top_k is None else _confusion.NEVER
        self._thresholds = _confusion.parse_thresholds(thresholds, default, type(self).__name__)
        self._add_counts(len(self._thresholds))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        self._count(y_true, y_pred, sample_weight, top_k=self.top_k, class_id=self.class_id)

    def result(self) -> Array:
        """Return the ratio, or one for each threshold if there are several."""
        right, errors = (getattr(self, name) for name in self._counted)
        ratio = ops.divide_no_nan(right, ops.add(right, errors))
        return ratio[0] if len(self._thresholds) == 1 else ratio

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"thresholds": self.init_thresholds, "top_k": self.top_k, "class_id": self.class_id}
        return {**super().get_config(), **own}


class BestMetric(CountingMetric):
    """The largest of one ratio over the thresholds at which another is at least a given value."""

    _direction = "up"
    #: The argument that gives the value.
    _argument: ClassVar[str]

    def __init__(
        self, value: float, num_thresholds: int, class_id: int | None, name: str | None, dtype: Any
    ) -> None:
        own = type(self).__name__
        checks.probability(f"{own}({self._argument}=…)", value)
        checks.integer(f"{own}(num_thresholds=…)", num_thresholds, least=1)
        super().__init__(name=name, dtype=dtype)
        self.num_thresholds = num_thresholds
        self.class_id = class_id
        self.value = value
        setattr(self, self._argument, value)
        last = num_thresholds - 1
        self._thresholds = _confusion.Thresholds([i / last for i in range(num_thresholds)] if last else [0.5])
        self._add_counts(num_thresholds)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        self._count(y_true, y_pred, sample_weight, class_id=self.class_id)

    def _rate(self, right: str, wrong: str) -> Array:
        return ops.divide_no_nan(getattr(self, right), ops.add(getattr(self, right), getattr(self, wrong)))

    def _best(self, ratio: Array, constrained: Array) -> Array:
        allowed = ops.greater_equal(constrained, self.value)
        return ops.max(ops.where(allowed, ratio, ops.zeros_like(ratio)))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"num_thresholds": self.num_thresholds, self._argument: self.value, "class_id": self.class_id}
        return {**super().get_config(), **own}
