"""A training history as curves."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError


def plot_history(history: Any, to_file: str | os.PathLike[str] = "history.png", dpi: int = 120) -> Path:
    """Draw each quantity of a training history over the epochs, training and validation together.

    Args:
        history: What ``model.fit`` returned, or its ``history`` dict.
        to_file: Picture to write; the extension chooses png, svg or pdf. Default "history.png".
        dpi: Dots per inch of a png. Default 120.

    Returns:
        The path written.

    Raises:
        ArgumentError: There is no epoch in the history.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    curves: Mapping[str, Sequence[float]] = getattr(history, "history", history)
    names = [name for name in curves if not name.startswith("val_")]
    if not names or not any(len(curves[name]) for name in names):
        raise ArgumentError(
            "plot_history(history=…)", "at least one epoch", "an empty history", "Call fit() first."
        )
    figure = Figure(figsize=(4.5 * len(names), 3.5), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, name in zip(figure.subplots(1, len(names), squeeze=False)[0], names, strict=True):
        epochs = range(1, len(curves[name]) + 1)
        axes.plot(epochs, curves[name], marker=".", label="training")
        if f"val_{name}" in curves:
            validated = curves[f"val_{name}"]
            step = max(1, round(len(curves[name]) / max(1, len(validated))))
            axes.plot(range(step, step * len(validated) + 1, step), validated, marker=".", label="validation")
        axes.set_title(name.replace("_", " "))
        axes.set_xlabel("epoch")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(alpha=0.3)
        axes.legend()
    path = Path(to_file)
    figure.savefig(path, dpi=dpi)
    return path
