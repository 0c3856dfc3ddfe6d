"""Every kernel gives what the operation's default body gives on PyTorch: values, dtypes and gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from corne import backend as backends
from corne import ops, tree
from corne_testkit.operation_cases import CASES, Case
from corne_torch.backend import TorchBackend
from corne_torch.kernels import KERNELS


class Kernels(TorchBackend):
    name = "kernels"

    def devices(self) -> list[str]:
        return ["cpu"]


class Defaults(Kernels):
    name = "defaults"
    kernels: dict[str, Any] = {}


WITH, WITHOUT = Kernels("cpu"), Defaults("cpu")
REPLACED = [case for case in CASES if case.name in KERNELS or case.name in ("einsum", "zeros", "ones")]

# The default erf is an approximation with an error of 1.5e-7, its derivative's is larger.
LOOSE = {"erf": 2e-6, "gelu": 5e-5, "erfinv": 1e-4}

# PyTorch has no derivative for what the default is made of.
UNDIFFERENTIABLE = {"floor_divide"}


def outcome(case: Case, backend: TorchBackend) -> tuple[list[Any], list[Any]]:
    """Return the results, and the gradients of their sum with weights that tell the elements apart."""
    with backends.use(backend):
        args, kwargs = tree.map_structure(ready, (case.args, case.kwargs))
        leaves = [x for x in tree.flatten((args, kwargs)) if isinstance(x, torch.Tensor) and x.requires_grad]
        results = tree.flatten(getattr(ops, case.name)(*args, **kwargs))
        total: Any = 0
        for result in results:
            if isinstance(result, torch.Tensor) and result.requires_grad and torch.isfinite(result).all():
                weights = torch.linspace(0.5, 1.5, result.numel()).reshape(result.shape)
                total = (
                    total + (result * weights).abs().sum()
                    if result.is_complex()
                    else total + (result * weights).sum()
                )
        if not isinstance(total, torch.Tensor) or (case.name in UNDIFFERENTIABLE and not backend.kernels):
            return results, []
        return results, list(torch.autograd.grad(total, leaves, allow_unused=True))


def ready(leaf: Any) -> Any:
    if not isinstance(leaf, np.ndarray):
        return leaf
    tensor = torch.from_numpy(np.array(leaf))
    return tensor.requires_grad_(tensor.is_floating_point())


@pytest.mark.parametrize("case", REPLACED, ids=str)
def test_kernel_agrees_with_default(case: Case) -> None:
    (results, gradients), (expected, expected_gradients) = outcome(case, WITH), outcome(case, WITHOUT)
    assert len(results) == len(expected)
    tolerance = LOOSE.get(case.name, 1e-6)
    for one, two in zip(results, expected, strict=True):
        assert isinstance(one, torch.Tensor) == isinstance(two, torch.Tensor)
        if isinstance(one, torch.Tensor):
            assert (one.dtype, one.shape) == (two.dtype, two.shape)
            torch.testing.assert_close(one, two, rtol=1e-5, atol=tolerance, equal_nan=True)
    if case.name in UNDIFFERENTIABLE:
        expected_gradients = [None] * len(gradients)
    for one, two in zip(gradients, expected_gradients, strict=True):
        if one is None or two is None:
            assert not any(gradient is not None and gradient.any() for gradient in (one, two))
        else:
            torch.testing.assert_close(one, two, rtol=1e-4, atol=10 * tolerance, equal_nan=True)


def test_every_kernel_is_tried() -> None:
    elsewhere = {"conv", "depthwise_conv", "conv_transpose", "max_pool", "average_pool", "adaptive_max_pool",
                 "adaptive_average_pool", "image.resize",  # in test_torch_windows.py
                 "ctc_loss"}  # in corne-losses  # fmt: skip
    tried = {case.name for case in CASES} | elsewhere | {"_einsum", "full"}
    operations = {name for name in KERNELS if hasattr(ops, name)}
    assert operations - tried == set()
