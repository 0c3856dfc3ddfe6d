"""Random draws: pure functions of a key, by PyTorch's generators.

A key is ``(seed, counter)``; the generator starts at their sum, as Keras's does on PyTorch, so equal seeds
give Keras's numbers. While a graph is recorded, the numbers of the key may be tensors; then the draw is
recorded as one operation, ``corne::draw``, which reads the key when the graph runs and so can be moved in
front of the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from corne.backend import Key

from corne_torch.abstract import META, is_abstract, is_for_compiler, is_traced
from corne_torch.native import random as native
from corne_torch.operations import define

#: How to draw, by kind: ``(seed, arguments, shape, dtype, device, numbers) -> tensor``.
KINDS: dict[str, Callable[..., torch.Tensor]] = {}


def draw(
    kind: str,
    key: Key,
    shape: Sequence[int],
    dtype: torch.dtype,
    device: torch.device,
    arguments: Sequence[torch.Tensor] = (),
    numbers: Sequence[float] = (),
) -> torch.Tensor:
    """Draw an array.

    Args:
        kind: One of KINDS.
        key: Equal keys give equal arrays.
        shape: Of the result.
        dtype: Of the result.
        device: Its device.
        arguments: Arrays the distribution depends on. Default: none.
        numbers: Numbers the distribution depends on. Default: none.
    """
    if is_abstract():
        return torch.empty(tuple(shape), dtype=dtype, device=META)
    if is_traced():
        if (
            kind == "bernoulli" and is_for_compiler()
        ):  # all but the draw is the graph's, where it can be fused with what uses it
            drawn = draw("uniform", key, shape, torch.float32, device)
            return (drawn < numbers[0]).to(dtype)
        numbers = [float(n) if isinstance(n, float) else int(n) for n in numbers]
        recorded: torch.Tensor = DRAW(
            kind, _key_tensor(key), list(arguments), list(shape), dtype, device, numbers
        )
        return recorded
    return KINDS[kind](start(key), arguments, shape, dtype, device, numbers)


def start(key: Key) -> int:
    """Return the seed that a generator starts from for this key."""
    return (int(key[0]) + int(key[1])) & 0xFFFFFFFF


def _generator(seed: int, device: torch.device) -> torch.Generator:
    return torch.Generator(device).manual_seed(seed)


def _rand(seed: int, shape: Sequence[int], dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    if native.runs(shape, dtype, device):
        return native.rand(seed, shape)
    return torch.rand(tuple(shape), generator=_generator(seed, device), dtype=dtype, device=device)


def _key_tensor(key: Key) -> torch.Tensor:
    parts = [k if isinstance(k, torch.Tensor) else torch.tensor(k, dtype=torch.int64) for k in key]
    return torch.stack([part.to(torch.int64).reshape(()) for part in parts])


def _kind(function: Callable[..., torch.Tensor]) -> Callable[..., torch.Tensor]:
    KINDS[function.__name__] = function
    return function


@_kind
def uniform(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """Between 0 and 1, 1 excluded."""
    return _rand(seed, shape, dtype, device)


@_kind
def normal(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """With mean 0 and variance 1."""
    return torch.randn(tuple(shape), generator=_generator(seed, device), dtype=dtype, device=device)


@_kind
def truncated_normal(
    seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any
) -> torch.Tensor:
    """Normal, the first of four draws that lies within (-2, 2).

    One in 230,000 elements has none and keeps its first draw, as in Keras.
    """
    drawn = torch.randn((*shape, 4), generator=_generator(seed, device), dtype=dtype, device=device)
    first = (drawn.abs() < 2).max(-1, keepdim=True).indices
    return drawn.gather(-1, first).squeeze(-1)


@_kind
def randint(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """Integers from ``numbers[0]`` to before ``numbers[1]``."""
    low, high = (int(n) for n in numbers)
    g = _generator(seed, device)
    return torch.randint(low, high, tuple(shape), generator=g, dtype=dtype, device=device)


@_kind
def bernoulli(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """1 with probability ``numbers[0]``, else 0.

    The same numbers as torch.bernoulli with an array of probabilities, which Keras calls, in much less time.
    """
    return _rand(seed, shape, torch.float32, device).lt_(numbers[0]).to(dtype)


@_kind
def categorical(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """``shape[-1]`` indices for each row of probabilities in ``arguments[0]``."""
    g = _generator(seed, device)
    return torch.multinomial(arguments[0], shape[-1], replacement=True, generator=g).to(dtype)


@_kind
def gamma(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """With the concentrations ``arguments[0]`` and rate 1."""
    drawn = torch._standard_gamma(arguments[0], generator=_generator(seed, device))
    return drawn.clamp_(min=torch.finfo(drawn.dtype).tiny).to(dtype)


@_kind
def beta(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """With the concentrations ``arguments[0]`` and ``arguments[1]``."""
    g = _generator(seed, device)
    return torch._sample_dirichlet(torch.stack(list(arguments), -1), generator=g)[..., 0].to(dtype)


@_kind
def binomial(seed: int, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any) -> torch.Tensor:
    """Successes in ``arguments[0]`` trials of probability ``arguments[1]``."""
    return torch.binomial(arguments[0], arguments[1], generator=_generator(seed, device)).to(dtype)


def _draw(
    kind: str, key: Any, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any
) -> torch.Tensor:
    seed, counter = key.tolist()
    return KINDS[kind](start((seed, counter)), arguments, shape, dtype, device, numbers)


def _draw_spec(
    kind: str, key: Any, arguments: Any, shape: Any, dtype: Any, device: Any, numbers: Any
) -> torch.Tensor:
    return torch.empty(tuple(shape), dtype=dtype, device=META if key.is_meta else device)


DRAW = define(
    "draw(str kind, Tensor key, Tensor[] arguments, SymInt[] shape, ScalarType dtype, Device device,"
    " Scalar[] numbers) -> Tensor",
    _draw,
    _draw_spec,
)
