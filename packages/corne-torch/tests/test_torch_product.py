"""Products by oneDNN are those of PyTorch, and so are their gradients, eager, recorded and compiled."""

from __future__ import annotations

import corne
import numpy as np
import pytest
import torch
from corne import ops
from corne_torch.kernels import _product
from corne_torch.kernels._product import product

needs_onednn = pytest.mark.skipif(not torch.backends.mkldnn.is_available(), reason="PyTorch without oneDNN")


@pytest.fixture
def onednn(monkeypatch):
    """Take oneDNN for products of any size, on any processor; count its products."""
    counted = []
    linear = _product._linear

    def count(*args):
        counted.append(args)
        return linear(*args)

    monkeypatch.setattr(_product, "_linear", count)
    monkeypatch.setattr(_product, "_is_onednn_faster", lambda: True)
    monkeypatch.setattr(_product, "_MANY", 1)
    monkeypatch.setattr(_product, "_MANY_NARROW", 1)
    monkeypatch.setattr(_product, "_PER_COPY", 0)
    return counted


def _matrix(rows, columns, turned):
    generator = torch.Generator().manual_seed(rows)
    shape = (columns, rows) if turned else (rows, columns)
    matrix = torch.randn(shape, generator=generator)
    return matrix.t() if turned else matrix


@needs_onednn
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("turned", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("shape", [(40, 30, 50), (18, 300, 20), (300, 18, 20)])
def test_products_and_gradients_are_those_of_float64(onednn, shape, turned, bias):
    rows, inner, columns = shape
    arrays = [_matrix(rows, inner, turned[0]), _matrix(inner, columns, turned[1])]
    arrays += [torch.linspace(-1, 1, columns)] if bias else []
    single = [a.detach().requires_grad_() for a in arrays]
    double = [a.double().detach().requires_grad_() for a in arrays]
    result = product(*single)
    assert len(onednn) == 1
    assert result.is_contiguous()
    expected = double[0] @ double[1] + (double[2] if bias else 0)
    weights = torch.sin(torch.arange(rows * columns)).view(rows, columns)
    gradients = torch.autograd.grad((result * weights).sum(), single)
    assert len(onednn) == 3
    wanted = torch.autograd.grad((expected * weights.double()).sum(), double)
    for one, other in zip([result, *gradients], [expected, *wanted]):
        torch.testing.assert_close(one.double(), other, rtol=1e-5, atol=1e-4)


@needs_onednn
@pytest.mark.parametrize("turned", [False, True])
def test_onednn_gets_second_factors_without_gaps(onednn, turned):
    x, w = torch.randn(40, 90)[:, 30:60], torch.randn(30, 150)[:, ::3]
    x, w = (w.t(), x.t()) if turned else (x, w)
    torch.testing.assert_close(product(x, w), x @ w, rtol=1e-5, atol=1e-5)
    ((_, other, _),) = onednn
    assert other.is_contiguous() or other.t().is_contiguous()


@needs_onednn
def test_gradients_of_gradients(onednn):
    x, w = _matrix(40, 30, False).requires_grad_(), _matrix(30, 50, False).requires_grad_()

    def second(multiply, x, w):
        (gradient,) = torch.autograd.grad((multiply(x, w) ** 3).sum(), x, create_graph=True)
        return torch.autograd.grad((gradient**2).sum(), (x, w))

    wanted = second(torch.mm, x.double(), w.double())
    for one, other in zip(second(product, x, w), wanted):
        torch.testing.assert_close(one.double(), other, rtol=1e-4, atol=1e-4 * float(other.abs().max()))


@needs_onednn
def test_only_large_products_of_float32_are_onednns(monkeypatch):
    monkeypatch.setattr(_product, "_is_onednn_faster", lambda: True)
    large, narrow, row = torch.ones(128, 128), torch.ones(2048, 256), torch.ones(1, 4096)
    assert _product._is_for_onednn(large, large)
    assert not _product._is_for_onednn(large[:64], large)
    assert _product._is_for_onednn(narrow, torch.ones(256, 2))
    assert not _product._is_for_onednn(row, torch.ones(4096, 1024))
    assert _product._is_for_onednn(torch.ones(4096, 128).t(), torch.ones(4096, 256))  # half a million copies
    assert not _product._is_for_onednn(torch.ones(4096, 64).t(), torch.ones(4096, 64))
    assert not _product._is_for_onednn(large.double(), large.double())
    assert not _product._is_for_onednn(large.to("meta"), large.to("meta"))
    monkeypatch.setattr(torch._C, "_get_mkldnn_enabled", lambda: False)
    assert not _product._is_for_onednn(large, large)


@pytest.mark.parametrize(
    ("processor", "capability", "faster"),
    [
        ("vendor_id : AuthenticAMD", "AVX512", True),
        ("vendor_id : AuthenticAMD", "AVX2", False),
        ("vendor_id : GenuineIntel", "AVX512", False),
    ],
)
def test_onednn_is_for_processors_that_mkl_does_not_know(monkeypatch, processor, capability, faster):
    monkeypatch.setattr(_product, "_processor", lambda: processor)
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    monkeypatch.setattr(torch.backends.mkl, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: True)
    assert _product._is_onednn_faster.__wrapped__() is faster


def test_the_processor_is_described():
    assert _product._processor()


@needs_onednn
def test_arrays_of_more_axes_and_of_none(onednn, engine):
    x, w, b = torch.randn(3, 5, 20), torch.randn(20, 30), torch.randn(30)
    torch.testing.assert_close(ops.dense(x, w, b), x @ w + b, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(ops.dense(x, w), x @ w, rtol=1e-5, atol=1e-5)
    assert ops.dense(x[:0], w, b).shape == (0, 5, 30)
    assert ops.matmul(x[:, :0], w).shape == (3, 0, 30)
    assert len(onednn) == 2


@needs_onednn
@pytest.mark.parametrize("options", [{"run_eagerly": True}, {"jit_compile": False}, {"jit_compile": True}])
def test_models_learn_the_same_with_either_library(onednn, options):
    x = np.random.default_rng(0).normal(size=(192, 20)).astype("float32")
    y = (x[:, :3].sum(1) > 0).astype("int64")

    def weights():
        corne.utils.set_random_seed(1)
        layers = [corne.layers.Input((20,)), corne.layers.Dense(33, "tanh"), corne.layers.Dense(2)]
        model = corne.Sequential(layers)
        loss = corne.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("sgd", loss, **options)
        model.fit(x, y, batch_size=32, epochs=10, verbose=0)
        return model.get_weights()

    by_onednn = weights()
    assert len(onednn) > 5
    assert all(np.array_equal(a, b) for a, b in zip(by_onednn, weights()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_product, "_is_onednn_faster", lambda: False)
        for one, other in zip(by_onednn, weights()):
            np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
