"""The CTC loss: arithmetic, Keras's values, training."""

from __future__ import annotations

import math
import os

import numpy as np
import pytest
from corne import losses, ops
from corne.errors import ShapeError


def test_one_label_in_two_steps():
    # Two classes, all equally likely: of 4 paths "11", "01" and "10" read as the label 1.
    loss = losses.CTC()(np.array([[1]]), np.zeros((1, 2, 2), "float32"))
    assert float(loss) == pytest.approx(-math.log(3 / 4))


def test_too_few_steps_are_impossible():
    assert float(losses.ctc(np.array([[1, 1]]), np.zeros((1, 2, 3), "float32"))[0]) == math.inf


def test_shapes_are_checked():
    with pytest.raises(ShapeError) as caught:
        losses.ctc(np.zeros(3), np.zeros((3, 2, 2)))
    assert caught.value.where == "ctc(y_true, y_pred)"


@pytest.mark.oracle
def test_keras_has_the_same_loss():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    rng = np.random.default_rng(0)
    labels = np.array([[1, 2, 2, 0], [3, 1, 0, 0], [2, 0, 0, 0]], "int32")
    logits = rng.normal(size=(3, 9, 5)).astype("float32")
    for reduction in ("sum_over_batch_size", "sum", None):
        ours = losses.CTC(reduction=reduction)(labels, logits)
        theirs = keras.losses.CTC(reduction=reduction)(labels, logits)
        np.testing.assert_allclose(ops.convert_to_numpy(ours), theirs.numpy(), rtol=1e-5)
    config = losses.CTC(reduction="sum").get_config()
    assert losses.CTC.from_config(config).get_config() == config
