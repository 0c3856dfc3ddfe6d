"""``corne doctor``: facts about Corne on this machine, and problems."""

from __future__ import annotations

import math
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

from corne import config
from corne._version import __version__
from corne.errors import CorneError
from corne.plugins import Status, hook, known, plugins, registry
from corne.plugins.advice import noun
from corne.plugins.catalog import KINDS, normalized
from corne.plugins.discovery import disabled

from corne_cli.cores import available_cores

#: Libraries whose version explains behaviour; missing ones are left out.
_LIBRARIES = (
    "numpy", "h5py", "optree", "ml_dtypes", "pluggy", "rich", "click",
)  # fmt: skip
_THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@dataclass
class Report:
    """Facts by section, troubles, and warnings about speed."""

    sections: dict[str, dict[str, str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    tracebacks: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        return {
            "sections": self.sections,
            "troubles": self.troubles,
            "warnings": self.warnings,
            "tracebacks": self.tracebacks,
        }


def examine() -> Report:
    """Check everything. A failing check becomes a trouble and does not stop the others."""
    report = Report()
    parts: tuple[tuple[str, Callable[[Report], dict[str, str]]], ...] = (
        ("versions", _versions),
        ("plugins", _plugins),
        ("settings", _settings),
        ("backends", _backends),
        ("kernels of plugins", _kernels),
        ("processor", _processor),
        ("health checks", _health),
    )
    for title, look in parts:
        try:
            report.sections[title] = look(report)
        except Exception as error:
            report.troubles.append(f"{title}: {type(error).__name__}: {error}")
    return report


def _versions(report: Report) -> dict[str, str]:
    facts = {"corne": __version__, "python": platform.python_version(), "platform": platform.platform()}
    for library in _LIBRARIES:
        try:
            facts[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return facts


def _plugins(report: Report) -> dict[str, str]:
    registry.names("layers")  # merging the names records attempts to take one over
    facts = {}
    for plugin in plugins():
        facts[plugin.distribution] = f"{plugin.version}, {plugin.status}"
        for problem in plugin.problems:
            report.troubles.append(f"plugin {plugin.distribution}, {problem.where}: {problem.message}")
            if problem.traceback:
                report.tracebacks.append(
                    f"plugin {plugin.distribution}, {problem.where}\n{problem.traceback}"
                )
        ours = normalized(plugin.distribution) in known.FIRST_PARTY
        if ours and plugin.status is not Status.DISABLED and _series(plugin.version) != _series(__version__):
            report.troubles.append(
                f"plugin {plugin.distribution} {plugin.version} is of another series than corne {__version__}: "
                f"pip install --upgrade corne {plugin.distribution}"
            )
    installed = {normalized(plugin.distribution) for plugin in plugins()}
    for name in sorted(disabled() - installed - {"*"}):
        report.troubles.append(f"CORNE_DISABLE_PLUGINS names {name}, which is not installed")
    for kind in KINDS:
        for name in sorted(set(registry.names(kind)) - registry.unambiguous(kind)):
            report.troubles.append(f"{noun(kind)} {name}: several plugins register it")
    return facts


def _series(version: str) -> list[str]:
    return version.split(".")[:2]


def _settings(report: Report) -> dict[str, str]:
    facts = {}
    getters: dict[str, Callable[[], Any]] = {
        "backend": config.backend,
        "floatx": config.floatx,
        "epsilon": config.epsilon,
        "image_data_format": config.image_data_format,
        "dtype_policy": config.default_dtype_policy,
        "check_finite": config.check_finite,
    }
    for setting, getter in getters.items():
        try:
            facts[setting] = f"{getter()} ({config.origin(setting)})"
        except CorneError as error:
            facts[setting] = "unreadable"
            if str(error) not in report.troubles:
                report.troubles.append(str(error))
    return facts


def _backends(report: Report) -> dict[str, str]:
    from corne import backend

    facts, priorities = {}, {}
    for name in registry.names("backends"):
        try:
            spec = registry.get("backends", name)
            reason = spec.probe()
        except Exception as error:
            facts[name] = f"broken: {type(error).__name__}: {error}"
            report.troubles.append(f"backend {name}: {type(error).__name__}: {error}")
            continue
        priorities[name] = spec.priority
        facts[name] = f"priority {spec.priority}, {'ok' if reason is None else 'unavailable: ' + reason}"
    wanted = config.requested_backend()
    try:
        chosen = backend.active()
        why = f"asked for by the {config.origin('backend')}" if wanted else "the highest usable priority"
        facts["chosen"] = f"{chosen.name}, {why}"
        facts["devices"] = ", ".join(chosen.devices())
        facts["can train"] = "yes" if "gradients" in chosen.capabilities else "no"
        if chosen.to_numpy(chosen.asarray([1.0, 2.0])).tolist() != [1.0, 2.0]:
            report.troubles.append(f"backend {chosen.name}: arrays do not survive a round trip")
        facts.update(chosen.facts())
    except Exception as error:
        report.troubles.append(str(error) if isinstance(error, CorneError) else f"backend: {error!r}")
    return facts


def _kernels(report: Report) -> dict[str, str]:
    facts: dict[str, str] = {}
    for plugin in plugins():
        for name in plugin.names.get("kernels", ()):
            facts[name] = f"{facts[name]}, {plugin.distribution}" if name in facts else plugin.distribution
    return dict(sorted(facts.items()))


def _processor(report: Report) -> dict[str, str]:
    cores = available_cores()
    facts = {
        "machine": platform.machine(),
        "cores": f"{cores:g} of {os.cpu_count()} available to this process",
    }
    facts.update({name: os.environ[name] for name in _THREADS if name in os.environ})
    asked = {name: os.environ.get(name, "") for name in _THREADS}
    asked["the backend"] = report.sections.get("backends", {}).get("threads", "")
    for name, threads in asked.items():
        if threads.isdigit() and int(threads) > math.ceil(cores):
            report.warnings.append(
                f"{name} asks for {threads} threads, {cores:g} cores are available: set OMP_NUM_THREADS="
                f"{math.ceil(cores)}"
            )
    return facts


def _health(report: Report) -> dict[str, str]:
    facts = {}
    for checks in hook.corne_health_checks():
        for name, check in dict(checks).items():
            try:
                wrong = check()
            except Exception as error:
                wrong = f"the check itself failed: {type(error).__name__}: {error}"
            facts[name] = wrong or "ok"
            if wrong:
                report.troubles.append(f"{name}: {wrong}")
    return facts


def show(report: Report) -> None:
    """Print the report."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(soft_wrap=not sys.stdout.isatty())
    for title, facts in report.sections.items():
        if not facts:
            continue
        console.print(Text(title, style="bold"))
        table = Table.grid(padding=(0, 2))
        for name, fact in facts.items():
            table.add_row(Text(f"  {name}"), Text(fact))
        console.print(table)
    for warning in report.warnings:
        console.print(Text(f"\nWarning: {warning}", style="yellow"))
    for traceback in report.tracebacks:
        console.print(Text("\n" + traceback.rstrip()), style="dim")
    if report.troubles:
        console.print(Text("\nWrong:", style="bold red"))
        for trouble in report.troubles:
            console.print(Text(f"  - {trouble}"))
    else:
        console.print(Text("\nNothing is wrong.", style="bold green"))
