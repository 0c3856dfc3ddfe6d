"""The number of true positives."""

from __future__ import annotations

from corne_metrics._counting import CountMetric


class TruePositives(CountMetric):
    """The weighted number of true positives.

    Args:
        thresholds: A number, or several, 0 to 1: predictions above it mean yes. Default None: 0.5.
        name: Default: ``"true_positives"``, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal; result a scalar, or ``(thresholds,)`` if there are several.

    Raises:
        ArgumentError: A threshold is not a number from 0 to 1.

    >>> metric = TruePositives()
    >>> float(metric([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0]))
    2.0
    """

    _counted = ("true_positives",)
    _direction = "up"
