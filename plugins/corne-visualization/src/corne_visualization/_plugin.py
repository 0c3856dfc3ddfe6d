"""What corne-visualization adds: the command ``corne plot``."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_commands(cli):
    from corne_visualization.command import plot

    cli.add_command(plot)
