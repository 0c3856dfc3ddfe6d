"""Every loss agrees with Keras: values for each reduction, gradients, configs."""

from __future__ import annotations

import json
import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import corne.losses
import numpy as np
import pytest
from corne import Variable
from corne.backend import choice
from corne.masking import set_mask

keras = pytest.importorskip("keras")
torch = pytest.importorskip("torch")
pytestmark = pytest.mark.oracle

RNG = np.random.default_rng(7)
REDUCTIONS = ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None]


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


def unit(*shape):
    values = real(*shape)
    return values / np.linalg.norm(values, axis=-1, keepdims=True)


def labels(*shape, classes=5):
    return RNG.integers(0, classes, shape).astype("int32")


CASES = [
    ("MeanSquaredError", {}, real(4, 5), real(4, 5)),
    ("MeanSquaredError", {}, real(4), real(4, 1)),
    ("MeanAbsoluteError", {}, real(4, 3, 5), real(4, 3, 5)),
    ("MeanAbsolutePercentageError", {}, real(4, 5), real(4, 5)),
    ("MeanSquaredLogarithmicError", {}, chance(4, 5), chance(4, 5)),
    ("Huber", {}, real(4, 5) * 2, real(4, 5)),
    ("Huber", {"delta": 0.3}, real(4, 5), real(4, 5)),
    ("LogCosh", {}, real(4, 5) * 3, real(4, 5)),
    ("KLDivergence", {}, probabilities(4, 5), probabilities(4, 5)),
    ("Poisson", {}, labels(4, 5).astype("float32"), chance(4, 5)),
    ("Hinge", {}, bits(4, 5), real(4, 5)),
    ("Hinge", {}, bits(4, 5) * 2 - 1, real(4, 5)),
    ("SquaredHinge", {}, bits(4, 5), real(4, 5)),
    ("CategoricalHinge", {}, one_hot(4, 5), real(4, 5)),
    ("CosineSimilarity", {}, real(4, 5), real(4, 5)),
    ("CosineSimilarity", {"axis": 1}, real(4, 3, 5), real(4, 3, 5)),
    ("BinaryCrossentropy", {}, bits(4, 5), chance(4, 5)),
    ("BinaryCrossentropy", {}, bits(4), chance(4, 1)),
    ("BinaryCrossentropy", {"from_logits": True}, bits(4, 5), real(4, 5) * 3),
    ("BinaryCrossentropy", {"label_smoothing": 0.2}, bits(4, 5), chance(4, 5)),
    ("BinaryCrossentropy", {"axis": 1}, bits(4, 3, 5), chance(4, 3, 5)),
    ("CategoricalCrossentropy", {}, one_hot(4, 5), probabilities(4, 5)),
    ("CategoricalCrossentropy", {}, one_hot(4, 3, 5), chance(4, 3, 5)),
    ("CategoricalCrossentropy", {"from_logits": True}, one_hot(4, 5), real(4, 5) * 3),
    ("CategoricalCrossentropy", {"label_smoothing": 0.1}, one_hot(4, 5), probabilities(4, 5)),
    ("CategoricalCrossentropy", {"axis": 1}, np.swapaxes(one_hot(4, 3, 5), 1, 2), chance(4, 5, 3)),
    ("SparseCategoricalCrossentropy", {}, labels(4), probabilities(4, 5)),
    ("SparseCategoricalCrossentropy", {}, labels(4, 1), probabilities(4, 5)),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, labels(4, 3), real(4, 3, 5) * 3),
    ("SparseCategoricalCrossentropy", {"ignore_class": 2}, labels(8), probabilities(8, 5)),
    (
        "SparseCategoricalCrossentropy",
        {"ignore_class": -1, "from_logits": True},
        labels(6, 3) - 1,
        real(6, 3, 5),
    ),
    ("SparseCategoricalCrossentropy", {"axis": 1}, labels(4, 3), probabilities(4, 5, 3)),
    ("BinaryFocalCrossentropy", {}, bits(4, 5), chance(4, 5)),
    (
        "BinaryFocalCrossentropy",
        {"apply_class_balancing": True, "alpha": 0.3, "gamma": 1.5, "label_smoothing": 0.1},
        bits(4, 5),
        chance(4, 5),
    ),
    ("BinaryFocalCrossentropy", {"from_logits": True}, bits(4, 5), real(4, 5)),
    ("CategoricalFocalCrossentropy", {}, one_hot(4, 5), probabilities(4, 5)),
    (
        "CategoricalFocalCrossentropy",
        {"alpha": 0.4, "gamma": 1.5, "from_logits": True, "label_smoothing": 0.1},
        one_hot(4, 5),
        real(4, 5),
    ),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.7}, labels(4), probabilities(4, 5)),
    ("Dice", {}, bits(4, 3, 3, 1), chance(4, 3, 3, 1)),
    ("Dice", {"axis": (1, 2)}, bits(4, 3, 3, 1), chance(4, 3, 3, 1)),
    ("Tversky", {"alpha": 0.3, "beta": 0.7, "axis": (1, 2, 3)}, bits(4, 3, 3, 1), chance(4, 3, 3, 1)),
    ("Circle", {"gamma": 4.0, "margin": 0.3}, labels(8, classes=3), unit(8, 4)),
    ("Circle", {"remove_diagonal": False, "gamma": 2.0}, labels(8, classes=3), unit(8, 4)),
]
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def ours(loss, y_true, y_pred, weight=None, mask=None):
    """Return the loss and its gradient, summed if it is not a scalar."""
    variable = Variable(y_pred)
    backend = choice.active()

    def forward():
        pred = variable.value * 1.0
        if mask is not None:
            set_mask(pred, backend.asarray(mask))
        value = loss(y_true, pred, weight)
        return value.sum(), value

    (_, value), (gradient,) = backend.value_and_grad(forward, [variable])
    return backend.to_numpy(value), backend.to_numpy(gradient)


def theirs(loss, y_true, y_pred, weight=None, mask=None):
    leaf = torch.tensor(y_pred, requires_grad=True)
    pred = leaf * 1.0
    if mask is not None:
        keras.src.backend.set_keras_mask(pred, torch.tensor(mask))
    value = loss(y_true, pred, weight)
    value.sum().backward()
    return value.detach().numpy(), leaf.grad.numpy()


def both(name, arguments, y_true, y_pred, weight=None, mask=None, reduction="sum_over_batch_size"):
    a = ours(getattr(corne.losses, name)(**arguments, reduction=reduction), y_true, y_pred, weight, mask)
    b = theirs(getattr(keras.losses, name)(**arguments, reduction=reduction), y_true, y_pred, weight, mask)
    for mine, other in zip(a, b, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_value_and_gradient(name, arguments, y_true, y_pred):
    both(name, arguments, y_true, y_pred)


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES[:30:3], ids=IDS[:30:3])
def test_every_reduction_with_weights(name, arguments, y_true, y_pred, reduction):
    per_sample = np.shape(getattr(keras.losses, name)(**arguments, reduction=None)(y_true, y_pred))
    both(name, arguments, y_true, y_pred, chance(*per_sample), reduction=reduction)
    both(
        name, arguments, y_true, y_pred, chance(per_sample[0], *[1] * (len(per_sample) - 1)), None, reduction
    )


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("weight", [None, chance(4, 3)], ids=["none", "steps"])
def test_masks(reduction, weight):
    mask = np.array([[1, 1, 0], [1, 0, 0], [1, 1, 1], [0, 0, 0]], bool)
    y_true, y_pred = labels(4, 3), probabilities(4, 3, 5)
    both("SparseCategoricalCrossentropy", {}, y_true, y_pred, weight, mask, reduction)
    both("SparseCategoricalCrossentropy", {"ignore_class": 1}, y_true, y_pred, weight, mask, reduction)


def test_a_mask_without_a_true_gives_zero():
    mask = np.zeros((4, 3), bool)
    both("MeanSquaredError", {}, real(4, 3, 5), real(4, 3, 5), None, mask)


def as_json(config):
    return json.loads(json.dumps(config))


@pytest.mark.parametrize(("name", "arguments", "y_true", "y_pred"), CASES, ids=IDS)
def test_config_is_keras_config_and_round_trips(name, arguments, y_true, y_pred):
    loss = getattr(corne.losses, name)(**arguments)
    config = loss.get_config()
    expected = getattr(keras.losses, name)(**arguments).get_config()
    assert {key: config[key] for key in expected} == expected
    again = corne.losses.deserialize(corne.losses.serialize(loss))
    assert type(again) is type(loss)
    assert as_json(again.get_config()) == as_json(config)
    if name != "CategoricalGeneralizedCrossEntropy":  # Keras does not know its own name for it
        keras_again = keras.losses.deserialize(corne.losses.serialize(loss))
        assert as_json(keras_again.get_config()) == as_json(expected)


@pytest.mark.parametrize("alias", ["bce", "BCE", "kld", "KLD", "mae", "MAE", "mse", "MSE", "mape", "msle"])
def test_aliases(alias):
    y_true, y_pred = probabilities(4, 5), probabilities(4, 5)
    mine = choice.active().to_numpy(corne.losses.get(alias)(y_true, y_pred))
    np.testing.assert_allclose(mine, keras.losses.get(alias)(y_true, y_pred), rtol=1e-5)


def test_every_loss_of_keras_is_there():
    missing = [
        name
        for name in dir(keras.losses)
        if not name.startswith("_") and name not in {"CTC", "ctc"} and not hasattr(corne.losses, name)
    ]
    assert missing == []
