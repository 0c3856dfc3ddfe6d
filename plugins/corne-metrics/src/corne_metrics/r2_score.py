"""How much of the truth's variance predictions explain."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.metric import Metric
from corne.targets import matched

_AGGREGATIONS = (None, "uniform_average", "variance_weighted_average")


class R2Score(Metric):
    """The coefficient of determination: 1 is perfect, 0 no better than the mean of the truth.

    ``1 - sum((y_true - y_pred) ** 2) / sum((y_true - mean(y_true)) ** 2)``

    Args:
        class_aggregation: Over outputs: None (one score each), ``"uniform_average"`` or
            ``"variance_weighted_average"``. Default ``"uniform_average"``.
        num_regressors: How many inputs the model has; if not 0, the score is adjusted for them. With as
            many inputs as there are values less one, or more, it stays as it is. Default 0.
        name: Default "r2_score".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, outputs)``; result a scalar, or ``(outputs,)`` without aggregation.

    Raises:
        ArgumentError: An argument's value makes no sense.
        ShapeError: Predictions or labels are not ``(batch, outputs)``.

    >>> metric = R2Score()
    >>> round(float(metric([[1.0], [4.0], [3.0]], [[2.0], [4.0], [4.0]])), 4)
    0.5714
    """

    _direction = "up"

    def __init__(
        self,
        class_aggregation: str | None = "uniform_average",
        num_regressors: int = 0,
        name: str | None = "r2_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        if class_aggregation not in _AGGREGATIONS:
            raise ArgumentError(
                "R2Score(class_aggregation=…)", f"one of {_AGGREGATIONS}", repr(class_aggregation),
            )  # fmt: skip
        if num_regressors < 0:
            raise ArgumentError(
                "R2Score(num_regressors=…)",
                "0 or more",
                repr(num_regressors),
            )
        self.class_aggregation = class_aggregation
        self.num_regressors = num_regressors
        self.num_samples = self.add_variable((), "zeros", name="num_samples")
        self._built = False

    def _build(self, outputs: int) -> None:
        self.squared_sum = self.add_variable((outputs,), "zeros", name="squared_sum")
        self.sum = self.add_variable((outputs,), "zeros", name="sum")
        self.total_mse = self.add_variable((outputs,), "zeros", name="residual")
        self.count = self.add_variable((outputs,), "zeros", name="count")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take a batch into account."""
        y_true, y_pred = matched(y_true, ops.convert_to_tensor(y_pred, dtype=self.dtype), self.name)
        if len(y_pred.shape) != 2 or y_pred.shape[1] is None:
            raise ShapeError(
                f"{self.name}(y_pred)", "shape (batch, outputs)", f"{tuple(y_pred.shape)}",
                "Pass a column for each output.",
            )  # fmt: skip
        if not self._built:
            self._build(y_pred.shape[1])
        weight = ops.ones_like(y_true)
        if sample_weight is not None:
            sample_weight = ops.convert_to_tensor(sample_weight, dtype=self.dtype)
            if len(sample_weight.shape) == 1:
                sample_weight = ops.expand_dims(sample_weight, 1)
            weight = ops.multiply(weight, sample_weight)
        weighted = ops.multiply(y_true, weight)
        residual = ops.multiply(ops.square(ops.subtract(y_true, y_pred)), weight)
        for variable, values in (
            (self.sum, weighted),
            (self.squared_sum, ops.multiply(y_true, weighted)),
            (self.total_mse, residual),
            (self.count, weight),
        ):
            variable.assign(ops.add(variable, ops.sum(values, axis=0)))
        self.num_samples.assign(ops.add(self.num_samples, ops.sum(ops.ones_like(y_true))))

    def result(self) -> Array:
        """Return the score since the last reset."""
        if not self._built:
            return ops.zeros((), dtype=self.dtype)
        mean = ops.divide(self.sum, self.count)
        total = ops.subtract(self.squared_sum, ops.multiply(self.sum, mean))
        score = ops.subtract(1.0, ops.divide(self.total_mse, total))
        score = ops.where(ops.isinf(score), ops.zeros_like(score), score)
        if self.class_aggregation == "uniform_average":
            score = ops.mean(score)
        elif self.class_aggregation == "variance_weighted_average":
            score = ops.divide(ops.sum(ops.multiply(total, score)), ops.sum(total))
        if not self.num_regressors:
            return score
        freedom = ops.subtract(self.num_samples, self.num_regressors + 1)
        enough = ops.greater(freedom, 0)
        unexplained = ops.multiply(ops.subtract(1.0, score), ops.subtract(self.num_samples, 1.0))
        adjusted = ops.subtract(
            1.0, ops.divide(unexplained, ops.where(enough, freedom, ops.ones_like(freedom)))
        )
        return ops.where(enough, adjusted, score)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"class_aggregation": self.class_aggregation, "num_regressors": self.num_regressors}
        return {**super().get_config(), **own}
