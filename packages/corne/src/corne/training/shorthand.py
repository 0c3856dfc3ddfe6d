"""What words such as "accuracy" mean, and what counts as one item in a structure of losses or metrics."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any


def single(value: Any) -> bool:
    """Return whether ``value`` is one loss or metric (a config's dict too) rather than a structure of them."""
    if isinstance(value, Mapping):
        return "class_name" in value
    return not isinstance(value, (list, tuple))


def leaves(value: Any) -> list[Any]:
    """Return all single items in a structure of them.

    >>> leaves({"a": ["mae", "mse"], "b": None})
    ['mae', 'mse', None]
    """
    if single(value):
        return [value]
    return [
        leaf for item in (value.values() if isinstance(value, Mapping) else value) for leaf in leaves(item)
    ]


def is_shorthand(item: Any, words: Collection[str]) -> bool:
    """Return whether ``item`` is one of these words, in any case."""
    return isinstance(item, str) and item.lower() in words


def kind_of_labels(y_true: Any, y_pred: Any) -> str:
    """Return "binary", "sparse_categorical" or "categorical", as the shapes of targets and predictions imply.

    >>> import numpy as np
    >>> kind_of_labels(np.zeros(4), np.zeros((4, 3)))
    'sparse_categorical'
    """
    true_shape, pred_shape = tuple(getattr(y_true, "shape", ())), tuple(y_pred.shape)
    if not pred_shape or pred_shape[-1] == 1:
        return "binary"
    if len(true_shape) < len(pred_shape) or true_shape[-1] == 1:
        return "sparse_categorical"
    return "categorical"
