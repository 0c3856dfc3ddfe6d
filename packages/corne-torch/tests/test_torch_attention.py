"""Attention's kernel: which of PyTorch's functions it uses, and the same values by all."""

from __future__ import annotations

import corne
import numpy as np
import pytest
import torch
from corne import config, ops
from corne.errors import BackendError

pytest.importorskip("corne_attention", reason="calls ops.dot_product_attention")

RNG = np.random.default_rng(0)
Q = RNG.normal(size=(2, 5, 4, 8)).astype("float32")
MASK = RNG.random((2, 1, 5, 5)) < 0.7


@pytest.fixture(autouse=True)
def cpu():
    with corne.backend.use("cpu"):
        yield
    config.reload()


@pytest.fixture
def flash():
    """Whether PyTorch's flash attention is allowed, for each call."""
    seen = []
    original = torch.nn.functional.scaled_dot_product_attention

    def watch(*args, **kwargs):
        seen.append((torch.backends.cuda.flash_sdp_enabled(), torch.backends.cuda.math_sdp_enabled()))
        return original(*args, **kwargs)

    torch.nn.functional.scaled_dot_product_attention = watch
    yield seen
    torch.nn.functional.scaled_dot_product_attention = original


@pytest.mark.parametrize("mask", [None, MASK])
def test_every_way_gives_the_same(flash, mask):
    default = ops.convert_to_numpy(ops.dot_product_attention(Q, Q, Q, mask=mask))
    for asked in (True, False):
        given = ops.convert_to_numpy(ops.dot_product_attention(Q, Q, Q, mask=mask, flash_attention=asked))
        np.testing.assert_allclose(given, default, atol=1e-6)
    config.disable_flash_attention()
    given = ops.convert_to_numpy(ops.dot_product_attention(Q, Q, Q, mask=mask))
    np.testing.assert_allclose(given, default, atol=1e-6)
    config.enable_flash_attention()
    ops.dot_product_attention(Q, Q, Q, mask=mask)
    assert flash == [(True, True), (True, False), (False, True), (False, True), (True, True)]


def test_inputs_that_flash_attention_cannot_take():
    value = torch.zeros((5, 5), dtype=torch.float64, requires_grad=True)
    query = ops.convert_to_tensor(Q.astype("float64"))
    with pytest.raises(BackendError) as caught:
        ops.dot_product_attention(query, query, query, bias=value, flash_attention=True)
    assert caught.value.where == "dot_product_attention(flash_attention=True)"
