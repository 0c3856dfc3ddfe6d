"""``corne inspect``: print the contents of a file."""

from __future__ import annotations

import sys

from corne_cli.inspection import Layer, Level, Needed, Report

_STYLES = {Level.REFUSED: "bold red", Level.SUSPICIOUS: "bold yellow", Level.NOTE: ""}
_MOST_SHAPES, _MOST_LAYERS = 6, 500


def show(report: Report) -> None:
    """Print a report: the file's kind, its layers, the plugins it needs, and findings."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=None if sys.stdout.isatty() else 160, highlight=False, markup=False, emoji=False)
    console.print(
        Text(f"{report.file}: {report.contents}, {report.format}, {size(report.size)}", style="bold")
    )
    for name, fact in report.facts.items():
        console.print(f"  {name}: {fact}")
    shown = [layer for layer in report.layers if layer.tensors or layer.class_name]
    if shown:
        table = Table(box=box.SIMPLE_HEAD)
        for column in ("path", "class", "name", "shapes", "dtype"):
            table.add_column(column, overflow="fold")
        for column in ("parameters", "bytes"):
            table.add_column(column, justify="right", no_wrap=True)
        for layer in shown[:_MOST_LAYERS]:
            table.add_row(*map(Text, _row(layer)))
        console.print(table)
    if len(shown) > _MOST_LAYERS:
        console.print(f"  and {len(shown) - _MOST_LAYERS} more: --json lists them\n")
    for part, total in report.totals().items():
        console.print(
            f"  {part}: {total['parameters']:,} values in {total['tensors']:,} tensors, {size(total['bytes'])}"
        )
    if report.plugins:
        console.print("\nNeeds:")
        for plugin in report.plugins:
            console.print(f"  {_needed(plugin)}")
    for level, title in (
        (Level.REFUSED, "Refused when loaded:"),
        (Level.SUSPICIOUS, "Suspicious:"),
        (Level.NOTE, "Notes:"),
    ):
        found = [finding for finding in report.findings if finding.level is level]
        if found:
            console.print(Text(f"\n{title}", style=_STYLES[level]))
        for finding in found:
            console.print(f"  - {finding.where + ': ' if finding.where else ''}{finding.what}")
    if report.clean:
        console.print("\nNothing suspicious.")


def size(count: int) -> str:
    """Return a number of bytes as text.

    >>> size(999), size(48361)
    ('999 bytes', '48.4 kB')
    """
    if count < 1000:
        return f"{count} bytes"
    power = min(4, (len(str(count)) - 1) // 3)
    return f"{count / 1000**power:.1f} {' kMGT'[power]}B"


def _row(layer: Layer) -> list[str]:
    shapes = [str(tuple(tensor["shape"])) for tensor in layer.tensors]
    more = [f"… {len(shapes) - _MOST_SHAPES} more"] if len(shapes) > _MOST_SHAPES else []
    dtypes = dict.fromkeys(tensor["dtype"] for tensor in layer.tensors)
    numbers = [f"{layer.parameters:,}", f"{layer.nbytes:,}"] if layer.tensors else ["", ""]
    return [layer.path or "(the model)", layer.class_name, layer.name, " ".join(shapes[:_MOST_SHAPES] + more),
            ", ".join(dtypes), *numbers]  # fmt: skip


def _needed(plugin: Needed) -> str:
    version = f" {plugin.version}" if plugin.version else ""
    here = (
        f"installed: {plugin.installed}"
        if plugin.installed
        else f"NOT INSTALLED: pip install {plugin.distribution}"
    )
    return f"{plugin.distribution}{version} for {', '.join(plugin.provides)} ({here})"
