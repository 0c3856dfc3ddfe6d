"""Batch normalization's own gradients, against PyTorch's automatic ones in double precision."""

from __future__ import annotations

import pytest
import torch
from corne import backend, ops
from corne_torch.kernels.normalization import _are_moments_of, batch_normalization, moments

Tensor = torch.Tensor


def normalized(x: Tensor, scale: Tensor | None, offset: Tensor | None) -> Tensor:
    mean, variance = moments(x, list(range(x.ndim - 1)))
    return batch_normalization(x, mean, variance, -1, offset, scale, 1e-3)


def composed(x: Tensor, scale: Tensor, offset: Tensor) -> Tensor:
    variance, mean = torch.var_mean(x, list(range(x.ndim - 1)), correction=0)
    return (x - mean) * torch.rsqrt(variance + 1e-3) * scale + offset


@pytest.mark.parametrize("shape", [(33, 4), (5, 7, 3), (16, 32, 32, 16), (2, 3, 4, 5, 6)])
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float64, 1e-12), (torch.float32, 1e-5)])
def test_values_and_gradients(shape: tuple[int, ...], dtype: torch.dtype, tolerance: float) -> None:
    torch.manual_seed(0)
    x = torch.randn(shape, dtype=dtype) * 3 + 1
    scale, offset = torch.rand(2, shape[-1], dtype=dtype)
    above = torch.randn(shape, dtype=dtype)
    own = [t.clone().requires_grad_() for t in (x, scale, offset)]
    exact = [t.double().requires_grad_() for t in (x, scale, offset)]
    out, expected = normalized(*own), composed(*exact)
    torch.testing.assert_close(out.double(), expected, atol=tolerance, rtol=tolerance)
    found = torch.autograd.grad(out, own, above)
    for gradient, wanted in zip(found, torch.autograd.grad(expected, exact, above.double()), strict=True):
        largest = float(wanted.abs().max())
        assert float((gradient - wanted).abs().max()) <= tolerance * largest


@pytest.mark.parametrize("with_scale", [True, False])
def test_gradients_of_gradients(with_scale: bool) -> None:
    torch.manual_seed(0)
    x = torch.randn((4, 3, 2), dtype=torch.float64, requires_grad=True)
    vector = torch.rand(2, dtype=torch.float64, requires_grad=True)

    def function(x: Tensor, vector: Tensor) -> Tensor:
        return normalized(x, vector, None) if with_scale else normalized(x, None, vector)

    assert torch.autograd.gradcheck(function, (x, vector))
    assert torch.autograd.gradgradcheck(function, (x, vector))


def test_moments_far_from_zero() -> None:
    """Sixty-five thousand rows around 100: the variance keeps five digits in float32."""
    torch.manual_seed(0)
    x = torch.randn(65_536, 3) + 100
    mean, variance = moments(x, (0,))
    exact = torch.var_mean(x.double(), 0, correction=0)
    torch.testing.assert_close(variance.double(), exact[0], rtol=1e-5, atol=0)
    torch.testing.assert_close(mean.double(), exact[1], rtol=1e-6, atol=0)
    kept_mean, kept_variance = moments(x, (0,), keepdims=True)
    assert kept_mean.shape == kept_variance.shape == (1, 3)
    torch.testing.assert_close(kept_variance[0], variance, rtol=0, atol=0)


def test_moments_of_something_else() -> None:
    """Moments are constants of the gradient only where they are of the very tensor that is normalized."""
    torch.manual_seed(0)
    x = torch.randn((6, 5, 3), dtype=torch.float64, requires_grad=True)
    other = x * 2
    mean, variance = moments(other, (0, 1))

    def expected(x: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        return (x - mean) * torch.rsqrt(variance + 1e-3)

    for normal, m, v in [(x, mean, variance), (other.detach(), mean, variance), (other, mean, variance * 1)]:
        with backend.use("cpu"):
            found = ops.batch_normalization(normal, m, v, -1, None, None, 1e-3).pow(3).sum()
        wanted = expected(normal, m, v).pow(3).sum()
        a, b = (torch.autograd.grad(value, x, retain_graph=True)[0] for value in (found, wanted))
        torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)
    assert _are_moments_of(other, mean, variance)
    other.add_(1)
    assert not _are_moments_of(other, mean, variance)


def test_moments_may_be_used_for_more() -> None:
    """A loss of mean and variance has its gradient besides that of the normalized values."""
    torch.manual_seed(0)
    x = torch.randn((6, 5, 3), dtype=torch.float64, requires_grad=True)
    inner = x * 1
    mean, variance = moments(inner, (0, 1))
    out = batch_normalization(inner, mean, variance, -1, None, None, 1e-3)
    (a,) = torch.autograd.grad(out.pow(3).sum() + (mean * variance).sum(), x)
    v, m = torch.var_mean(x, (0, 1), correction=0)
    (b,) = torch.autograd.grad(((x - m) * torch.rsqrt(v + 1e-3)).pow(3).sum() + (m * v).sum(), x)
    torch.testing.assert_close(a, b, rtol=1e-9, atol=1e-9)
