"""What every loss owes, of all of corne-losses."""

from __future__ import annotations

import numpy as np
from corne_testkit import LossCase, LossConformance


def _class_numbers(generator, shape):
    return generator.integers(0, 4, shape).astype("int32")


def _one_hot(generator, shape):
    return np.eye(shape[-1], dtype="float32")[generator.integers(0, shape[-1], shape[:-1])]


def _zeros_and_ones(generator, shape):
    return generator.integers(0, 2, shape).astype("float32")


def _probabilities(generator, shape):
    drawn = generator.uniform(0.2, 1, shape)
    return (drawn / drawn.sum(-1, keepdims=True)).astype("float32")


def _logits(generator, shape):
    return generator.normal(size=shape).astype("float32")


def _labels(generator, shape):
    return np.array([0, 0, 1, 1], "int32")


def _directions(generator, shape):
    drawn = generator.normal(size=shape)
    return (drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)).astype("float32")


def _sequences(generator, shape):
    return np.array([[1, 2], [2, 0]], "int32")


_CLASSES = {"y_true": _one_hot, "y_pred": _probabilities}


class TestLosses(LossConformance):
    cases = [
        *(
            LossCase(name)
            for name in ["MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError", "LogCosh", "Poisson", "KLDivergence", "CosineSimilarity"]
        ),
        *(
            LossCase(name, y_true=_zeros_and_ones)
            for name in ["BinaryCrossentropy", "BinaryFocalCrossentropy", "Hinge", "SquaredHinge", "CategoricalHinge"]
        ),
        LossCase("Huber", {"delta": 0.3}),
        LossCase("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, y_pred=_logits),
        *(
            LossCase(name, **_CLASSES)
            for name in ["CategoricalCrossentropy", "CategoricalFocalCrossentropy"]
        ),
        LossCase("CategoricalCrossentropy", {"from_logits": True}, y_true=_one_hot, y_pred=_logits),
        LossCase("SparseCategoricalCrossentropy", y_true=_class_numbers, true_shape=(3,), y_pred=_probabilities),
        LossCase(
            "SparseCategoricalCrossentropy", {"from_logits": True}, y_true=_class_numbers, true_shape=(3,),
            y_pred=_logits,
        ),
        LossCase(
            "CategoricalGeneralizedCrossEntropy", {"q": 0.5}, y_true=_class_numbers, true_shape=(3,),
            y_pred=_probabilities,
        ),
        LossCase("CTC", y_true=_sequences, true_shape=(2, 2), y_pred=_logits, pred_shape=(2, 5, 3)),
        LossCase("Dice", {"axis": -1}, y_true=_zeros_and_ones),
        LossCase("Tversky", {"axis": -1, "alpha": 0.3}, y_true=_zeros_and_ones),
        LossCase("Circle", y_true=_labels, true_shape=(4,), y_pred=_directions, pred_shape=(4, 3)),
    ]  # fmt: skip
