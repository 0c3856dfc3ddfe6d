"""``corne plot FILE``: a picture of a saved model."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Picture to write. Default: FILE with .png."
)
@click.option("--shapes/--no-shapes", default=True, help="Whether to show output shapes.")
def plot(file: Path, output: Path | None, shapes: bool) -> None:
    """Draw the model saved in FILE (png, svg or pdf)."""
    from corne.saving import load_model

    from corne_visualization.plot_model import plot_model

    target = output or file.with_suffix(".png")
    plot_model(load_model(file, compile=False), to_file=target, show_shapes=shapes, show_layer_names=True)
    click.echo(str(target))
