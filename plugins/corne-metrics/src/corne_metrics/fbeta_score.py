"""The harmonic mean of precision and recall, with one of them weighted."""

from __future__ import annotations

from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.metric import Metric

_AVERAGES = (None, "micro", "macro", "weighted")


class FBetaScore(Metric):
    """The harmonic mean of precision and recall, in which recall counts ``beta ** 2`` times as much.

    ``(1 + beta ** 2) * precision * recall / (beta ** 2 * precision + recall)``

    Args:
        average: Over classes: None (one score per class), ``"micro"`` (all decisions together), ``"macro"``
            (the mean) or ``"weighted"`` (weighted by how often a class is true). Default None.
        beta: Weight of recall, above 0. Default 1.
        threshold: Predictions above it, above 0 and up to 1, mean yes. Default None: the largest does.
        name: Default "fbeta_score".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, classes)``; result ``(classes,)``, or a scalar with ``average``.

    Raises:
        ArgumentError: An argument's value makes no sense.
        ShapeError: Predictions or labels are not ``(batch, classes)``.

    >>> metric = FBetaScore(average="micro", beta=2.0, threshold=0.5)
    >>> round(float(metric([[1, 1, 1], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.9, 0.6, 0.1]])), 4)
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        average: str | None = None,
        beta: float = 1.0,
        threshold: float | None = None,
        name: str | None = "fbeta_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        own = type(self).__name__
        if average not in _AVERAGES:
            raise ArgumentError(f"{own}(average=…)", f"one of {_AVERAGES}", repr(average))
        self.beta = checks.number(f"{own}(beta=…)", beta, above=0)
        if threshold is not None:
            checks.number(f"{own}(threshold=…)", threshold, above=0, most=1)
        self.average = average
        self.threshold = threshold
        self._built = False

    def _build(self, y_true: Array, y_pred: Array) -> None:
        for argument, value in {"y_true": y_true, "y_pred": y_pred}.items():
            if len(value.shape) != 2 or value.shape[-1] is None:
                raise ShapeError(
                    f"{self.name}({argument})", "shape (batch, classes)", f"{tuple(value.shape)}",
                    "Pass one-hot or multi-hot labels and a prediction for each class.",
                )  # fmt: skip
        shape = () if self.average == "micro" else (y_pred.shape[-1],)
        self.true_positives = self.add_variable(shape, "zeros", self.dtype, name="true_positives")
        self.false_positives = self.add_variable(shape, "zeros", self.dtype, name="false_positives")
        self.false_negatives = self.add_variable(shape, "zeros", self.dtype, name="false_negatives")
        self.intermediate_weights = self.add_variable(shape, "zeros", self.dtype, name="intermediate_weights")
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions."""
        y_true = ops.convert_to_tensor(y_true, dtype=self.dtype)
        y_pred = ops.convert_to_tensor(y_pred, dtype=self.dtype)
        if not self._built:
            self._build(y_true, y_pred)
        if self.threshold is None:
            largest = ops.greater_equal(y_pred, ops.max(y_pred, axis=-1, keepdims=True))
            says_yes = ops.logical_and(largest, ops.greater(ops.absolute(y_pred), 1e-9))
        else:
            says_yes = ops.greater(y_pred, self.threshold)
        yes = ops.cast(says_yes, self.dtype)
        if sample_weight is not None:
            sample_weight = ops.expand_dims(ops.convert_to_tensor(sample_weight, dtype=self.dtype), 1)
        for variable, values in (
            (self.true_positives, ops.multiply(yes, y_true)),
            (self.false_positives, ops.multiply(yes, ops.subtract(1.0, y_true))),
            (self.false_negatives, ops.multiply(ops.subtract(1.0, yes), y_true)),
            (self.intermediate_weights, y_true),
        ):
            weighted = values if sample_weight is None else ops.multiply(values, sample_weight)
            added = ops.sum(weighted, axis=None if self.average == "micro" else 0)
            variable.assign(ops.add(variable, added))

    def result(self) -> Array:
        """Return the score, or one for each class, since the last reset."""
        if not self._built:
            return ops.zeros((), dtype=self.dtype)
        epsilon, tp = config.epsilon(), self.true_positives.value
        precision = ops.divide(tp, ops.add(ops.add(tp, self.false_positives), epsilon))
        recall = ops.divide(tp, ops.add(ops.add(tp, self.false_negatives), epsilon))
        beta2 = self.beta**2
        below = ops.add(ops.add(ops.multiply(precision, beta2), recall), epsilon)
        score = ops.multiply(ops.divide(ops.multiply(precision, recall), below), 1 + beta2)
        if self.average == "weighted":
            total = ops.add(ops.sum(self.intermediate_weights), epsilon)
            return ops.sum(ops.multiply(score, ops.divide(self.intermediate_weights, total)))
        return score if self.average is None else ops.mean(score)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {"average": self.average, "beta": self.beta, "threshold": self.threshold}
        return {**super().get_config(), **own}
