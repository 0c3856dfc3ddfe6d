"""Tables of what was measured, in Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.contestants import CONTESTANTS, REFERENCE
from benchmarks.workloads import WORKLOADS

Records = list[dict[str, Any]]


def report(records: Records) -> str:
    """Return all tables."""
    by_pair: dict[tuple[str, str], Records] = {}
    for record in records:
        by_pair.setdefault((record["workload"], record["contestant"]), []).append(record)
    workloads = [name for name in WORKLOADS if any(w == name for w, _ in by_pair)]
    contestants = [name for name in CONTESTANTS if any(c == name for _, c in by_pair)]
    trained = [name for name in workloads if WORKLOADS[name].kind == "train"]
    asked = [name for name in workloads if WORKLOADS[name].kind != "importing"]
    compiling = [name for name in contestants if CONTESTANTS[name].compiles]

    def cell(show: Callable[[Records], str]) -> Callable[[str, str], str]:
        def shown(workload: str, contestant: str) -> str:
            found = by_pair.get((workload, contestant), [])
            good = [record for record in found if "error" not in record]
            return show(good) if good else ("failed" if found else "")

        return shown

    def ratio(workload: str, contestant: str, figure: str = "step") -> str:
        own = [r[figure] for r in by_pair.get((workload, contestant), []) if "error" not in r]
        raw = [r[figure] for r in by_pair.get((workload, REFERENCE), []) if "error" not in r]
        if not own or not raw:
            return cell(lambda found: f"{_median(found, figure) * 1e3:.3g} ms")(workload, contestant)
        medians = statistics.median(own) / statistics.median(raw)
        return f"{medians:.2f} ({min(own) / min(raw):.2f})"

    milliseconds = cell(lambda found: f"{_median(found, 'step') * 1e3:.3g}")
    others = [name for name in contestants if name != REFERENCE]
    tables = [
        _table(
            "Time of a step as a ratio to raw, of medians (of minima); raw in ms",
            workloads,
            [REFERENCE, *others] if REFERENCE in contestants else others,
            lambda w, c: milliseconds(w, c) if c == REFERENCE else ratio(w, c),
        ),
        _table(
            "The same for the time on processors, of all threads",
            asked,
            others if REFERENCE in contestants else [],
            lambda w, c: ratio(w, c, "cpu"),
        ),
        _table(
            "Seconds from the import to the end of the first epoch, cold / warm",
            trained,
            contestants,
            cell(lambda found: _cold_and_warm(found, "first")),
        ),
        _table(
            "Seconds that the first epoch or answer took longer than later ones, cold / warm: compiling",
            asked,
            compiling,
            cell(lambda found: _cold_and_warm(found, "extra")),
        ),
        _table(
            "Peak memory, MB",
            asked,
            contestants,
            cell(lambda found: f"{max(r['memory'] for r in found) / 1e6:.0f}"),
        ),
    ]
    failures = sorted(
        {f"- {r['workload']}, {r['contestant']}: {r['error']}" for r in records if "error" in r}
    )
    return "\n\n".join([*filter(None, tables), *(["\n".join(failures)] if failures else [])])


def _median(found: Records, figure: str) -> float:
    return statistics.median(record[figure] for record in found)


def _cold_and_warm(found: Records, figure: str) -> str:
    cold = [record for record in found if record["round"] == 0]
    warm = [record for record in found if record["round"] > 0]
    return " / ".join(f"{_median(part, figure):.2f}" if part else "-" for part in (cold, warm))


def _table(
    title: str, rows: Sequence[str], columns: Sequence[str], cell: Callable[[str, str], str]
) -> str | None:
    """Return a table with its title above it, or None if it would be empty."""
    if not rows or not columns:
        return None
    lines = [["workload", *columns], *([row, *(cell(row, column) for column in columns)] for row in rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join([f"**{title}**", "", *text])
