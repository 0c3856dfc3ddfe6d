"""Columns of dicts and frames, with missing values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from corne.errors import DataError

from corne_preprocessing.sources import HostArray, is_frame, to_host

#: Stands for a missing integer, which is in no vocabulary.
MISSING = np.iinfo(np.int64).min


def column(where: str, table: Any, name: str, dtype: str) -> HostArray:
    """Return one column of a dict of arrays or of a frame, with one axis more than samples.

    Missing numbers are NaN, missing integers :data:`MISSING`, missing text is empty.

    Raises:
        DataError: There is no such column, or it holds another kind of values.
    """
    names = columns(where, table)
    if name not in names:
        raise DataError(where, f"a column {name!r}", f"columns {names}", "")
    array = to_host(f"{where}[{name!r}]", table[name])
    if dtype == "string":
        return _tall(array)
    try:
        numbers = array.astype("float64") if array.dtype.kind not in "biuf" else array
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}[{name!r}]", "numbers", f"dtype {array.dtype}", "") from error
    if dtype.startswith("int"):
        if numbers.dtype.kind == "f":
            numbers = np.where(np.isnan(numbers), MISSING, np.nan_to_num(numbers).astype("int64"))
        return _tall(numbers.astype("int64"))
    return _tall(numbers.astype("float32"))


def columns(where: str, table: Any) -> list[str]:
    """Return the names of columns.

    Raises:
        DataError: This is no table.
    """
    if isinstance(table, Mapping):
        return [str(name) for name in table]
    if is_frame(table) and hasattr(table, "columns"):
        return [str(name) for name in table.columns]
    raise DataError(where, "a dict of columns, or a frame", type(table).__name__, "")


def tables(where: str, data: Any) -> Iterator[Any]:
    """Yield tables: one, or those of batches ``table`` or ``(table, labels)``."""
    if isinstance(data, Mapping) or (is_frame(data) and hasattr(data, "columns")):
        yield data
    elif hasattr(data, "__iter__") and not isinstance(data, (str, bytes)):
        for batch in data:
            yield batch[0] if isinstance(batch, (tuple, list)) else batch
    else:
        raise DataError(where, "a dict of columns, a frame, or batches of them", type(data).__name__, "")


def _tall(array: HostArray) -> HostArray:
    return array.reshape(-1, 1) if array.ndim < 2 else array
