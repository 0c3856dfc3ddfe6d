"""Labels of mixed images."""

from __future__ import annotations

from corne import dtypes, ops
from corne.backend import Array
from corne.errors import DataError


def mixed_labels(where: str, y: Array, share: Array, order: Array) -> Array:
    """Return ``share * y + (1 - share) * y[order]``.

    Raises:
        DataError: Class numbers, of which no mixture makes sense.
    """
    floating = dtypes.is_float(dtypes.standardize_dtype(y.dtype))
    if len(y.shape) < 2 and not floating:
        raise DataError(
            f"{where}: labels", "one-hot labels (batch, classes)", f"integers of shape {tuple(y.shape)}",
            "Use utils.to_categorical first.",
        )  # fmt: skip
    y = y if floating else ops.cast(y, "float32")
    share = ops.cast(ops.reshape(share, (-1, *(1,) * (len(y.shape) - 1))), y.dtype)
    return share * y + (1.0 - share) * ops.take(y, order, axis=0)
