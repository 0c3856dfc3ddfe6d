"""Derivatives along a direction."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from corne import backend
from corne.backend import Array
from corne.errors import ArgumentError, BackendError
from corne.operation import op


@op(("primals", "tangents"))
def jvp(
    fun: Callable[..., Any], primals: Sequence[Array], tangents: Sequence[Array], has_aux: bool = False
) -> Any:
    """Return ``fun(*primals)`` and its derivative along ``tangents``.

    Args:
        fun: Takes and returns floating arrays.
        primals: Where to evaluate it.
        tangents: An array of the same shape and dtype for each of them.
        has_aux: Whether ``fun`` returns a pair whose second part is only handed on. Default False.

    Returns:
        ``(value, derivative)``, or ``(value, derivative, aux)``.

    Raises:
        ArgumentError: Other numbers of primals and tangents.
        BackendError: The engine has no forward differentiation.

    Source: Baydin et al., Automatic Differentiation in Machine Learning, section 3.1,
    https://arxiv.org/abs/1502.05767
    """
    if len(primals) != len(tangents):
        raise ArgumentError(
            "ops.jvp(tangents)", f"{len(primals)} arrays, one for each primal", f"{len(tangents)}"
        )
    engine = backend.active()
    differentiate = getattr(getattr(engine.xp, "func", None), "jvp", None)
    if differentiate is None:
        raise BackendError(
            "ops.jvp", "an engine with forward differentiation", engine.name,
            "Choose one that can train: CORNE_BACKEND=cpu.",
        )  # fmt: skip
    with warnings.catch_warnings():
        # PyTorch's own rules for forward mode use its deprecated compiler when they are first loaded.
        warnings.filterwarnings("ignore", message=".*torch.jit", category=DeprecationWarning)
        return differentiate(fun, tuple(primals), tuple(tangents), has_aux=has_aux)
