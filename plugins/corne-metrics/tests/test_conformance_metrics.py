"""What every metric owes, of metrics of each family of corne-metrics."""

from __future__ import annotations

import numpy as np
from corne_testkit import MetricCase, MetricConformance


def _class_numbers(generator, shape):
    return generator.integers(0, 4, shape).astype("int32")


def _one_hot(generator, shape):
    return np.eye(shape[-1], dtype="float32")[generator.integers(0, shape[-1], shape[:-1])]


def _zeros_and_ones(generator, shape):
    return generator.integers(0, 2, shape).astype("float32")


class TestMetrics(MetricConformance):
    cases = [
        *(
            MetricCase(name)
            for name in [
                "MeanSquaredError",
                "RootMeanSquaredError",
                "MeanAbsoluteError",
                "MeanAbsolutePercentageError",
                "MeanSquaredLogarithmicError",
                "CosineSimilarity",
                "LogCoshError",
                "Poisson",
                "KLDivergence",
                "R2Score",
            ]
        ),
        *(
            MetricCase(name, y_true=_zeros_and_ones)
            for name in [
                "BinaryAccuracy",
                "BinaryCrossentropy",
                "Precision",
                "Recall",
                "TruePositives",
                "TrueNegatives",
                "FalsePositives",
                "FalseNegatives",
                "AUC",
                "Hinge",
                "SquaredHinge",
                "CategoricalHinge",
            ]
        ),
        MetricCase("Precision", {"thresholds": [0.3, 0.6]}, y_true=_zeros_and_ones),
        MetricCase("AUC", {"curve": "PR", "num_thresholds": 20}, y_true=_zeros_and_ones),
        *(
            MetricCase(name, arguments, y_true=_zeros_and_ones)
            for name, arguments in {
                "PrecisionAtRecall": {"recall": 0.5},
                "RecallAtPrecision": {"precision": 0.5},
                "SensitivityAtSpecificity": {"specificity": 0.5},
                "SpecificityAtSensitivity": {"sensitivity": 0.5},
            }.items()
        ),
        MetricCase("Accuracy", y_true=_class_numbers, y_pred=_class_numbers),
        MetricCase("CategoricalAccuracy", y_true=_one_hot),
        MetricCase("CategoricalCrossentropy", y_true=_one_hot),
        MetricCase("TopKCategoricalAccuracy", {"k": 2}, y_true=_one_hot),
        MetricCase("SparseCategoricalAccuracy", y_true=_class_numbers, true_shape=(3,)),
        MetricCase("SparseCategoricalCrossentropy", y_true=_class_numbers, true_shape=(3,)),
        MetricCase("SparseTopKCategoricalAccuracy", {"k": 2}, y_true=_class_numbers, true_shape=(3,)),
        MetricCase("F1Score", {"average": "macro", "threshold": 0.5}, y_true=_zeros_and_ones),
        MetricCase("FBetaScore", {"beta": 2.0}, y_true=_one_hot),
        MetricCase(
            "IoU",
            {"num_classes": 4, "target_class_ids": [0, 2]},
            y_true=_class_numbers,
            y_pred=_class_numbers,
            weight_axes=2,
        ),
        MetricCase(
            "MeanIoU", {"num_classes": 4}, y_true=_class_numbers, y_pred=_class_numbers, weight_axes=2
        ),
        MetricCase("BinaryIoU", {"threshold": 0.4}, y_true=_zeros_and_ones, weight_axes=2),
        MetricCase("OneHotIoU", {"num_classes": 4, "target_class_ids": [1]}, y_true=_one_hot),
        MetricCase("PearsonCorrelation", batches_add_up=True),
        MetricCase("ConcordanceCorrelation"),
        MetricCase("OneHotMeanIoU", {"num_classes": 4}, y_true=_one_hot),
    ]
