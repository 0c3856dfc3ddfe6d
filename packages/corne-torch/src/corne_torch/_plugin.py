"""The registrations of corne-torch."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {"TorchModuleWrapper": "corne_torch.bridge.torch_module_wrapper:TorchModuleWrapper"}


@hookimpl
def corne_names() -> dict[str, str]:
    """Return paths below ``corne`` to ``module:function``."""
    return {"utils.to_torch": "corne_torch.bridge.to_module:to_module"}
