"""The harmonic mean of precision and recall."""

from __future__ import annotations

from typing import Any

from corne_metrics.fbeta_score import FBetaScore


class F1Score(FBetaScore):
    """The harmonic mean of precision and recall: ``2 * precision * recall / (precision + recall)``.

    Args:
        average: Over classes: None (one score per class), ``"micro"`` (all decisions together), ``"macro"``
            (the mean) or ``"weighted"`` (weighted by how often a class is true). Default None.
        threshold: Predictions above it, above 0 and up to 1, mean yes. Default None: the largest does.
        name: Default "f1_score".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, classes)``; result ``(classes,)``, or a scalar with ``average``.

    Raises:
        ArgumentError: An argument's value makes no sense.
        ShapeError: Predictions or labels are not ``(batch, classes)``.

    >>> metric = F1Score(average="micro", threshold=0.5)
    >>> round(float(metric([[1, 1, 1], [1, 0, 0]], [[0.2, 0.6, 0.7], [0.9, 0.6, 0.1]])), 4)
    0.75
    """

    def __init__(
        self,
        average: str | None = None,
        threshold: float | None = None,
        name: str | None = "f1_score",
        dtype: Any = None,
    ) -> None:
        super().__init__(average=average, beta=1.0, threshold=threshold, name=name, dtype=dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        del config["beta"]
        return config
