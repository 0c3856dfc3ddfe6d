"""What corne-visualization adds: the command ``corne plot``."""

from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_commands(cli: Any) -> None:
    from corne_visualization.command import plot

    cli.add_command(plot)
