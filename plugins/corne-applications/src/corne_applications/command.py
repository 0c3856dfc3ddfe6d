"""``corne apps``: list architectures, classify photographs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import numpy as np
from corne.plugins import registry


@click.group()
def apps() -> None:
    """List architectures, classify photographs."""


@apps.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def list_apps(as_json: bool) -> None:
    """Show the installed architectures, and for which trained weights are known."""
    rows = [_described(name) for name in registry.names("applications")]
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("architecture", "pixels", "weights", "package", box=None)
    for row in rows:
        table.add_row(
            row["name"],
            str(row["pixels"] or ""),
            ", ".join(row["weights"]),
            f"{row['package']} {row['version']}",
        )
    Console().print(table)


@apps.command()
@click.argument("photo", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--model", "name", default="EfficientNetLite0", show_default=True, help="The architecture.")
@click.option("--weights", default="imagenet", show_default=True, help="Name or file of weights.")
@click.option(
    "--top", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many classes to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def classify(photo: Path, name: str, weights: str, top: int, as_json: bool) -> None:
    """Name what is in PHOTO, with the scores of ImageNet's classes."""
    from corne_applications.imagenet_utils import decode_predictions

    application = registry.get("applications", name)
    if not hasattr(application, "preprocess"):
        raise click.BadParameter(f"{name} has no preprocess()", param_hint="--model")
    batch = application.preprocess(photo)
    model = application(weights=weights)
    [best] = decode_predictions(np.asarray(model.predict(batch, verbose=0)), top)
    if as_json:
        click.echo(json.dumps([{"wnid": w, "name": n, "score": float(s)} for w, n, s in best], indent=2))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("class", "score", "", box=None)
    for _, label, score in best:
        table.add_row(label.replace("_", " "), f"{float(score):.1%}", "█" * round(40 * float(score)))
    Console().print(table)


def _described(name: str) -> dict[str, Any]:
    from corne_applications._published import titles

    provider = registry.provider(("applications", name))
    given = [key.partition("/")[2] for key in registry.names("weights") if key.startswith(f"{name}/")]
    return {
        "name": name,
        "pixels": getattr(registry.get("applications", name), "size", None),
        "weights": sorted({*given, *(["imagenet"] if name in titles() else [])}),
        "package": provider.distribution if provider else "",
        "version": provider.version if provider else "",
    }
