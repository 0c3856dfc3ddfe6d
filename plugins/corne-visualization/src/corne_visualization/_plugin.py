"""What corne-visualization adds: ``corne.utils.plot_model``, and the command ``corne plot``."""

from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_names() -> dict[str, str]:
    """Return paths below ``corne`` to ``module:function``."""
    return {"utils.plot_model": "corne_visualization.plot_model:plot_model"}


@hookimpl
def corne_commands(cli: Any) -> None:
    from corne_visualization.command import plot

    cli.add_command(plot)
