"""Evaluation of shapes and dtypes without arrays.

Tensors on PyTorch's "meta" device have no values; a mode brings everything they meet there too. PyTorch's
``FakeTensorMode`` does the same with more care for devices, and takes several times as long for each
operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from corne import tree
from corne.backend import TensorSpec
from corne.variable import StatelessScope
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode
from torch.utils._pytree import tree_leaves, tree_map

from corne_torch.dtypes import name_of, to_torch

#: Arrays of so few elements in all are computed for real: seeds and counters, whose values decide things.
_TINY = 16

#: Two sizes for axes whose size is not known, tried in turn until an evaluation succeeds. Axes that come
#: out alike have a size of their own, the others depend on an unknown one. Small sizes come first since a
#: loop over time steps takes so many rounds; large ones are for large windows and many divisors.
_SIZES = ((12, 24), (240, 480), (5040, 10080))

META = torch.device("meta")


class AbstractMode(TorchDispatchMode):
    """While it is on, operations give tensors on the "meta" device, whose values nobody computes.

    Attributes:
        paused: Whether operations are carried out as if it were off.
    """

    paused = False

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False  # dynamo never compiles this; the wrapper that would say so costs time

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if self.paused:
            return func(*args, **kwargs)
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        real = [x for x in given if x.device != META]
        known = len(real) == len(given) > 0 and sum(x.numel() for x in real) <= _TINY
        if known and not func._schema.is_mutable:
            return func(*args, **kwargs)
        if real:
            args, kwargs = tree_map(_to_meta, (args, kwargs))
        if kwargs.get("device") is not None or not given:
            kwargs = {**kwargs, "device": META}
        if kwargs.get("generator") is not None:
            kwargs = {**kwargs, "generator": None}
        return func(*args, **kwargs)


def _to_meta(x: Any) -> Any:
    if isinstance(x, torch.Tensor):
        return x if x.device == META else x.to(META)
    return META if isinstance(x, torch.device) else x


def observer() -> Any:
    """Return what observes operations at present: an AbstractMode, a tracer's mode, or None."""
    if not torch._C._len_torch_dispatch_stack():
        return None
    mode = _get_current_dispatch_mode()
    return None if isinstance(mode, AbstractMode) and mode.paused else mode


@contextmanager
def real() -> Iterator[None]:
    """Leave abstract evaluation and tracing for a while."""
    mode = observer()
    if mode is None:
        yield
    elif isinstance(mode, AbstractMode):
        mode.paused = True
        try:
            yield
        finally:
            mode.paused = False
    else:
        from torch.utils._python_dispatch import _disable_current_modes  # imports 800 modules

        with _disable_current_modes():
            yield


def infer_specs(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the result of ``fn(*args, **kwargs)`` with TensorSpecs for arrays, from TensorSpecs for arrays."""
    if not any(isinstance(leaf, TensorSpec) and None in leaf.shape for leaf in tree.flatten((args, kwargs))):
        return _specs(_evaluate(fn, args, kwargs, 0))
    failure: Exception | None = None
    for small, large in _SIZES:
        try:
            one, two = (_evaluate(fn, args, kwargs, size) for size in (small, large))
        except Exception as error:
            failure = failure or error
            continue
        return tree.map_structure(_compare, _specs(one), _specs(two))
    assert failure is not None
    raise failure


def _evaluate(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], size: int) -> Any:
    def placeholder(leaf: Any) -> Any:
        if not isinstance(leaf, TensorSpec):
            return leaf
        shape = [size if n is None else n for n in leaf.shape]
        return torch.empty(shape, dtype=to_torch(leaf.dtype), device=META)

    # In the scope, variables that fn assigns keep their values.
    with real(), torch.no_grad(), StatelessScope(), AbstractMode():
        args, kwargs = tree.map_structure(placeholder, (args, kwargs))
        return fn(*args, **kwargs)


def _specs(result: Any) -> Any:
    def spec(leaf: Any) -> Any:
        return TensorSpec(tuple(leaf.shape), name_of(leaf)) if isinstance(leaf, torch.Tensor) else leaf

    return tree.map_structure(spec, result)


def _compare(one: Any, two: Any) -> Any:
    if not isinstance(one, TensorSpec):
        return one
    return TensorSpec(
        tuple(a if a == b else None for a, b in zip(one.shape, two.shape, strict=True)), one.dtype
    )
