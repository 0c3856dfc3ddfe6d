"""Files of weights of a known architecture, in another format."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from corne.errors import ArgumentError

from corne_applications._weights import Source

if TYPE_CHECKING:
    from corne_applications.application import Application

_WEIGHTS = (".weights.h5", ".safetensors", ".npz")


def convert(
    application: Application, source: str | os.PathLike[str], target: str | os.PathLike[str], overwrite: bool
) -> str:
    """Write weights from one file to another; see :meth:`Application.convert`."""
    start, end = Path(source), Path(target)
    where = f"convert {start.name} {end.name}"
    if not start.is_file():
        raise ArgumentError(where, "an existing file", str(start), "Check the path.")
    if end.exists() and not overwrite:
        raise ArgumentError(
            where, "a file that doesn't exist yet", str(end), "Pass overwrite=True to replace it."
        )
    alone = end.name.lower().endswith(_WEIGHTS)
    if alone and Source(application, start, application.name).symmetric:
        raise ArgumentError(
            where, "a whole model, such as a .keras file",
            f"weights alone; PyTorch's {application.title} pads strided convolutions otherwise than Keras's",
            f"Write to {end.with_suffix('').stem}.keras, or pass weights={str(start)!r} to {application.title}.",
        )  # fmt: skip
    model = application(weights=start)
    (model.save_weights if alone else model.save)(end, overwrite=overwrite)
    return "weights" if alone else "whole model"
