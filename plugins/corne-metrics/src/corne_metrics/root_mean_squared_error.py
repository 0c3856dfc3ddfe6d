"""The root of the mean of squared differences."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.metric import Mean
from corne.targets import matched


class RootMeanSquaredError(Mean):
    """The root of the mean of squared differences between truth and predictions, over all batches.

    Args:
        name: Default "root_mean_squared_error".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true and y_pred ``(batch, ..., n)``.

    >>> metric = RootMeanSquaredError()
    >>> round(float(metric([[0.0, 1.0], [0.0, 0.0]], [[1.0, 1.0], [0.0, 0.0]])), 4)
    0.5
    """

    _direction = "down"

    def __init__(self, name: str | None = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:  # type: ignore[override]
        """Add the squared differences of a batch."""
        y_true, y_pred = matched(y_true, ops.convert_to_tensor(y_pred, dtype=self.dtype), self.name)
        super().update_state(ops.square(ops.subtract(y_pred, y_true)), sample_weight)

    def result(self) -> Array:
        """Return the root of the mean since the last reset."""
        return ops.sqrt(super().result())
