"""``corne plugins list``."""

from __future__ import annotations

from typing import Any

from corne.plugins import Plugin, plugins, registry
from corne.plugins.advice import noun


def as_dicts() -> list[dict[str, Any]]:
    """Return every plugin as JSON values."""
    registry.names("layers")  # merging the names records attempts to take one over
    return [
        {
            "name": plugin.distribution,
            "version": plugin.version,
            "entry_point": plugin.entry,
            "interface": plugin.api,
            "status": str(plugin.status),
            "registers": {kind: sorted(names) for kind, names in plugin.names.items() if names},
            "hooks": plugin.hooks,
            "problems": [
                {"where": p.where, "message": p.message, "traceback": p.traceback} for p in plugin.problems
            ],
        }
        for plugin in plugins()
    ]


def status(plugin: Plugin) -> str:
    """Return a plugin's status as text: ``loaded``, ``loaded, 1 problem``, ``failed``, ..."""
    count = len(plugin.problems)
    if plugin.status != "loaded" or not count:
        return str(plugin.status)
    return f"loaded, {count} problem{'s' if count > 1 else ''}"


def show() -> None:
    """Print the table, and the problems below it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    registry.names("layers")
    found = plugins()
    console = Console()
    if not found:
        console.print('No plugins are installed. For a working set: pip install "corne[cpu]"', markup=False)
        return
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("plugin", "version", "interface", "status"):
        table.add_column(column, no_wrap=True)
    table.add_column("registers")
    for plugin in found:
        counts = [
            f"{len(names)} {kind if len(names) > 1 else noun(kind)}"
            for kind, names in plugin.names.items()
            if names
        ]
        registers = Text(", ".join(counts + plugin.hooks) or "nothing")
        interface = "" if plugin.api is None else str(plugin.api)
        table.add_row(plugin.distribution, plugin.version, interface, status(plugin), registers)
    console.print(table)
    for plugin in found:
        for kernel in sorted(plugin.names.get("kernels", ())):
            console.print(f"{plugin.distribution} provides the kernel {kernel}", markup=False)
        for problem in plugin.problems:
            console.print(f"{plugin.distribution}, {problem.where}: {problem.message}", markup=False)
