"""Gradients of crossentropy where probabilities are 0 or 1 to the last digit."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Variable, backend, ops

pytest.importorskip("corne_losses", reason="calls ops.sparse_categorical_crossentropy")


@pytest.mark.parametrize("label", [0, 1])
def test_a_probability_of_zero_has_a_finite_gradient(label: int) -> None:
    # The probability is limited to [1e-7, 1 - 1e-7]: beyond, it is constant and its gradient 0.
    with backend.use("cpu"):
        output = Variable(np.array([[0.0, 1.0], [0.25, 0.75]], "float32"))

        def loss():
            return ops.sum(ops.sparse_categorical_crossentropy(np.array([label, 0]), output.value)), None

        (value, _), (gradient,) = backend.active().value_and_grad(loss, [output])
    # -log(1e-7) = 16.118, -log(1 - 1e-7) = 1e-7, -log(0.25) = 1.386
    expected = (16.118 if label == 0 else 0.0) + 1.3863
    assert float(value) == pytest.approx(expected, abs=1e-3)
    # d -log(p0 / (p0 + p1)) = (1 - 1 / p0, 1) at p0 = 0.25
    np.testing.assert_allclose(gradient.numpy(), [[0, 0], [-3, 1]], atol=1e-6)
