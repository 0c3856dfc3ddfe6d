"""What discovery found: one value per distribution, and the names they claim."""

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
    """How a distribution's plugin ended up."""

    LOADED = "loaded"
    FAILED = "failed"
    INCOMPATIBLE = "incompatible"
    DISABLED = "disabled"


@dataclass(frozen=True)
class Problem:
    """Something wrong with a plugin.

    Args:
        where: The hook, or ``"import"``.
        message: What is wrong and what to do, in one or two sentences.
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
        status: How loading it ended.
        api: The plugin interface it was written for; None if it never said.
        problems: What is wrong with it. A loaded plugin can have some: one hook of several that raises.
        names: What it registers: ``{kind: {name: "module:attribute"}}``.
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
    """Return a distribution's name in the one spelling that names are compared in.

    >>> normalized("Acme_Scale")
    'acme-scale'
    """
    return re.sub(r"[-_.]+", "-", distribution).lower()
