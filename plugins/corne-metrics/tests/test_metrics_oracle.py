"""Every metric agrees with Keras over several batches, with and without weights, and so do configs."""

from __future__ import annotations

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne.metrics
import numpy as np
import pytest
from corne.backend import choice
from corne.masking import set_mask

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

RNG = np.random.default_rng(11)


@pytest.fixture(autouse=True)
def _cpu():
    with choice.use("cpu"):
        yield


def probabilities(*shape):
    values = RNG.uniform(0.05, 1.0, shape)
    return (values / values.sum(-1, keepdims=True)).astype("float32")


def one_hot(*shape):
    return np.eye(shape[-1], dtype="float32")[RNG.integers(0, shape[-1], shape[:-1])]


def real(*shape):
    return RNG.normal(size=shape).astype("float32")


def bits(*shape):
    return RNG.integers(0, 2, shape).astype("float32")


def chance(*shape):
    return RNG.uniform(0.02, 0.98, shape).astype("float32")


def grid(*shape):
    """Predictions that lie on thresholds, 0 and 1 among them."""
    return (RNG.integers(0, 11, shape) / 10).astype("float32")


def labels(*shape, classes=5):
    return RNG.integers(0, classes, shape).astype("int32")


def batches(true, pred, weight=None):
    return [(true(), pred(), None if weight is None else weight()) for _ in range(3)]


def plain(name, arguments, true, pred, weight):
    return [(name, arguments, batches(true, pred)), (name, arguments, batches(true, pred, weight))]


W4, W8 = (lambda: chance(4)), (lambda: chance(8))
CASES = [
    case
    for name in (
        "MeanSquaredError", "MeanAbsoluteError", "MeanAbsolutePercentageError", "MeanSquaredLogarithmicError",
        "RootMeanSquaredError", "LogCoshError", "Poisson", "KLDivergence", "R2Score", "CosineSimilarity",
    )
    for case in plain(name, {}, lambda: chance(4, 5), lambda: chance(4, 5), W4)
] + [
    case
    for name in ("Hinge", "SquaredHinge", "CategoricalHinge", "BinaryCrossentropy", "BinaryAccuracy")
    for case in plain(name, {}, lambda: one_hot(4, 5), lambda: chance(4, 5), W4)
]  # fmt: skip
for name, arguments, true, pred, weight in [
    ("Accuracy", {}, lambda: labels(8), lambda: labels(8), W8),
    ("Accuracy", {}, lambda: labels(4, 3), lambda: labels(4, 3), lambda: chance(4, 3)),
    ("BinaryAccuracy", {"threshold": 0.3}, lambda: bits(8), lambda: chance(8, 1), W8),
    ("CategoricalAccuracy", {}, lambda: one_hot(8, 5), lambda: probabilities(8, 5), W8),
    (
        "CategoricalAccuracy",
        {},
        lambda: one_hot(4, 3, 5),
        lambda: probabilities(4, 3, 5),
        lambda: chance(4, 3),
    ),
    ("SparseCategoricalAccuracy", {}, lambda: labels(8), lambda: probabilities(8, 5), W8),
    ("SparseCategoricalAccuracy", {}, lambda: labels(8, 1), lambda: probabilities(8, 5), W8),
    (
        "SparseCategoricalAccuracy",
        {},
        lambda: labels(4, 3, 1),
        lambda: probabilities(4, 3, 5),
        lambda: chance(4, 3),
    ),
    ("TopKCategoricalAccuracy", {"k": 2}, lambda: one_hot(8, 5), lambda: probabilities(8, 5), W8),
    ("TopKCategoricalAccuracy", {"k": 3}, lambda: one_hot(8, 5), lambda: grid(8, 5), W8),
    ("TopKCategoricalAccuracy", {"k": 2}, lambda: one_hot(4, 3, 5), lambda: probabilities(4, 3, 5), W4),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, lambda: labels(8), lambda: probabilities(8, 5), W8),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, lambda: labels(4, 3), lambda: probabilities(4, 3, 5), W4),
    (
        "SparseTopKCategoricalAccuracy",
        {"k": 2, "from_sorted_ids": True},
        lambda: labels(8),
        lambda: labels(8, 4).astype("float32"),
        W8,
    ),
    (
        "BinaryCrossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        lambda: bits(4, 5),
        lambda: real(4, 5),
        W4,
    ),
    (
        "CategoricalCrossentropy",
        {"from_logits": True, "label_smoothing": 0.1},
        lambda: one_hot(4, 5),
        lambda: real(4, 5),
        W4,
    ),
    ("CategoricalCrossentropy", {}, lambda: one_hot(4, 5), lambda: probabilities(4, 5), W4),
    ("SparseCategoricalCrossentropy", {}, lambda: labels(4), lambda: probabilities(4, 5), W4),
    ("CosineSimilarity", {"axis": 1}, lambda: real(4, 3, 5), lambda: real(4, 3, 5), W4),
    ("PearsonCorrelation", {}, lambda: real(4, 5), lambda: real(4, 5), W4),
    ("ConcordanceCorrelation", {}, lambda: real(4, 5), lambda: real(4, 5), W4),
    ("R2Score", {"class_aggregation": None}, lambda: real(4, 3), lambda: real(4, 3), W4),
    (
        "R2Score",
        {"class_aggregation": "variance_weighted_average", "num_regressors": 2},
        lambda: real(4, 3),
        lambda: real(4, 3),
        W4,
    ),
    *[
        (name, arguments, lambda: bits(8), lambda: grid(8), W8)
        for name in (
            "TruePositives",
            "FalsePositives",
            "TrueNegatives",
            "FalseNegatives",
            "Precision",
            "Recall",
        )
        for arguments in (
            {},
            {"thresholds": 0.3},
            {"thresholds": [0.2, 0.7]},
            {"thresholds": [0.0, 0.25, 0.5, 0.75, 1.0]},
        )
    ],
    ("TruePositives", {}, lambda: bits(4, 5), lambda: chance(4, 5), W4),
    ("Precision", {"top_k": 2}, lambda: bits(4, 5), lambda: chance(4, 5), W4),
    ("Recall", {"top_k": 2, "class_id": 3}, lambda: bits(4, 5), lambda: chance(4, 5), W4),
    ("Precision", {"class_id": 0, "thresholds": [0.1, 0.6]}, lambda: bits(4, 5), lambda: chance(4, 5), W4),
    *[
        (name, arguments, lambda: bits(16), lambda: grid(16), lambda: chance(16))
        for name in (
            "SensitivityAtSpecificity",
            "SpecificityAtSensitivity",
            "PrecisionAtRecall",
            "RecallAtPrecision",
        )
        for arguments in (
            {"value": 0.4},
            {"value": 0.6, "num_thresholds": 1},
            {"value": 0.5, "num_thresholds": 11},
        )
    ],
    ("SensitivityAtSpecificity", {"value": 0.5, "class_id": 1}, lambda: bits(8, 3), lambda: chance(8, 3), W8),
    *[
        ("AUC", {"curve": curve, "summation_method": method, **more}, lambda: bits(16), lambda: grid(16), W)
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
        for more in ({}, {"num_thresholds": 11}, {"thresholds": [0.2, 0.5, 0.55]})
        for W in [lambda: chance(16)]
    ],
    ("AUC", {"from_logits": True}, lambda: bits(16), lambda: real(16), lambda: chance(16)),
    ("AUC", {}, lambda: bits(16, 3), lambda: chance(16, 3), lambda: chance(16)),
    (
        "AUC",
        {"label_weights": [0.2, 0.5, 1.0]},
        lambda: bits(16, 3),
        lambda: chance(16, 3),
        lambda: chance(16),
    ),
    ("AUC", {"multi_label": True}, lambda: bits(16, 3), lambda: chance(16, 3), lambda: chance(16)),
    (
        "AUC",
        {"multi_label": True, "num_labels": 3, "label_weights": [0.2, 0.5, 1.0], "curve": "PR"},
        lambda: bits(16, 3),
        lambda: chance(16, 3),
        lambda: chance(16),
    ),
    (
        "AUC",
        {"multi_label": True, "thresholds": [0.1, 0.4], "curve": "PR", "summation_method": "majoring"},
        lambda: bits(16, 3),
        lambda: chance(16, 3),
        lambda: chance(16),
    ),
    *[
        (
            name,
            {"average": average, "threshold": threshold, **more},
            lambda: bits(6, 4),
            lambda: chance(6, 4),
            None,
        )
        for name, more in (("F1Score", {}), ("FBetaScore", {"beta": 2.0}))
        for average in (None, "micro", "macro", "weighted")
        for threshold in (None, 0.4)
    ],
    ("F1Score", {"average": "weighted"}, lambda: one_hot(6, 4), lambda: chance(6, 4), lambda: chance(6)),
]:
    CASES += plain(name, arguments, true, pred, weight or (lambda: chance(6)))


def integer_weights():
    return RNG.integers(0, 3, 8)


IOU = [
    (
        "IoU",
        {"num_classes": 4, "target_class_ids": [0, 2]},
        lambda: labels(8, classes=4),
        lambda: labels(8, classes=4),
    ),
    ("MeanIoU", {"num_classes": 5}, lambda: labels(8, classes=4), lambda: labels(8, classes=4)),
    (
        "MeanIoU",
        {"num_classes": 4, "ignore_class": 1},
        lambda: labels(8, classes=4),
        lambda: labels(8, classes=5),
    ),
    (
        "MeanIoU",
        {"num_classes": 4, "sparse_y_pred": False},
        lambda: labels(8, classes=4),
        lambda: chance(8, 4),
    ),
    ("BinaryIoU", {"threshold": 0.3}, lambda: bits(8), lambda: chance(8)),
    ("BinaryIoU", {"target_class_ids": [1]}, lambda: bits(8), lambda: chance(8)),
    ("OneHotIoU", {"num_classes": 4, "target_class_ids": [1]}, lambda: one_hot(8, 4), lambda: chance(8, 4)),
    ("OneHotMeanIoU", {"num_classes": 4}, lambda: one_hot(8, 4), lambda: chance(8, 4)),
]
for name, arguments, true, pred in IOU:
    CASES += plain(name, arguments, true, pred, integer_weights)
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def of_keras(x):
    return np.asarray(x.value if isinstance(x, keras.Variable) else x)


def make(module, name, arguments):
    arguments = dict(arguments)
    if "value" in arguments and name != "AUC":
        return getattr(module, name)(arguments.pop("value"), **arguments)
    return getattr(module, name)(**arguments)


@pytest.mark.parametrize(("name", "arguments", "data"), CASES, ids=IDS)
def test_result_after_each_batch_and_after_a_reset(name, arguments, data):
    mine, theirs = make(corne.metrics, name, arguments), make(keras.metrics, name, arguments)
    to_numpy = choice.active().to_numpy
    for _ in range(2):
        for y_true, y_pred, weight in data:
            mine.update_state(y_true, y_pred, sample_weight=weight)
            theirs.update_state(y_true, y_pred, sample_weight=weight)
            expected = of_keras(theirs.result())
            np.testing.assert_allclose(to_numpy(mine.result()), expected, rtol=1e-5, atol=1e-6)
        assert [tuple(v.shape) for v in mine.variables] == [tuple(v.shape) for v in theirs.variables]
        for v, w in zip(mine.variables, theirs.variables, strict=True):
            assert v.name == w.name
            np.testing.assert_allclose(v.numpy(), w.value.numpy(), rtol=1e-5, atol=1e-5)
        mine.reset_state()
        theirs.reset_state()


@pytest.mark.parametrize(("name", "arguments"), [case[:2] for case in CASES[::2]], ids=IDS[::2])
def test_config_is_keras_config_and_round_trips(name, arguments):
    mine = make(corne.metrics, name, arguments)
    theirs = make(keras.metrics, name, arguments)
    config, expected = mine.get_config(), theirs.get_config()
    for key, value in expected.items():
        if key == "name" and theirs.name != mine.name:
            assert mine.name.rsplit("_", 1)[0] in theirs.name  # both numbered, each by its own counter
        elif torch.is_tensor(value):
            np.testing.assert_allclose(config[key], value)
        else:
            assert config[key] == value, key
    again = corne.metrics.deserialize(corne.metrics.serialize(mine))
    assert type(again) is type(mine)
    assert again.get_config() == config
    keras_again = keras.metrics.deserialize(corne.metrics.serialize(mine))
    assert type(keras_again) is type(theirs)


@pytest.mark.parametrize("weight", [None, chance(4, 3)], ids=["none", "steps"])
def test_masks(weight):
    mask = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]], bool)
    y_true, y_pred = labels(4, 3), probabilities(4, 3, 5)
    mine, theirs = corne.metrics.SparseCategoricalAccuracy(), keras.metrics.SparseCategoricalAccuracy()
    backend = choice.active()
    ours = set_mask(backend.asarray(y_pred), backend.asarray(mask))
    other = torch.tensor(y_pred)
    keras.src.backend.set_keras_mask(other, torch.tensor(mask))
    a = backend.to_numpy(mine(y_true, ours, sample_weight=weight))
    b = of_keras(theirs(y_true, other, sample_weight=weight))
    np.testing.assert_allclose(a, b, rtol=1e-6)


@pytest.mark.parametrize("name", ["Mean", "Sum"])
@pytest.mark.parametrize(
    ("values", "weight"),
    [
        (real(6), None),
        (real(6), chance(6)),
        (real(4, 3), chance(4)),
        (real(4, 3), chance(4, 1)),
        (real(4, 3), chance(4, 3)),
        (real(4, 3, 2), chance(4, 3)),
        (np.float32(2.5), None),
        (np.float32(2.5), np.float32(3.0)),
    ],
)
def test_mean_and_sum(name, values, weight):
    mine, theirs = getattr(corne.metrics, name)(), getattr(keras.metrics, name)()
    for _ in range(2):
        a = choice.active().to_numpy(mine(values, sample_weight=weight))
        b = of_keras(theirs(values, sample_weight=weight))
        np.testing.assert_allclose(a, b, rtol=1e-5)


@pytest.mark.parametrize(
    "alias",
    [
        "mse",
        "MSE",
        "mae",
        "MAE",
        "mape",
        "MAPE",
        "msle",
        "MSLE",
        "bce",
        "BCE",
        "accuracy",
        "auc",
        "AUC",
        "f1_score",
    ],
)
def test_strings_mean_what_they_mean_in_keras(alias):
    assert type(corne.metrics.get(alias)).__name__ == type(keras.metrics.get(alias)).__name__


def test_every_metric_of_keras_is_there():
    missing = [n for n in dir(keras.metrics) if not n.startswith("_") and not hasattr(corne.metrics, n)]
    assert missing == []
