"""What corne-cuda registers."""

from __future__ import annotations

from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_backends() -> dict[str, str]:
    """Return name to ``module:attribute``."""
    return {"cuda": "corne_cuda.spec:SPEC"}


@hookimpl
def corne_data_adapter(x: Any, y: Any, sample_weight: Any, options: Any) -> Any:
    """Return an adapter for PyTorch's loaders and data sets."""
    from corne_torch.torch_adapter import adapter_for

    return adapter_for(x, y, sample_weight, options)
