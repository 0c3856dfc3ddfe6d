"""Pictures: written in each format, with what they should show, and clear about what can't be drawn."""

from __future__ import annotations

import pytest
from corne import Input, Model, ops
from corne.errors import ArgumentError, StateError
from corne_visualization import plot_history, plot_model
from corne_visualization.layout import Box, place


def branches():
    x = Input((3,), name="x")
    left, right = ops.tanh(x), ops.relu(x)
    return Model(x, ops.add(left, right), name="branches")


@pytest.mark.parametrize("extension", ["png", "svg", "pdf"])
def test_formats(backend, tmp_path, extension):
    path = plot_model(branches(), tmp_path / f"m.{extension}", show_shapes=True, show_layer_names=True)
    start = path.read_bytes()[:200]
    assert {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[extension] in start


def test_everything_is_in_the_picture(backend, tmp_path):
    import matplotlib as mpl

    with mpl.rc_context({"svg.fonttype": "none"}):
        path = plot_model(
            branches(), tmp_path / "m.svg", show_shapes=True, show_dtype=True, show_layer_names=True
        )
    text = path.read_text()
    for word in ("x (InputLayer)", "tanh", "relu", "add", "(None, 3)", "float32"):
        assert word in text


def test_directions(backend, tmp_path):
    from matplotlib.image import imread

    down = imread(plot_model(branches(), tmp_path / "tb.png", dpi=50))
    across = imread(plot_model(branches(), tmp_path / "lr.png", rankdir="LR", dpi=50))
    assert down.shape[0] > across.shape[0]
    with pytest.raises(ArgumentError, match="'TB' or 'LR'"):
        plot_model(branches(), tmp_path / "m.png", rankdir="XY")


def test_models_without_a_graph_are_refused(tmp_path):
    class Net(Model):
        def call(self, x):
            return x

    with pytest.raises(StateError, match="without a graph"):
        plot_model(Net(), tmp_path / "m.png")


def test_edges_lead_downwards_and_boxes_do_not_overlap():
    boxes = [Box(40, 10) for _ in range(5)]
    edges = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 4)]
    place(boxes, edges, gap=10)
    for a, b in edges:
        assert boxes[a].y + boxes[a].height / 2 < boxes[b].y - boxes[b].height / 2
    for i, one in enumerate(boxes):
        for two in boxes[i + 1 :]:
            assert abs(one.x - two.x) >= 40 or abs(one.y - two.y) >= 10


def test_history(tmp_path):
    history = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.4, 0.6]}
    assert plot_history(history, tmp_path / "h.png").read_bytes().startswith(b"\x89PNG")
    with pytest.raises(ArgumentError, match="at least one epoch"):
        plot_history({}, tmp_path / "h.png")
