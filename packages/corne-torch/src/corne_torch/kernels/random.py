"""Draws from distributions: the kernels ``random_…`` that ``corne.random`` looks for.

The calls are those of Keras's PyTorch backend, so that equal keys give Keras's numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from corne import backend as backends
from corne.backend import Key

from corne_torch.dtypes import to_torch
from corne_torch.kernels._table import kernel
from corne_torch.randomness import draw

Tensor = torch.Tensor


def _device() -> torch.device:
    device: torch.device = backends.active().device  # type: ignore[attr-defined]
    return device


def _full(value: Any, shape: Sequence[int]) -> Tensor:
    tensor: Tensor = backends.active().asarray(value)
    tensor = tensor if tensor.is_floating_point() else tensor.to(torch.float32)
    return tensor.detach().broadcast_to(tuple(shape))


@kernel("random_truncated_normal")
def truncated_normal(key: Key, shape: Sequence[int], mean: float, stddev: float, dtype: str) -> Any:
    """Draw from the normal distribution within two standard deviations."""
    drawn = draw("truncated_normal", key, shape, to_torch(dtype), _device())
    return drawn.mul_(stddev).add_(mean)


@kernel("random_randint")
def randint(key: Key, shape: Sequence[int], minval: Any, maxval: Any, dtype: str) -> Any:
    """Draw integers from ``[minval, maxval)``."""
    return draw("randint", key, shape, to_torch(dtype), _device(), numbers=(int(minval), int(maxval)))


@kernel("random_categorical")
def categorical(key: Key, logits: Tensor, num_samples: int, dtype: str) -> Any:
    """Draw classes for each row of logits."""
    shape = (*logits.shape[:-1], num_samples)
    probabilities = torch.softmax(logits.detach(), -1)
    return draw("categorical", key, shape, to_torch(dtype), logits.device, (probabilities,))


@kernel("random_shuffle")
def shuffle(key: Key, x: Tensor, axis: int) -> Any:
    """Return the entries of an axis in random order, for each place of the axes before it another one."""
    axis %= x.ndim
    order = draw("uniform", key, x.shape[: axis + 1], torch.float32, x.device).argsort(axis)
    order = order.reshape(*order.shape, *(1,) * (x.ndim - axis - 1)).expand(x.shape)
    return x.gather(axis, order)


@kernel("random_dropout")
def dropout(key: Key, inputs: Tensor, rate: float, shape: Sequence[int]) -> Any:
    """Set elements to 0 and divide the others by ``1 - rate``."""
    if rate >= 1:
        return torch.zeros_like(inputs)
    if rate == 0:
        return inputs
    kept = draw("bernoulli", key, shape, inputs.dtype, inputs.device, numbers=(1.0 - rate,))
    return inputs * kept.div_(1.0 - rate)


@kernel("random_gamma")
def gamma(key: Key, shape: Sequence[int], alpha: Any, dtype: str) -> Any:
    """Draw from the gamma distribution with scale 1."""
    return draw("gamma", key, shape, to_torch(dtype), _device(), (_full(alpha, shape),))


@kernel("random_beta")
def beta(key: Key, shape: Sequence[int], alpha: Any, beta: Any, dtype: str) -> Any:
    """Draw from the beta distribution."""
    return draw("beta", key, shape, to_torch(dtype), _device(), (_full(alpha, shape), _full(beta, shape)))


@kernel("random_binomial")
def binomial(key: Key, shape: Sequence[int], counts: Any, probabilities: Any, dtype: str) -> Any:
    """Draw numbers of successes."""
    arguments = (_full(counts, shape), _full(probabilities, shape))
    return draw("binomial", key, shape, to_torch(dtype), _device(), arguments)
