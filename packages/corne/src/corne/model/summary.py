"""The table that ``model.summary()`` prints."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from corne import config, dtypes, tree
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.layer.shapes import map_shapes
from corne.symbolic import Node, OpCall
from corne.utils.messages import message


def summarize(
    model: Any,
    line_length: int | None,
    positions: list[float] | None,
    print_fn: Callable[[str], Any] | None,
    expand_nested: bool,
    show_trainable: bool,
    layer_range: tuple[str, str] | None,
) -> None:
    """Print the table; the arguments are ``Model.summary``'s."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    sequential = _is_chain(model)
    titles = ["Layer (type)", "Output Shape", "Param #"]
    if not sequential:
        titles.append("Connected to")
    if show_trainable:
        titles.append("Trainable")
    rows = list(_rows(model, _in_range(model, layer_range), sequential, expand_nested, show_trainable, 0))
    width = line_length or _width(titles, rows)

    table = Table(title=None, box=box.HEAVY_HEAD, width=width, show_lines=not sequential)
    ends = _column_ends(positions, width)
    for index, title in enumerate(titles):
        wide = None if ends is None else ends[index] - (ends[index - 1] if index else 0) - 3
        table.add_column(
            title,
            justify="right" if title == "Param #" else "left",
            overflow="fold",
            width=wide,
            ratio=_ratio(title, ends),
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))

    if print_fn is None and not config.is_interactive_logging_enabled():
        print_fn = message
    console = Console(width=max(width, 40), highlight=False)
    if print_fn is not None:
        console = Console(width=max(width, 40), file=io.StringIO(), record=True)
    console.print(Text(f'Model: "{model.name}"', style="bold"))
    console.print(table)
    for line in _totals(model):
        console.print(Text(line))
    if print_fn is not None:
        print_fn(console.export_text())


def _rows(
    model: Any, steps: list[Layer | OpCall], sequential: bool, expand: bool, trainable: bool, depth: int
) -> Iterator[list[str]]:
    for step in steps:
        layer = step if isinstance(step, Layer) else None
        weights = [] if layer is None else layer.weights
        kind = step.function.__name__ if isinstance(step, OpCall) else type(step).__name__
        row = [
            "  " * depth + f"{step.name} ({kind})",
            _shape(model, step),
            f"{_count(weights):,}" if layer is None or layer.built or weights else "0 (unbuilt)",
        ]
        if not sequential:
            row.append(_connections(model, step))
        if trainable:
            row.append("-" if layer is None or not weights else "Y" if layer.trainable else "N")
        yield row
        inner = getattr(layer, "layers", None)
        if expand and inner and hasattr(layer, "get_layer"):
            yield from _rows(layer, _steps(layer), sequential, expand, trainable, depth + 1)


def _steps(model: Any) -> list[Layer | OpCall]:
    """Return the subjects of a model's rows: its layers and, in a graph, its bare operations."""
    return list(model.layers) if model._corne_graph is None else list(model.operations)


def _count(variables: list[Any]) -> int:
    return sum(int(np.prod(v.shape)) for v in variables)


def _shape(model: Any, step: Layer | OpCall) -> str:
    """Return the shape of a step's output in the graph, or as the layer was built for in a call."""
    nodes = _nodes(model, step)
    if nodes:
        shapes = [str(t.shape) for t in tree.flatten(nodes[0].outputs)]
    else:
        shapes = _built_shapes(step)
    return "?" if not shapes else shapes[0] if len(shapes) == 1 else "[" + ", ".join(shapes) + "]"


def _built_shapes(step: Layer | OpCall) -> list[str]:
    built_for = step.get_build_config() if isinstance(step, Layer) and step.built else None
    if not built_for:
        return []
    try:
        found = step.compute_output_shape(*built_for.values())  # type: ignore[union-attr]
    except Exception:  # a custom layer may not know
        return []
    shapes: list[str] = []
    map_shapes(lambda shape: shapes.append(str(shape)), found)
    return shapes


def _nodes(model: Any, step: Layer | OpCall) -> list[Node]:
    """Return the calls of a step in the model's graph; those of a layer anywhere if the model has none."""
    if model._corne_graph is not None:
        return [node for node in model._corne_graph.nodes if node.operation is step]
    return list(getattr(step, "inbound_nodes", ()))


def _connections(model: Any, step: Layer | OpCall) -> str:
    if model._corne_graph is None:
        return "-"
    sources = []
    for node in _nodes(model, step):
        for tensor in node.inputs:
            if tensor.node is not None:
                flat = tree.flatten(tensor.node.outputs)
                place = next(i for i, t in enumerate(flat) if t is tensor)
                sources.append(f"{tensor.node.operation.name}[{place}]")
    return ", ".join(sources) or "-"


def _is_chain(model: Any) -> bool:
    """Return whether the connections are obvious: each layer follows the one above it."""
    if model._corne_graph is None:
        return True
    nodes = model._corne_graph.nodes
    calls = [id(node.operation) for node in nodes]
    single = len(set(calls)) == len(calls) and all(len(node.inputs) <= 1 for node in nodes)
    consumers = [id(tensor) for node in nodes for tensor in node.inputs]
    return single and len(set(consumers)) == len(consumers) and len(model.outputs) == 1 == len(model.inputs)


def _in_range(model: Any, layer_range: tuple[str, str] | None) -> list[Layer | OpCall]:
    layers = _steps(model)
    if layer_range is None:
        return layers
    if len(layer_range) != 2:
        raise ArgumentError(
            "summary(layer_range=…)",
            "two names",
            f"{layer_range!r}",
            "Pass (first, last), as names or patterns.",
        )
    hits = []
    for pattern in layer_range:
        found = [
            i for i, layer in enumerate(layers) if layer.name == pattern or re.match(pattern, layer.name)
        ]
        if not found:
            raise ArgumentError(
                "summary(layer_range=…)", f"names or patterns among {[layer.name for layer in layers]}",
                repr(pattern), "summary() lists the names.",
            )  # fmt: skip
        hits.append(found)
    return layers[min(hits[0]) : max(hits[1]) + 1]


def _totals(model: Any) -> Iterator[str]:
    trainable, frozen = model.trainable_weights, model.non_trainable_weights
    optimizer = getattr(getattr(model, "optimizer", None), "variables", None) or []
    for title, variables in (
        ("Total", [*trainable, *frozen, *optimizer]),
        ("Trainable", trainable),
        ("Non-trainable", frozen),
    ):
        yield f" {title} params: {_count(variables):,} ({_size(variables)})"
    if optimizer:
        yield f" Optimizer params: {_count(optimizer):,} ({_size(optimizer)})"


def _size(variables: list[Any]) -> str:
    size = float(sum(int(np.prod(v.shape)) * dtypes.itemsize(v.dtype) for v in variables))
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"


def _width(titles: list[str], rows: list[list[str]]) -> int:
    """Return a width for the longest cells, at least 80, at most the terminal's (or 120 without one)."""
    longest = [max([len(title), *(len(row[i]) for row in rows)]) for i, title in enumerate(titles)]
    return min(
        max(80, sum(longest) + 3 * len(titles) + 1), max(80, shutil.get_terminal_size((120, 24)).columns)
    )


def _column_ends(positions: list[float] | None, width: int) -> list[int] | None:
    if positions is None:
        return None
    return [int(p * width) if p <= 1 else int(p) for p in positions]


def _ratio(title: str, ends: list[int] | None) -> int | None:
    if ends is not None:
        return None
    return {"Layer (type)": 4, "Output Shape": 3, "Param #": 2, "Connected to": 3, "Trainable": 1}[title]
