"""The share of yes-decisions that are right."""

from __future__ import annotations

from corne_metrics._counting import RatioMetric


class Precision(RatioMetric):
    """The share of yes-decisions that are right, from 0 to 1.

    ``true_positives / (true_positives + false_positives)``, and 0 before there are any.

    Args:
        thresholds: A number, or several, 0 to 1: predictions above it mean yes. Default None: 0.5, or none
            with ``top_k``.
        top_k: Only the ``top_k`` largest predictions of each sample mean yes. Default None: all can.
        class_id: The only class that counts. Default None: all count.
        name: Default: ``"precision"``, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred equal, ``(batch, classes)`` with ``top_k`` or ``class_id``; result a scalar, or
        ``(thresholds,)`` if there are several.

    Raises:
        ArgumentError: A threshold is not a number from 0 to 1, or ``top_k`` not an integer from 1.

    >>> metric = Precision()
    >>> round(float(metric([0, 1, 1, 1], [1.0, 0.0, 1.0, 1.0])), 4)
    0.6667
    """

    _counted = ("true_positives", "false_positives")
