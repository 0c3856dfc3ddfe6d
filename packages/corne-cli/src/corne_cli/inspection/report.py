"""The results of an inspection, as JSON values."""

from __future__ import annotations

import math
import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from corne.errors import FileFormatError
from corne.saving.read_errors import exceeds_stored_size
from corne.saving.tensors import Tensor, Weights

#: Limit on findings: hostile files could fill a report without end.
MOST_FINDINGS, MOST_ROWS, MOST_CHARACTERS = 1_000, 100_000, 300
_OPTIMIZER, _RANDOM = re.compile(r"optimizer(/|$)"), re.compile(r"(^|/)seed_generator(_\d+)?$")


class Level(StrEnum):
    """The severity of a finding."""

    REFUSED = "refused"  # loading the file, or this part of it, raises
    SUSPICIOUS = "suspicious"  # not what Corne or Keras write
    NOTE = "note"


@dataclass
class Finding:
    """One finding about a file.

    Args:
        level: Its severity.
        where: The member, group or place in the configuration; empty for the file as a whole.
        what: One sentence.
    """

    level: Level
    where: str
    what: str


@dataclass
class Layer:
    """The stored variables of one layer or other object.

    Args:
        path: Its path through attributes; empty for the model itself.
        name: Its name, if the file has it.
        class_name: Its class, if the file has it.
        tensors: ``{"name", "shape", "dtype", "bytes", "stored"}`` for each variable; ``stored`` bytes in
            the file.
    """

    path: str
    name: str = ""
    class_name: str = ""
    tensors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def parameters(self) -> int:
        """The number of its values."""
        return sum(math.prod(tensor["shape"]) for tensor in self.tensors)

    @property
    def nbytes(self) -> int:
        """The size of its values in memory, in bytes."""
        return sum(tensor["bytes"] for tensor in self.tensors)

    @property
    def part(self) -> str:
        """The part it belongs to: ``"model"``, ``"optimizer"`` or ``"random state"``."""
        if _OPTIMIZER.match(self.path):
            return "optimizer"
        return "random state" if _RANDOM.search(self.path) else "model"


@dataclass
class Needed:
    """A distribution that the file's classes come from; ``installed`` is its version here, or None."""

    distribution: str
    version: str
    provides: list[str]
    installed: str | None


@dataclass
class Report:
    """The results of inspecting a file.

    Args:
        file: The path.
        size: Its size in bytes.
        format: Its kind.
        contents: ``"whole model"``, ``"weights"``, ``"configuration"`` or ``"unknown"``.
        facts: Versions, dates and the like, by name.
        layers: The stored variables, in the model's order if the file has it.
        plugins: The needed distributions.
        findings: The findings, the worst first.
    """

    file: str
    size: int = 0
    format: str = "unknown"
    contents: str = "unknown"
    facts: dict[str, str] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    plugins: list[Needed] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def add(self, level: Level, where: str, what: str) -> None:
        """Record a finding, unless there are already a thousand."""
        if len(self.findings) < MOST_FINDINGS:
            self.findings.append(Finding(level, short(where), short(what)))
        elif len(self.findings) == MOST_FINDINGS:
            self.findings.append(Finding(Level.SUSPICIOUS, "", "there is more; the rest is left out"))

    def refuse(self, error: FileFormatError) -> None:
        """Record why a reader would refuse the file."""
        self.add(Level.REFUSED, error.where.removeprefix(f"{self.file}:"),
                 f"expected {short(error.expected)}, got {short(error.given)}")  # fmt: skip

    def store(self, weights: Weights, classes: dict[str, tuple[str, str]]) -> None:
        """Record the stored variables.

        Args:
            weights: From the file.
            classes: Class and name of the layer at each path, from the file's configuration.
        """
        by_name = {name: class_name for class_name, name in classes.values()}
        rows = {path: Layer(path, short(name), short(kind)) for path, (kind, name) in classes.items()}
        for path, name in weights.layers.items():
            row = rows.setdefault(path, Layer(path, short(name), short(by_name.get(name, ""))))
            row.name = row.name or short(name)
        for name, tensor in weights.tensors.items():
            if tensor.stored is not None and exceeds_stored_size(tensor.nbytes, tensor.stored):
                self.add(Level.SUSPICIOUS, name, f"declares {tensor.nbytes} bytes but stores {tensor.stored}")
        for path, tensors in weights.by_owner().items():
            row = rows.setdefault(path, Layer(short(path)))
            row.tensors = [_row(key, tensor) for key, tensor in tensors.items()][:MOST_ROWS]
        if len(rows) > MOST_ROWS:
            self.add(Level.SUSPICIOUS, "", f"{len(rows)} layers; {MOST_ROWS} are listed")
        order = {path: place for place, path in enumerate(classes)}
        ordered = sorted(rows.values(), key=lambda row: (row.part == "optimizer", _place(row.path, order)))
        self.layers = ordered[:MOST_ROWS]

    @property
    def clean(self) -> bool:
        """Whether nothing is refused or suspicious."""
        return all(finding.level is Level.NOTE for finding in self.findings)

    def totals(self) -> dict[str, dict[str, int]]:
        """Return ``{part: {"tensors", "parameters", "bytes"}}`` for the parts that have variables."""
        found: dict[str, dict[str, int]] = {}
        for layer in self.layers:
            if layer.tensors:
                entry = found.setdefault(layer.part, {"tensors": 0, "parameters": 0, "bytes": 0})
                entry["tensors"] += len(layer.tensors)
                entry["parameters"] += layer.parameters
                entry["bytes"] += layer.nbytes
        return found

    def as_dict(self) -> dict[str, Any]:
        """Return the report as JSON can hold it."""
        order = list(Level)
        self.findings.sort(key=lambda finding: order.index(finding.level))
        layers = [
            {**asdict(layer), "part": layer.part, "parameters": layer.parameters, "bytes": layer.nbytes}
            for layer in self.layers
        ]
        return {**asdict(self), "clean": self.clean, "totals": self.totals(), "layers": layers}


def report_of(values: dict[str, Any]) -> Report:
    """Return the report for a result of :meth:`Report.as_dict`."""
    names = ("file", "size", "format", "contents", "facts")
    report = Report(**{name: values[name] for name in names})
    own = ("path", "name", "class_name", "tensors")
    report.layers = [Layer(**{name: layer[name] for name in own}) for layer in values["layers"]]
    report.plugins = [Needed(**plugin) for plugin in values["plugins"]]
    report.findings = [Finding(Level(f["level"]), f["where"], f["what"]) for f in values["findings"]]
    return report


def short(text: object) -> str:
    """Return text from a file in a form that is safe for a terminal: printable and short.

    >>> short("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    shown = str(text)[: MOST_CHARACTERS + 1]
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in shown)
    return shown if len(shown) <= MOST_CHARACTERS else f"{shown[:MOST_CHARACTERS]}…"


def _place(path: str, order: dict[str, int]) -> int:
    """Return the position of the nearest parent that the configuration names, else the last."""
    parent = path
    while parent and parent not in order:
        parent = parent.rpartition("/")[0]
    return order[parent] if parent in order and (parent or not path) else len(order)


def _row(key: str, tensor: Tensor) -> dict[str, Any]:
    return {"name": short(key), "shape": list(tensor.shape), "dtype": short(tensor.dtype),
            "bytes": tensor.nbytes, "stored": tensor.stored}  # fmt: skip
