"""Where to draw the boxes of a graph: layers of boxes, few crossings, by grandalf."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass
class Box:
    """A box to place. ``x`` and ``y`` are its centre, in the units of its width and height."""

    width: float
    height: float
    x: float = 0.0
    y: float = 0.0


def place(boxes: Sequence[Box], edges: Sequence[tuple[int, int]], gap: float) -> None:
    """Set the boxes' centres so that every edge leads downwards (to larger ``y``).

    The method is Sugiyama's: Sugiyama, Tagawa and Toda 1981, "Methods for visual understanding of
    hierarchical system structures", as grandalf implements it. Parts without edges between them are
    set side by side.
    """
    from grandalf.graphs import Edge, Graph, Vertex
    from grandalf.layouts import SugiyamaLayout

    class View:
        def __init__(self, box: Box) -> None:
            self.w, self.h, self.xy = box.width, box.height, (0.0, 0.0)

    vertices = [Vertex(index) for index in range(len(boxes))]
    for vertex, box in zip(vertices, boxes, strict=True):
        vertex.view = View(box)
    graph = Graph(vertices, [Edge(vertices[a], vertices[b]) for a, b in edges])
    left = 0.0
    for part in graph.C:
        layout = SugiyamaLayout(part)
        layout.xspace, layout.yspace = gap, gap
        roots = [v for v in part.sV if not v.e_in()]
        layout.init_all(roots=roots, optimize=True)
        layout.draw(3)
        members = list(part.sV)
        west = min(v.view.xy[0] - v.view.w / 2 for v in members)
        east = max(v.view.xy[0] + v.view.w / 2 for v in members)
        for vertex in members:
            box = boxes[vertex.data]
            box.x, box.y = vertex.view.xy[0] - west + left, vertex.view.xy[1]
        left += east - west + gap
