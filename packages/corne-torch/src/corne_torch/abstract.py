"""Evaluation of shapes and dtypes without arrays.

Tensors on PyTorch's "meta" device have no values; a mode brings everything they meet there too. PyTorch's
``FakeTensorMode`` does the same with more care for devices, and takes several times as long for each
operation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import local
from typing import Any

import torch
from corne import tree
from corne._state import override
from corne.backend import TensorSpec
from corne.errors import CorneError
from corne.variable import StatelessScope
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

from corne_torch.dtypes import name_of, to_torch

META = torch.device("meta")
_PROXY = torch._C._TorchDispatchModeKey.PROXY

#: Arrays of at most this many elements are computed for real: seeds and counters, whose values matter.
_TINY = 16

#: Two sizes for axes whose size is not known, tried in turn until an evaluation succeeds. Axes that come
#: out alike have a size of their own, the others depend on an unknown one. Small sizes come first since a
#: loop over time steps takes so many rounds; large ones are for large windows and many divisors.
_SIZES = ((12, 24), (240, 480), (5040, 10080))

_SIZED = frozenset({
    torch.arange, torch.empty, torch.eye, torch.full, torch.linspace, torch.logspace, torch.normal, torch.ones,
    torch.rand, torch.randint, torch.randn, torch.randperm, torch.zeros,
})  # fmt: skip
_READS = frozenset({"item", "tolist", "numpy", "__array__", "__bool__", "__int__", "__float__", "__index__"})

#: Parts of what PyTorch says where a value is wanted: by ``item()``, by NumPy, by ``nonzero()``, by ``data_ptr()``.
_WITHOUT_VALUE = (
    "on meta tensors",
    "meta device type tensor",
    "meta tensor",
    "data pointer of Tensor",
    "register_meta function",
)


class AbstractMode(TorchFunctionMode):
    """A mode in which operations return tensors on the "meta" device, without values."""

    def __torch_function__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if _local.mode is not self or name == "__get__" or name in _READS:
            return func(*args, **kwargs)
        if func in _SIZED:
            return func(
                *args, **{key: v for key, v in kwargs.items() if key != "generator"} | {"device": META}
            )
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, torch.Tensor)]
        known = all(x.device != META for x in given) and sum(x.numel() for x in given) <= _TINY
        if not given or (known and not _writes(name)):
            return func(*args, **kwargs)
        if name in ("cpu", "cuda"):
            return _to_meta(args[0])
        if name == "to":
            args = tuple(META if isinstance(x, str) else x for x in args)
        args, kwargs = tree_map(_to_meta, (args, kwargs))
        if kwargs.get("device") is not None:
            kwargs = {**kwargs, "device": META}
        return func(*args, **kwargs)


def _writes(name: str) -> bool:
    """Whether a method of this name changes its tensor: ``add_``, ``__iadd__``, ``__setitem__``."""
    if name.startswith("__"):
        return name == "__setitem__" or (
            name[2] == "i" and name not in ("__invert__", "__index__", "__int__")
        )
    return name.endswith("_")


def _to_meta(x: Any) -> Any:
    if isinstance(x, torch.Tensor):
        return x if x.device == META else x.to(META)
    return META if isinstance(x, torch.device) else x


class _Local(local):
    mode: AbstractMode | None = None  # the one that is on in this thread
    is_taped = False  # whether one is recorded while it is computed


_local = _Local()


def is_abstract() -> bool:
    """Return whether operations are evaluated abstractly at the moment."""
    return _local.mode is not None


def is_traced() -> bool:
    """Return whether operations are recorded into a graph at the moment, computed or not."""
    return _local.is_taped or is_for_compiler()


def is_for_compiler() -> bool:
    """Return whether operations are recorded without being computed, so that fusible ones are cheap."""
    return torch._C._get_dispatch_mode(_PROXY) is not None


def is_taped() -> bool:
    """Return whether operations are computed and recorded, to be replayed one by one."""
    return _local.is_taped


@contextmanager
def taped() -> Iterator[None]:
    """Mark computations in a ``with`` block as recorded too."""
    before, _local.is_taped = _local.is_taped, True
    try:
        yield
    finally:
        _local.is_taped = before


@contextmanager
def real() -> Iterator[None]:
    """Suspend abstract evaluation and tracing in a ``with`` block."""
    if not is_traced():
        with _only(None):
            yield
        return
    from torch.utils._python_dispatch import _disable_current_modes  # imports 800 modules

    with _only(None), _disable_current_modes():
        yield


@contextmanager
def _only(mode: AbstractMode | None) -> Iterator[None]:
    before, _local.mode = _local.mode, mode
    try:
        yield
    finally:
        _local.mode = before


def infer_specs(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return the result of ``fn(*args, **kwargs)`` with TensorSpecs for arrays, from TensorSpecs for arrays."""
    if not any(isinstance(leaf, TensorSpec) and None in leaf.shape for leaf in tree.flatten((args, kwargs))):
        return _specs(_evaluate(fn, args, kwargs, 0))
    failure: Exception | None = None
    result: Any = None
    for small, large in _SIZES:
        try:
            one, two = (_evaluate(fn, args, kwargs, size) for size in (small, large))
        except Exception as error:
            failure = failure or error
            continue
        result = tree.map_structure(_compare, _specs(one), _specs(two))
        failure = None
        if not any(isinstance(leaf, TensorSpec) and 0 in leaf.shape for leaf in tree.flatten(result)):
            break  # else the sizes were too small to show how long something is
    if failure is not None:
        raise failure
    return result


def lacks_value(error: Exception) -> bool:
    """Return whether an error says that a tensor on the "meta" device was asked for its value."""
    text = str(error)
    return not isinstance(error, CorneError) and any(part in text for part in _WITHOUT_VALUE)


def _evaluate(fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], size: int) -> Any:
    def placeholder(leaf: Any) -> Any:
        if not isinstance(leaf, TensorSpec):
            return leaf
        shape = [size if n is None else n for n in leaf.shape]
        return torch.empty(shape, dtype=to_torch(leaf.dtype), device=META)

    # In the scope, variables that fn assigns keep their values. Those of a trace around it mean nothing here.
    mode = AbstractMode()
    with real(), torch.no_grad(), override(scope=None), StatelessScope(), mode, _only(mode):
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
