"""Metrics on every backend: values from arithmetic, state, and what bad input says."""

from __future__ import annotations

import corne.metrics
import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, ShapeError
from corne.metric import Metric


def number(x):
    return float(np.asarray(ops.convert_to_numpy(x)))


@pytest.mark.usefixtures("backend")
class TestValues:
    def test_mean_over_batches_of_different_sizes(self):
        metric = corne.metrics.Mean()
        metric.update_state([1.0, 2.0, 3.0])
        metric.update_state([10.0])
        assert number(metric.result()) == pytest.approx(4.0)  # 16 / 4
        metric.reset_state()
        assert number(metric.result()) == 0.0

    @pytest.mark.parametrize("ignored", [-1, 0, 255])
    def test_ignored_classes_do_not_count(self, ignored):
        metric = corne.metrics.SparseCategoricalCrossentropy(ignore_class=ignored)
        guess = np.array([[[0.5, 0.25, 0.25]] * 2, [[0.5, 0.25, 0.25]] * 2], "float32")
        metric.update_state(np.array([[ignored, 1], [ignored, ignored]]), guess)
        assert number(metric.result()) == pytest.approx(np.log(4))  # only the 0.25 counts
        metric.update_state(np.array([[1, 2], [2, 1]]), guess, sample_weight=np.array([1.0, 0.0]))
        assert number(metric.result()) == pytest.approx(np.log(4))
        metric.reset_state()
        metric.update_state(np.full((2, 2), ignored), guess)
        assert number(metric.result()) == 0.0

    def test_accuracy_of_classes(self):
        # argmax 1, 2, 0; labels 1, 0, 0
        guess = np.array([[0.1, 0.8, 0.1], [0.2, 0.3, 0.5], [0.6, 0.2, 0.2]], "float32")
        sparse = corne.metrics.SparseCategoricalAccuracy()
        dense = corne.metrics.CategoricalAccuracy()
        assert number(sparse([1, 0, 0], guess)) == pytest.approx(2 / 3)
        assert number(dense(np.eye(3)[[1, 0, 0]], guess)) == pytest.approx(2 / 3)

    def test_class_numbers_beyond_a_short_float(self):
        # bfloat16 and float16 can't tell 2049 from 2048
        guess = np.zeros((1, 3000), "float16")
        guess[0, 2048] = 1.0
        assert number(corne.metrics.SparseCategoricalAccuracy()([2049], guess)) == 0.0
        assert number(corne.metrics.SparseCategoricalAccuracy()([2048], guess)) == 1.0

    def test_auc_of_a_perfect_and_of_a_useless_classifier(self):
        perfect, useless = corne.metrics.AUC(), corne.metrics.AUC()
        assert number(perfect([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])) == pytest.approx(1.0, abs=1e-6)
        assert number(useless([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5])) == pytest.approx(0.5, abs=1e-6)

    def test_auc_is_the_share_of_pairs_in_order(self):
        # 1 vs 0: (.9>.1) (.9>.6) (.4>.1) (.4<.6): 3 of 4
        metric = corne.metrics.AUC(num_thresholds=1001)
        assert number(metric([0, 0, 1, 1], [0.1, 0.6, 0.4, 0.9])) == pytest.approx(0.75, abs=1e-3)

    def test_precision_and_recall(self):
        truth, guess = [1, 1, 0, 0, 1], [0.9, 0.2, 0.8, 0.1, 0.7]  # 2 right of 3 yes, 2 found of 3
        assert number(corne.metrics.Precision()(truth, guess)) == pytest.approx(2 / 3)
        assert number(corne.metrics.Recall()(truth, guess)) == pytest.approx(2 / 3)

    def test_function_and_class_agree(self):
        truth, guess = np.array([[0.0, 1.0]], "float32"), np.array([[1.0, 3.0]], "float32")
        np.testing.assert_allclose(
            ops.convert_to_numpy(corne.metrics.mean_squared_error(truth, guess)), [2.5]
        )
        assert number(corne.metrics.MeanSquaredError()(truth, guess)) == pytest.approx(2.5)


@pytest.mark.usefixtures("backend")
class TestState:
    def test_stateless_calls_leave_the_metric_alone(self):
        metric = corne.metrics.Mean()
        state = metric.stateless_reset_state()
        state = metric.stateless_update_state(state, [2.0, 4.0])
        assert number(metric.stateless_result(state)) == 3.0
        assert number(metric.result()) == 0.0
        with pytest.raises(ArgumentError, match="2 values, one for each variable"):
            metric.stateless_result(state[:1])

    def test_own_metric_with_a_metric_inside(self):
        class Spread(Metric):
            def __init__(self, name="spread", dtype=None):
                super().__init__(name=name, dtype=dtype)
                self.mean = corne.metrics.Mean()
                self.largest = self.add_variable((), "zeros", name="largest")

            def update_state(self, values, sample_weight=None):
                self.mean.update_state(values)
                self.largest.assign(ops.maximum(self.largest, ops.max(values)))

            def result(self):
                return {"mean": self.mean.result(), "largest": self.largest.value}

        metric = Spread()
        result = metric(np.array([1.0, 5.0], "float32"))
        assert {key: number(value) for key, value in result.items()} == {"mean": 3.0, "largest": 5.0}
        assert [v.name for v in metric.variables] == ["largest", "total", "count"]
        metric.reset_state()
        assert number(metric.result()["mean"]) == 0.0

    def test_functions_can_be_metrics(self):
        def gap(y_true, y_pred):
            return ops.absolute(ops.subtract(y_true, y_pred))

        metric = corne.metrics.MeanMetricWrapper(gap, name="gap")
        assert number(metric(np.array([1.0, 2.0]), np.array([2.0, 5.0]))) == 2.0


@pytest.mark.usefixtures("backend")
class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "arguments", "word"),
        [
            ("AUC", {"curve": "RCO"}, "curve.*Did you mean 'ROC'"),
            ("AUC", {"summation_method": "minor"}, "summation_method"),
            ("AUC", {"num_thresholds": 1}, "num_thresholds"),
            ("AUC", {"thresholds": [0.5, 1.5]}, "thresholds"),
            ("AUC", {"num_labels": 3}, "num_labels"),
            ("Precision", {"thresholds": 2.0}, "thresholds"),
            ("Recall", {"top_k": 0}, "k=…"),
            ("BinaryAccuracy", {"threshold": 1.5}, "threshold"),
            ("TopKCategoricalAccuracy", {"k": 0}, "k"),
            ("F1Score", {"average": "mean"}, "average"),
            ("FBetaScore", {"beta": 0}, "beta"),
            ("R2Score", {"class_aggregation": "sum"}, "class_aggregation"),
            ("IoU", {"num_classes": 2, "target_class_ids": [2]}, "target_class_ids"),
            ("SensitivityAtSpecificity", {"specificity": 1.1}, "specificity"),
            ("PrecisionAtRecall", {"recall": 0.5, "num_thresholds": 0}, "num_thresholds"),
        ],
    )
    def test_values_out_of_range(self, name, arguments, word):
        with pytest.raises(ArgumentError, match=word):
            getattr(corne.metrics, name)(**arguments)

    @pytest.mark.parametrize(
        ("name", "true", "pred"),
        [
            ("SparseCategoricalAccuracy", (4, 3), (4, 3)),
            ("CategoricalAccuracy", (4,), (4, 3)),
            ("BinaryAccuracy", (4,), (4, 3)),
            ("MeanSquaredError", (4, 2), (4, 3)),
            ("MeanSquaredError", (4, 1), (4, 3)),
            ("MeanSquaredError", (4, 3), (4, 1)),
            ("AUC", (4, 2), (4, 3)),
            ("F1Score", (4,), (4,)),
            ("R2Score", (4,), (4,)),
            ("MeanIoU", (4,), (3,)),
        ],
    )
    def test_shapes_that_do_not_fit(self, name, true, pred):
        arguments = {"num_classes": 3} if name == "MeanIoU" else {}
        with pytest.raises(ShapeError, match=r"\("):
            getattr(corne.metrics, name)(**arguments).update_state(
                np.zeros(true, "int32"), np.full(pred, 0.5)
            )

    def test_weights_that_do_not_fit(self):
        with pytest.raises(ShapeError, match=r"mean\(sample_weight=…\)"):
            corne.metrics.Mean().update_state(np.zeros((4, 2)), sample_weight=np.ones(3))
        with pytest.raises(ShapeError, match="sample_weight"):
            corne.metrics.AUC().update_state(np.zeros(4), np.zeros(4), sample_weight=np.ones(3))

    def test_labels_of_another_number_than_before(self):
        metric = corne.metrics.AUC(multi_label=True)
        metric.update_state(np.zeros((4, 3)), np.zeros((4, 3)))
        with pytest.raises(ShapeError, match=r"\(batch, 3\)"):
            metric.update_state(np.zeros((4, 2)), np.zeros((4, 2)))
