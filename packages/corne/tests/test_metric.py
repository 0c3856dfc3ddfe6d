"""The base of metrics, and Mean. No plugin's metric is needed."""

from __future__ import annotations

import numpy as np
import pytest
from corne import metrics, ops
from corne.errors import ArgumentError, ShapeError, StateError
from corne.masking import set_mask
from corne.metric import Mean, MeanMetricWrapper, Metric
from corne.serialization import register_serializable

pytestmark = pytest.mark.usefixtures("backend")


def number(x):
    return float(ops.convert_to_numpy(x))


class Spread(Metric):
    """Holds a metric, and a variable in a list."""

    def __init__(self, name="spread", dtype=None):
        super().__init__(name=name, dtype=dtype)
        self.mean = Mean()
        self.ends = [self.add_variable((), "zeros", name="largest")]

    def update_state(self, values, sample_weight=None):
        self.mean.update_state(values)
        self.ends[0].assign(ops.maximum(self.ends[0], ops.max(values)))

    def result(self):
        return {"mean": self.mean.result(), "largest": self.ends[0].value}


@register_serializable(package="test_metric")
def gap(y_true, y_pred, scale=1.0):
    return ops.multiply(ops.absolute(ops.subtract(y_true, y_pred)), scale)


@pytest.mark.parametrize(
    ("values", "weights", "expected"),
    [
        ([1.0, 3.0, 5.0, 7.0], None, 4.0),
        ([1.0, 3.0, 5.0, 7.0], [1.0, 1.0, 0.0, 0.0], 2.0),
        ([[1.0, 3.0], [5.0, 7.0]], None, 4.0),
        ([[1.0, 3.0], [5.0, 7.0]], [1.0, 0.0], 2.0),
        ([[1.0, 3.0], [5.0, 7.0]], [[1.0], [0.0]], 2.0),
        ([[1.0, 3.0], [5.0, 7.0]], [[1.0, 0.0], [0.0, 1.0]], 4.0),
        (2.5, None, 2.5),
        (2.5, 3.0, 2.5),
    ],
)
def test_mean(values, weights, expected):
    metric = Mean()
    metric.update_state(np.asarray(values, "float32"), None if weights is None else np.asarray(weights))
    assert number(metric.result()) == pytest.approx(expected)


def test_mean_of_nothing_is_zero():
    assert number(Mean().result()) == 0.0


def test_mean_counts_samples_over_batches_and_forgets_them():
    metric = Mean(name="m")
    metric.update_state([1.0, 2.0, 3.0])
    assert number(metric([10.0])) == pytest.approx(4.0)
    metric.reset_state()
    assert number(metric([10.0])) == 10.0
    assert [v.path for v in metric.variables] == ["m/total", "m/count"]


def test_own_metric_finds_its_variables_and_metrics():
    metric = Spread()
    result = metric(np.array([1.0, 5.0], "float32"))
    assert {key: number(value) for key, value in result.items()} == {"mean": 3.0, "largest": 5.0}
    assert [v.name for v in metric.variables] == ["largest", "total", "count"]
    metric.reset_state()
    assert number(metric.result()["mean"]) == number(metric.result()["largest"]) == 0.0


def test_stateless_calls_leave_the_metric_alone():
    metric = Spread()
    state = metric.stateless_reset_state()
    for values in ([2.0, 4.0], [9.0]):
        state = metric.stateless_update_state(state, np.asarray(values, "float32"))
    result = metric.stateless_result(state)
    assert number(result["mean"]) == 5.0
    assert number(result["largest"]) == 9.0
    assert number(metric.result()["largest"]) == 0.0
    with pytest.raises(ArgumentError, match="3 values, one for each variable"):
        metric.stateless_update_state(state[:2], [1.0])


def test_function_as_metric_is_saved_by_its_name():
    metric = MeanMetricWrapper(gap, name="gap", scale=2.0)
    assert number(metric(np.array([1.0, 2.0]), np.array([2.0, 5.0]))) == 4.0
    again = metrics.deserialize(metrics.serialize(metric))
    assert again.get_config() == metric.get_config()
    assert number(again(np.array([1.0]), np.array([2.0]))) == 2.0


def test_a_mask_on_the_predictions_is_respected():
    guess = set_mask(ops.convert_to_tensor([[1.0, 2.0], [3.0, 9.0]]), ops.convert_to_tensor([[1, 1], [1, 0]]))
    metric = MeanMetricWrapper(gap, name="gap")
    assert number(metric(np.zeros((2, 2), "float32"), guess)) == pytest.approx((1 + 2 + 3) / 3)
    metric.reset_state()
    weighted = metric(np.zeros((2, 2), "float32"), guess, sample_weight=[1.0, 0.5])
    assert number(weighted) == pytest.approx((1 + 2 + 1.5) / 2.5)


def test_dtype_and_config():
    metric = Mean(dtype="float16")
    assert metric.get_config() == {"name": "mean", "dtype": "float16"}
    assert metric.total.dtype == "float16"
    assert Mean.from_config(metric.get_config()).dtype == "float16"


def test_bad_input():
    class Forgetful(Metric):
        def __init__(self):
            self.add_variable((), "zeros")

    with pytest.raises(StateError, match="super"):
        Forgetful()
    with pytest.raises(ShapeError, match=r"mean\(sample_weight=…\).*\(4,\).*\(3,\)"):
        Mean().update_state(np.zeros((4, 2)), sample_weight=np.ones(3))
    with pytest.raises(NotImplementedError, match="update_state"):
        Metric()(1.0)
    with pytest.raises(NotImplementedError, match="result"):
        Metric().result()
