"""The number of false positives."""

from __future__ import annotations

from corne_metrics._counting import CountMetric


class FalsePositives(CountMetric):
    """The weighted number of false positives.

    Args:
        thresholds: A number, or several, 0 to 1: predictions above it mean yes. Default None: 0.5.
        name: Default: ``"false_positives"``, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal; result a scalar, or ``(thresholds,)`` if there are several.

    Raises:
        ArgumentError: A threshold is not a number from 0 to 1.

    >>> metric = FalsePositives()
    >>> float(metric([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0]))
    1.0
    """

    _counted = ("false_positives",)
