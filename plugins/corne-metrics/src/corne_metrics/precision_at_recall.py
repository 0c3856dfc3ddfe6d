"""The best precision at a given recall."""

from __future__ import annotations

from typing import Any

from corne.backend import Array

from corne_metrics._counting import BestMetric


class PrecisionAtRecall(BestMetric):
    """The best precision over the thresholds at which the recall is at least a given value.

    Args:
        recall: That value, 0 to 1.
        num_thresholds: Number of thresholds, spread evenly over 0 to 1. Default 200.
        class_id: The only class that counts. Default None: all count.
        name: Default: ``"precision_at_recall"``, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal; result a scalar.

    Raises:
        ArgumentError: ``recall`` is not from 0 to 1, or ``num_thresholds`` not an integer from 1.

    >>> metric = PrecisionAtRecall(0.5)
    >>> float(metric([0, 0, 0, 1, 1], [0.0, 0.3, 0.8, 0.3, 0.8]))
    0.5
    """

    _argument = "recall"

    def __init__(
        self,
        recall: float,
        num_thresholds: int = 200,
        class_id: int | None = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(recall, num_thresholds, class_id, name, dtype)

    def result(self) -> Array:
        """Return the best precision since the last reset, 0 if no threshold is good enough."""
        precision = self._rate("true_positives", "false_positives")
        recall = self._rate("true_positives", "false_negatives")
        return self._best(precision, recall)
