"""Pictures of models and training histories for Corne."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from corne_visualization.plot_history import plot_history as plot_history
    from corne_visualization.plot_model import plot_model as plot_model

__all__ = ["plot_history", "plot_model"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        # Importing the module puts it here under the function's name; the function has to replace it.
        globals()[name] = getattr(import_module(f"corne_visualization.{name}"), name)
        return globals()[name]
    raise AttributeError(f"module 'corne_visualization' has no attribute {name!r}")
