"""A model as a picture of boxes and arrows."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corne import tree
from corne.errors import ArgumentError, StateError

from corne_visualization.layout import Box, place

_FONT_SIZE = 9.0  # points
_CHARACTER = 0.62 * _FONT_SIZE  # width of a letter of the monospaced font, points
_LINE = 1.45 * _FONT_SIZE  # height of a line of text, points
_MARGIN = 8.0  # points around the text of a box
_GAP = 26.0  # points between boxes
_COLOURS = {"input": "#dbe9f6", "layer": "#f4f4f0", "operation": "#ecebf7", "model": "#e3f1e3"}


@dataclass
class _Diagram:
    lines: list[list[str]] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    edges: list[tuple[int, int]] = field(default_factory=list)


def plot_model(
    model: Any,
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = False,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
) -> Path:
    """Draw a model's layers as boxes and its tensors as arrows; no program but Python is needed.

    Args:
        model: A functional or built Sequential model.
        to_file: Picture to write; the extension chooses png, svg or pdf. Default "model.png".
        show_shapes: Whether to show each layer's output shape. Default False.
        show_dtype: Whether to show each layer's output dtype. Default False.
        show_layer_names: Whether to show names beside types. Default False.
        rankdir: "TB" draws from top to bottom, "LR" from left to right. Default "TB".
        expand_nested: Whether to draw the layers of models inside. Default False.
        dpi: Dots per inch of a png. Default 200.
        show_layer_activations: Whether to show activations. Default False.
        show_trainable: Whether to show if a layer is trained. Default False.

    Returns:
        The path written.

    Raises:
        StateError: The model has no graph (a subclassed model, or one that isn't built).
        ArgumentError: Another ``rankdir``.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    if rankdir not in ("TB", "LR"):
        raise ArgumentError("plot_model(rankdir=…)", "'TB' or 'LR'", repr(rankdir))
    if getattr(model, "_corne_graph", None) is None:
        raise StateError(
            f"plot_model({model.name})", "a functional or built Sequential model", "a model without a graph",
            "Give it an Input, or build(input_shape) it; a subclassed model has no picture.",
        )  # fmt: skip

    def describe(operation: Any, outputs: Any) -> list[str]:
        kind = (
            type(operation).__name__
            if hasattr(operation, "weights")
            else operation.name.rstrip("_0123456789")
        )
        lines = [f"{operation.name} ({kind})" if show_layer_names else kind]
        tensors = [t for t in tree.flatten(outputs) if hasattr(t, "shape")]
        if show_shapes:
            lines.append(", ".join(str(t.shape) for t in tensors))
        if show_dtype:
            lines.append(", ".join(t.dtype for t in tensors))
        activation = getattr(operation, "activation", None)
        if show_layer_activations and activation is not None:
            lines.append(f"activation: {getattr(activation, '__name__', type(activation).__name__)}")
        if show_trainable and getattr(operation, "weights", None):
            lines.append("trainable" if operation.trainable else "not trainable")
        return lines

    diagram = _Diagram()
    _draw_graph(model, diagram, describe, expand_nested, {})
    boxes = [
        Box(max(len(line) for line in lines) * _CHARACTER + 2 * _MARGIN, len(lines) * _LINE + 2 * _MARGIN)
        for lines in diagram.lines
    ]
    if rankdir == "LR":
        turned = [Box(box.height, box.width) for box in boxes]
        place(turned, diagram.edges, _GAP)
        for box, other in zip(boxes, turned, strict=True):
            box.x, box.y = other.y, other.x
    else:
        place(boxes, diagram.edges, _GAP)

    left = min(b.x - b.width / 2 for b in boxes) - _MARGIN
    right = max(b.x + b.width / 2 for b in boxes) + _MARGIN
    top = min(b.y - b.height / 2 for b in boxes) - _MARGIN
    bottom = max(b.y + b.height / 2 for b in boxes) + _MARGIN
    figure = Figure(figsize=((right - left) / 72, (bottom - top) / 72))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    _paint(axes, diagram, boxes, rankdir)
    path = Path(to_file)
    figure.savefig(path, dpi=dpi)
    return path


def _draw_graph(model: Any, diagram: _Diagram, describe: Any, expand: bool, ends: dict[int, int]) -> None:
    """Add the model's boxes; ``ends`` maps a tensor to the box that it comes out of."""
    graph = model._corne_graph
    for tensor in graph.flat_inputs:
        if id(tensor) not in ends:
            ends[id(tensor)] = _add(diagram, describe(tensor.node.operation, tensor), "input")
    for node in graph.nodes:
        if not node.inputs:
            continue
        operation = node.operation
        inner = getattr(operation, "_corne_graph", None)
        outputs = [t for t in tree.flatten(node.outputs) if hasattr(t, "node")]
        sources = [ends[id(t)] for t in node.inputs]
        if expand and inner is not None:
            inside = {id(t): source for t, source in zip(inner.flat_inputs, sources, strict=True)}
            _draw_graph(operation, diagram, describe, expand, inside)
            for tensor, end in zip(outputs, inner.flat_outputs, strict=True):
                ends[id(tensor)] = inside[id(end)]
        else:
            kind = "model" if inner is not None else "layer" if hasattr(operation, "weights") else "operation"
            box = _add(diagram, describe(operation, node.outputs), kind)
            diagram.edges.extend((source, box) for source in dict.fromkeys(sources))
            ends.update({id(tensor): box for tensor in outputs})


def _add(diagram: _Diagram, lines: list[str], kind: str) -> int:
    diagram.lines.append(lines)
    diagram.colours.append(_COLOURS[kind])
    return len(diagram.lines) - 1


def _paint(axes: Any, diagram: _Diagram, boxes: list[Box], rankdir: str) -> None:
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    for start, end in diagram.edges:
        a, b = boxes[start], boxes[end]
        if rankdir == "TB":
            points = (a.x, a.y + a.height / 2), (b.x, b.y - b.height / 2)
        else:
            points = (a.x + a.width / 2, a.y), (b.x - b.width / 2, b.y)
        axes.add_patch(
            FancyArrowPatch(
                *points,
                arrowstyle="-|>",
                mutation_scale=9,
                color="#444444",
                linewidth=0.9,
                shrinkA=0,
                shrinkB=0,
            )
        )
    for box, lines, colour in zip(boxes, diagram.lines, diagram.colours, strict=True):
        corner = box.x - box.width / 2, box.y - box.height / 2
        axes.add_patch(
            FancyBboxPatch(
                corner,
                box.width,
                box.height,
                boxstyle="round,pad=0,rounding_size=4",
                facecolor=colour,
                edgecolor="#444444",
                linewidth=0.9,
            )
        )
        for index, line in enumerate(lines):
            y = box.y + (index - (len(lines) - 1) / 2) * _LINE
            axes.text(
                box.x, y, line, ha="center", va="center", fontsize=_FONT_SIZE, family="DejaVu Sans Mono",
                fontweight="bold" if index == 0 else "normal",
            )  # fmt: skip
