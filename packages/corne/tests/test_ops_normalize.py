"""normalize in half precision."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Variable, backend, ops


@pytest.mark.parametrize("size", [1e-3, 1.0, 3e3])
def test_squares_beyond_float16_do_not_matter(size):
    # Two equal numbers of any size become 1 / sqrt(2); the length of the result does not depend on the input.
    pytest.importorskip("corne_cpu")
    with backend.use("cpu"):
        x = Variable(np.full((2, 2), size, "float16"))
        weights = np.array([[1.0, 2.0], [3.0, 4.0]], "float16")
        (_, y), (gradient,) = backend.active().value_and_grad(
            lambda: (lambda y: (ops.sum(ops.multiply(y, weights)), y))(ops.normalize(x.value)), [x]
        )
    np.testing.assert_allclose(y.numpy().astype("float32"), 2**-0.5, atol=1e-3)
    assert np.isfinite(gradient.numpy()).all()
