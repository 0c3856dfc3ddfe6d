"""What corne-activations registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

_FAMILIES = {
    "rectified": ["relu", "relu6", "leaky_relu", "elu", "selu", "celu", "threshold"],
    "smooth": ["gelu", "silu", "softplus", "softsign", "squareplus", "mish", "exponential", "tanh_shrink", "glu"],
    "sigmoidal": ["sigmoid", "log_sigmoid", "tanh"],
    "piecewise": [
        "linear", "hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink",
        "sparse_plus", "sparse_sigmoid",
    ],
    "distributions": ["softmax", "log_softmax", "sparsemax"],
}  # fmt: skip

_ALIASES = {"swish": "smooth:silu", "hard_swish": "piecewise:hard_silu"}


@hookimpl
def corne_activations() -> dict[str, str]:
    """Return name to ``module:function``."""
    names = {name: f"corne_activations.{file}:{name}" for file, group in _FAMILIES.items() for name in group}
    return {**names, **{alias: f"corne_activations.{target}" for alias, target in _ALIASES.items()}}
