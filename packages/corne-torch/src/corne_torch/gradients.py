"""Reverse-mode differentiation by PyTorch's autograd."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch
from corne import tree
from corne._state import override, state
from corne.backend import Array
from corne.variable import StatelessScope, Variable


def value_and_grad(
    fn: Callable[[], tuple[Array, Any]], variables: Sequence[Variable]
) -> tuple[tuple[Array, Any], list[Array | None]]:
    """Run ``fn() -> (scalar, aux)``; return ``((scalar, aux), gradients)``, all detached.

    Where variables have their values in a StatelessScope, the scope holds leaves of the tape meanwhile. So
    the whole thing can be recorded into a graph from state to new state.
    """
    leaves, outside = _leaves(variables)
    try:
        with torch.enable_grad():
            value, aux = fn()
    finally:
        scope = state.scope
        for variable, (leaf, previous) in outside.items():
            if scope is not None and scope.get(variable) is leaf:
                scope.set(variable, previous)
    inputs = [leaf for leaf in leaves if leaf.requires_grad]
    found: Sequence[torch.Tensor | None] = [None] * len(inputs)
    if inputs and value.requires_grad:
        found = torch.autograd.grad(value, inputs, allow_unused=True)
    by_leaf = dict(zip(map(id, inputs), found, strict=True))
    return (value.detach(), tree.map_structure(detached, aux)), [by_leaf.get(id(leaf)) for leaf in leaves]


def _leaves(
    variables: Sequence[Variable],
) -> tuple[list[torch.Tensor], dict[Variable, tuple[torch.Tensor, torch.Tensor]]]:
    """Return a leaf of the tape for each variable, and what those in a scope replace there."""
    leaves: list[torch.Tensor] = []
    outside: dict[Variable, tuple[torch.Tensor, torch.Tensor]] = {}
    scope = state.scope
    for variable in variables:
        value = None if scope is None else scope.get(variable)
        if scope is None or value is None:
            leaf = variable._storage
            if not leaf.requires_grad and leaf.is_floating_point():
                leaf.requires_grad_(True)
        else:
            leaf = value.detach().requires_grad_(value.is_floating_point())
            scope.set(variable, leaf)
            outside[variable] = (leaf, value)
        leaves.append(leaf)
    return leaves, outside


def detached(x: Any) -> Any:
    """Return a tensor as a constant, and any other object unchanged."""
    return x.detach() if isinstance(x, torch.Tensor) else x


def custom_gradient(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``fn(*arrays) -> (value, grad_fn)`` a function whose gradient is ``grad_fn(upstream)``."""

    class Custom(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *args: Any) -> Any:
            value, ctx.grad_fn = fn(*args)
            ctx.count = len(args)
            return value

        @staticmethod
        def backward(ctx: Any, *upstream: Any) -> Any:
            gradients = ctx.grad_fn(*upstream)
            if not isinstance(gradients, (tuple, list)):
                gradients = (gradients,)
            gradients = tuple(gradients)[: ctx.count]
            return gradients + (None,) * (ctx.count - len(gradients))

    def call(*args: Any) -> Any:
        values = [x.value if isinstance(x, Variable) else x for x in args]
        return Custom.apply(*values)

    return call


def checkpoint(fn: Callable[..., Any]) -> Callable[..., Any]:
    """Make ``fn`` recompute its intermediate values in the backward pass.

    Changes of variables (statistics, seeds) happen once: the second run starts from the same values as the
    first, so it draws the same random numbers, and its assignments are dropped.
    """
    from torch.utils.checkpoint import checkpoint as run

    def call(*args: Any, **kwargs: Any) -> Any:
        found: list[tuple[Variable, torch.Tensor]] | None = None
        # The backward pass may run in another thread, so it needs this one's context.
        surroundings = {
            "backend": state.backend, "autocast_dtype": state.autocast_dtype, "call": copy.copy(state.call)
        }  # fmt: skip
        outer = {} if state.scope is None else dict(state.scope.pairs())

        def once_or_again(*args: Any, **kwargs: Any) -> Any:
            nonlocal found
            first = found is None
            scope = StatelessScope([*outer.values(), *(found or ())])
            with override(**surroundings), scope:
                result = fn(*args, **kwargs)
            if first:
                changed = [pair for key, pair in scope._values.items() if pair is not outer.get(key)]
                found = [outer.get(id(v)) or (v, v._storage.detach().clone()) for v, _ in changed]
                for variable, value in changed:
                    variable.assign(value)
            return result

        return run(once_or_again, *args, use_reentrant=False, **kwargs)

    return call
