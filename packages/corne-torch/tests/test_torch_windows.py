"""Convolution, pooling and resizing give what the default bodies give, values and gradients."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch
from corne import backend as backends
from corne import errors, ops
from corne_torch.backend import TorchBackend


class Kernels(TorchBackend):
    name = "kernels"

    def devices(self) -> list[str]:
        return ["cpu"]


class Defaults(Kernels):
    name = "defaults"
    kernels: dict[str, Any] = {}


WITH, WITHOUT = Kernels("cpu"), Defaults("cpu")
SIZES = {1: (11,), 2: (9, 8), 3: (7, 6, 5)}


def images(rank: int, channels: int, data_format: str) -> np.ndarray:
    shape = (2, *SIZES[rank], channels) if data_format == "channels_last" else (2, channels, *SIZES[rank])
    return np.random.default_rng(rank).normal(size=shape).astype("float32")


def kernel(*shape: int) -> np.ndarray:
    return np.random.default_rng(7).normal(size=shape).astype("float32")


def compare(name: str, arrays: list[np.ndarray], *args: Any, **kwargs: Any) -> None:
    outcomes = []
    for backend in (WITH, WITHOUT):
        with backends.use(backend):
            tensors = [torch.from_numpy(a.copy()).requires_grad_() for a in arrays]
            function = ops.image.resize if name == "image.resize" else getattr(ops, name)
            out = function(*tensors, *args, **kwargs)
            weights = torch.linspace(-1, 1, out.numel()).reshape(out.shape)
            outcomes.append((out, *torch.autograd.grad((out * weights).sum(), tensors)))
    for one, two in zip(*outcomes, strict=True):
        assert one.shape == two.shape
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-4)


LAYOUTS = ("channels_last", "channels_first")
STEPS = [(1, 1), (2, 1), (3, 1), (1, 2)]


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_biased_convolutions(rank: int, padding: str, data_format: str) -> None:
    x, weights = images(rank, 4, data_format), kernel(*[3] * rank, 4, 6)

    def convolved(x: torch.Tensor, weights: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        return ops.conv(x, weights, 2, padding, data_format, bias=bias)

    outcomes = []
    for backend in (WITH, WITHOUT):
        with backends.use(backend):
            tensors = [torch.from_numpy(a.copy()).requires_grad_() for a in (x, weights, kernel(6))]
            out = convolved(*tensors)
            outcomes.append((out, *torch.autograd.grad((out**2).sum(), tensors)))
            plain = ops.conv(*tensors[:2], 2, padding, data_format)
            shape = (6,) if data_format == "channels_last" else (6, *(1,) * rank)
            torch.testing.assert_close(out, plain + tensors[2].reshape(shape), rtol=1e-5, atol=1e-5)
            # A bias of another dtype is promoted as by an addition.
            assert convolved(*tensors[:2], tensors[2].detach().double()).dtype is torch.float64
    for one, two in zip(*outcomes, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("strides", "dilation"), STEPS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_convolutions(rank: int, strides: int, dilation: int, padding: str, data_format: str) -> None:
    x = images(rank, 4, data_format)
    for size, groups in ((2, 1), (3, 2)):
        compare("conv", [x, kernel(*[size] * rank, 4 // groups, 6)], strides, padding, data_format, dilation)
    compare("depthwise_conv", [x, kernel(*[2] * rank, 4, 3)], strides, padding, data_format, dilation)


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("strides", "dilation"), STEPS)
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_transposed_convolutions(
    rank: int, strides: int, dilation: int, padding: str, data_format: str
) -> None:
    x = images(rank, 3, data_format)
    for size, extra in itertools.product((1, 2, 3, 4), (None, 0, 1)):
        weights = kernel(*[size] * rank, 2, 3)
        compare("conv_transpose", [x, weights], strides, padding, extra, data_format, dilation)


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_pooling(rank: int, name: str, padding: str, data_format: str) -> None:
    for size, strides in ((2, None), (3, 2), (2, 1), (4, 3), (2, 3)):
        compare(name, [images(rank, 3, data_format)], size, strides, padding, data_format)


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("name", ["adaptive_max_pool", "adaptive_average_pool"])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_adaptive_pooling(rank: int, name: str, data_format: str) -> None:
    compare(name, [images(rank, 3, data_format)], 3, data_format)


@pytest.mark.parametrize("data_format", LAYOUTS)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(18, 16), (4, 5), (9, 3), (7, 20)])
def test_resizing(size: tuple[int, int], interpolation: str, data_format: str) -> None:
    for antialias in (False, True):
        compare(
            "image.resize",
            [images(2, 3, data_format)],
            size,
            interpolation,
            antialias,
            data_format=data_format,
        )


def test_other_arguments_are_the_defaults() -> None:
    with backends.use(WITH):
        x = np.arange(12, dtype="int32").reshape(1, 4, 3)
        assert ops.conv(x, np.ones((2, 3, 1), "int32")).tolist() == [[[15], [33], [51]]]
        assert ops.max_pool(x, 2).tolist() == [[[3, 4, 5], [9, 10, 11]]]
        with pytest.raises(errors.ShapeError, match="window"):
            ops.max_pool(x.astype("float32"), 5)
        with pytest.raises(errors.ShapeError, match="kernel"):
            ops.conv(x.astype("float32"), np.ones((2, 2, 1), "float32"))
        with pytest.raises(errors.ArgumentError, match="padding"):
            ops.conv(x.astype("float32"), np.ones((2, 3, 1), "float32"), padding="both")
