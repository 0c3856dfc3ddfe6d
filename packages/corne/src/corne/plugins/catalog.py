"""The results of discovery: one value per distribution, and the names that each claims."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

#: Kinds of names, each with a hook ``corne_<kind>`` and, all from "backends" on but "ops" apart, a namespace ``corne.<kind>``.
KINDS = (
    "layers",
    "activations",
    "losses",
    "metrics",
    "optimizers",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
    "applications",
    "backends",
    "readers",
    "weight_formats",
    "names",
    "ops",
    "kernels",
    "weights",
)


class Status(StrEnum):
    """The status of a distribution's plugin."""

    LOADED = "loaded"
    FAILED = "failed"
    INCOMPATIBLE = "incompatible"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plugin.

    Args:
        where: The hook, or ``"import"``.
        message: The problem and its fix, in one or two sentences.
        traceback: The traceback's text if an exception was caught, else empty.
    """

    where: str
    message: str
    traceback: str = ""


@dataclass
class Plugin:
    """One entry point of one distribution.

    Args:
        distribution: Name on the package index, such as ``"acme-scale"``.
        version: The distribution's version.
        entry: The entry point's value, such as ``"acme_scale._plugin"``.
        status: Whether it loaded, and why not.
        api: The plugin interface it was written for, None if it states none.
        problems: Its problems. A loaded plugin can have some, such as one hook that raises.
        names: The names it registers: ``{kind: {name: "module:attribute"}}``.
        hooks: The behaviour hooks it implements.
    """

    distribution: str
    version: str
    entry: str
    status: Status = Status.LOADED
    api: int | None = None
    problems: list[Problem] = field(default_factory=list)
    names: dict[str, dict[str, str]] = field(default_factory=dict)
    hooks: list[str] = field(default_factory=list)

    @property
    def package(self) -> str:
        """The top-level package that holds the plugin."""
        return self.entry.partition(":")[0].partition(".")[0]


@dataclass(frozen=True)
class Claim:
    """One distribution's claim to one name; ``target`` is ``"module:attribute"``."""

    distribution: str
    version: str
    target: str


def normalized(distribution: str) -> str:
    """Return a distribution's name in normalized spelling, for comparison.

    >>> normalized("Acme_Scale")
    'acme-scale'
    """
    return re.sub(r"[-_.]+", "-", distribution).lower()
