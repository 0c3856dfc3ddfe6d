"""The weighted sum of values."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.metric import Metric, reduce_to_samplewise_values


class Sum(Metric):
    """The weighted sum of values.

    Args:
        name: Default "sum".
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        values: any; sample_weight: as values, or with fewer last axes.

    >>> metric = Sum()
    >>> metric.update_state([1.0, 3.0, 5.0, 7.0], sample_weight=[1.0, 1.0, 0.0, 0.0])
    >>> float(metric.result())
    4.0
    """

    def __init__(self, name: str | None = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)
        self.total = self.add_variable((), "zeros", dtype=self.dtype, name="total")

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add values, each multiplied by ``sample_weight`` (default: 1)."""
        values, _ = reduce_to_samplewise_values(values, sample_weight, ops.sum, self.dtype, where=self.name)
        self.total.assign(ops.add(self.total, ops.sum(values)))

    def result(self) -> Array:
        """Return the sum of all values since the last reset."""
        return self.total.value
