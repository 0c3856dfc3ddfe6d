"""LogRatio by hand: twice as much and half as much cost log(2) squared."""

from __future__ import annotations

import math

import numpy as np
import pytest
from corne import losses
from corne_example_layer.log_ratio import LogRatio, log_ratio

COST = math.log(2) ** 2


def test_values(backend):
    y_true = backend.asarray(np.array([[1.0, 2.0], [3.0, 4.0]], "float32"))
    y_pred = backend.asarray(np.array([[2.0, 1.0], [3.0, 8.0]], "float32"))
    # Row by row: (COST + COST) / 2 and (0 + COST) / 2; their mean is 3/4 of COST.
    assert np.allclose(backend.to_numpy(log_ratio(y_true, y_pred)), [COST, COST / 2], atol=1e-6)
    assert float(LogRatio()(y_true, y_pred)) == pytest.approx(0.75 * COST, rel=1e-5)


def test_numbers_below_the_floor_count_as_the_floor(backend):
    # log(1 / 0.5) squared, since -3 counts as 0.5.
    y_true, y_pred = (backend.asarray(np.array([[v]], "float32")) for v in (1.0, -3.0))
    assert float(LogRatio(floor=0.5)(y_true, y_pred)) == pytest.approx(COST, rel=1e-5)


def test_it_is_found_by_name_and_configured():
    assert isinstance(losses.get("LogRatio"), LogRatio)
    assert losses.get("log_ratio") is log_ratio
    again = losses.deserialize(losses.serialize(LogRatio(floor=0.1, reduction="sum")))
    assert isinstance(again, LogRatio)
    assert (again.floor, again.reduction) == (0.1, "sum")
