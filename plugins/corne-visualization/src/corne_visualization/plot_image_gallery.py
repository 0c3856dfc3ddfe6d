"""plot_image_gallery: images side by side."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from corne.backend import Array
from corne.errors import ArgumentError

from corne_visualization._pictures import as_rgb, batch, to_numpy


def plot_image_gallery(
    images: Array,
    y_true: Array | None = None,
    y_pred: Array | None = None,
    label_map: Mapping[int, str] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: Sequence[float] = (0, 255),
    scale: float = 2,
    path: str | os.PathLike[str] | None = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: int = 60,
    legend_handles: Sequence[Any] | None = None,
    data_format: str | None = None,
) -> None:
    """Show images in rows and columns, with their labels.

    Args:
        images: The images.
        y_true: Their labels, written above. Default None.
        y_pred: The labels that a model says, likewise. Default None.
        label_map: Names of labels; needed with labels. Default None.
        rows: Default None: as many as make the gallery about square.
        cols: Default None: as many as hold all images.
        value_range: Smallest and largest value of a pixel. Default ``(0, 255)``.
        scale: Size of an image, in inches. Default 2.
        path: Picture to write; its ending chooses the format. Default None: shown, not written.
        show: Whether to show it. Default None: unless it is written.
        transparent: Whether the written picture has no background. Default True.
        dpi: Dots per inch of the written picture. Default 60.
        legend_handles: Matplotlib's handles of a legend below. Default None: no legend.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.

    Shapes:
        images ``(batch, height, width, 3 or 1)``; labels ``(batch,)``.

    Raises:
        ArgumentError: Both ``path`` and ``show``, or labels without ``label_map``.
        ShapeError: ``images`` don't have four axes.

    >>> import io, numpy
    >>> file = io.BytesIO()
    >>> plot_image_gallery(numpy.zeros((3, 8, 8, 3)), path=file)
    >>> file.getvalue()[1:4]
    b'PNG'
    """
    from matplotlib import pyplot

    where = "plot_image_gallery"
    if path is not None and show:
        raise ArgumentError(where, "path or show", "both")
    if (y_true is not None or y_pred is not None) and label_map is None:
        raise ArgumentError(f"{where}(label_map=…)", "names of the labels", "None")
    pixels = batch(where, images, data_format).astype("float32")
    low, high = value_range
    pixels = ((pixels - low) * (255 / (high - low))).clip(0, 255).astype("uint8")
    rows = rows or max(math.ceil(math.sqrt(len(pixels))), 1)
    cols = cols or max(math.ceil(len(pixels) / rows), 1)
    figure, axes = pyplot.subplots(
        nrows=rows, ncols=cols, figsize=(cols * scale, rows * scale), frameon=False, layout="tight",
        squeeze=False, sharex="row", sharey="col",
    )  # fmt: skip
    labels = [(word, to_numpy(y)) for word, y in (("Label", y_true), ("Pred", y_pred)) if y is not None]
    for index, place in enumerate(axes.flat):
        place.axis("off")
        if index >= len(pixels):
            continue
        place.imshow(as_rgb(pixels[index]))
        place.margins(x=0, y=0)
        names = label_map or {}
        title = [f"{word}: {names.get(int(y[index]), 'Unknown')}" for word, y in labels if index < len(y)]
        if title:
            place.set_title("  ".join(title), fontsize=8)
    if legend_handles is not None:
        figure.legend(handles=legend_handles, loc="lower center")
    if path is not None:
        figure.savefig(path, pad_inches=0, bbox_inches="tight", transparent=transparent, dpi=dpi)
        pyplot.close(figure)
    elif show is None or show:
        pyplot.show()
        pyplot.close(figure)
