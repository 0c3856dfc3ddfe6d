"""Batch renormalization: what it changes in batch normalization.

Source: Batch Renormalization, Ioffe 2017, algorithm 1, https://arxiv.org/abs/1702.03275
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from corne import ops
from corne.backend import Array
from corne.errors import ArgumentError


def check_clipping(limits: Mapping[str, float]) -> dict[str, float]:
    """Return ``limits`` as a dict after checking its keys and values."""
    where = "BatchNormalization(renorm_clipping=…)"
    unknown = set(limits) - {"rmin", "rmax", "dmax"}
    if unknown:
        raise ArgumentError(where, "a dict with keys among rmin, rmax, dmax", f"{sorted(unknown)}")
    low, high, shift = (limits.get(key) for key in ("rmin", "rmax", "dmax"))
    if low is not None and high is not None and high < low:
        raise ArgumentError(where, "rmin <= rmax", f"rmin={low}, rmax={high}", "Exchange them?")
    if shift is not None and shift < 0:
        raise ArgumentError(where, "dmax >= 0", f"dmax={shift}", "It limits the size of the shift.")
    return dict(limits)


def correction(
    mean: Array,
    stddev: Array,
    renorm_mean: Array,
    renorm_stddev: Array,
    epsilon: float,
    limits: Mapping[str, float],
) -> tuple[Array, Array]:
    """Return ``r`` and ``d``, by which the normalized batch is scaled and shifted; both are constants.

    ``r = stddev / renorm_stddev`` and ``d = (mean - renorm_mean) / renorm_stddev``, within ``limits``.
    """
    renorm_stddev = ops.maximum(renorm_stddev, math.sqrt(epsilon))
    r = stddev / renorm_stddev
    d = (mean - renorm_mean) / renorm_stddev
    if limits.get("rmin") is not None:
        r = ops.maximum(r, limits["rmin"])
    if limits.get("rmax") is not None:
        r = ops.minimum(r, limits["rmax"])
    if limits.get("dmax") is not None:
        d = ops.clip(d, -limits["dmax"], limits["dmax"])
    return ops.stop_gradient(r), ops.stop_gradient(d)
