"""Arrays of labels and of samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from corne.backend import Array
from corne.errors import ArgumentError


def to_categorical(x: Any, num_classes: int | None = None) -> Array:
    """Turn class numbers into rows with a single 1.

    Args:
        x: Class numbers from 0 to ``num_classes - 1``: anything NumPy can convert, or a backend's array.
        num_classes: Default: the largest class number plus 1.

    Shapes:
        input ``(...)``, or ``(..., 1)`` whose last axis is dropped; output ``(..., num_classes)``, in
        float64 for NumPy and lists as in Keras, in ``floatx`` for a backend's own array.

    Raises:
        ArgumentError: A class number that is negative or too large.

    >>> to_categorical([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    from corne import backend

    active = backend.active()
    native = active.is_array(x) and not isinstance(x, np.ndarray)
    labels = np.asarray(active.to_numpy(x) if native else x).astype("int64")
    if labels.ndim > 1 and labels.shape[-1] == 1:
        labels = labels.reshape(labels.shape[:-1])
    classes = (int(labels.max(initial=-1)) + 1) if num_classes is None else num_classes
    if labels.size and (labels.min() < 0 or labels.max() >= classes):
        raise ArgumentError(
            "to_categorical(x)",
            f"class numbers from 0 to {classes - 1}",
            f"numbers from {labels.min()} to {labels.max()}",
            "Pass a larger num_classes, or shift the labels so that they start at 0.",
        )
    rows = np.zeros((*labels.shape, classes))
    np.put_along_axis(rows, labels[..., None], 1.0, axis=-1)
    if native:
        from corne import config

        return active.asarray(rows, config.floatx())
    return rows


def normalize(x: Any, axis: int = -1, order: int = 2) -> Array:
    """Divide by the norm along an axis; vectors of norm 0 stay unchanged.

    ``x / (sum |x| ** order) ** (1 / order)``

    Args:
        x: Anything NumPy can convert, or a backend's array.
        axis: The axis of the norm. Default -1.
        order: 1, 2, ...: the norm's order. Default 2, the Euclidean length.

    Raises:
        ArgumentError: ``order`` is not a positive integer.

    >>> normalize([[3.0, 4.0]])
    array([[0.6, 0.8]])
    """
    from corne import backend, ops

    if not isinstance(order, int) or order < 1:
        raise ArgumentError("normalize(order=…)", "a positive integer", repr(order), "Use 1 or 2.")
    if backend.active().is_array(x) and not isinstance(x, np.ndarray):
        return ops.normalize(x, axis=axis, order=order)
    values = np.asarray(x)
    norm = np.atleast_1d(np.linalg.norm(values, order, axis))
    norm[norm == 0] = 1
    return values / np.expand_dims(norm, axis)
