"""Convert files between formats; behind ``corne convert``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, FileFormatError
from corne.plugins import hook
from corne.saving import weight_files
from corne.saving.model_file import load_model, save_model, save_weights
from corne.saving.paths import readable, unknown_format, writable
from corne.saving.read_errors import exceeds_stored_size
from corne.saving.tensors import Weights
from corne.saving.weight_files import Kind
from corne.saving.weight_format import WeightFormat


def convert(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    overwrite: bool = False,
    custom_objects: Mapping[str, Any] | None = None,
) -> str:
    """Convert a file to another, in the format of the other's extension.

    Weights are converted without a model, also those of a ``.keras`` file. Whole models are loaded and
    saved; formats of plugins work if the plugin reads, or writes, them.

    Args:
        source: A file of a whole model or of weights, as its content determines.
        target: ``*.keras``, ``*.weights.h5``, ``*.safetensors``, ``*.npz``, or what a plugin writes.
        overwrite: Whether ``target`` may exist. Default False.
        custom_objects: As for :func:`corne.saving.load_model`.

    Returns:
        What was written: ``"whole model"`` or ``"weights"``.

    Raises:
        ArgumentError: ``target`` exists, is ``source``, is to be a whole model made of weights alone, or can't
            hold the names or dtypes.
        FileFormatError: ``source`` is corrupt, of an unknown kind, or made to exhaust memory.
        MissingPluginError: A format's library or plugin isn't installed.
    """
    start, end = readable(source), writable(target, overwrite)
    if end.exists() and start.samefile(end):
        raise ArgumentError("corne convert", "two files", f"{start} twice", "Use another TARGET.")
    target_format = weight_files.format_for(end)
    if (
        target_format is None
        and end.suffix != ".keras"
        and not hook.corne_file_format(path=end, header=b"", mode="w")
    ):
        raise unknown_format(end)
    found = weight_files.identify(start)
    if found.kind is Kind.KERAS_2_WEIGHTS:
        raise FileFormatError(
            str(start), "weights in Keras 3's layout, or a whole model", "weights as Keras 2 wrote them",
            "Load them into their model, which needs corne-keras, then model.save_weights(…).",
        )  # fmt: skip
    if target_format is None:
        if found.kind is Kind.WEIGHTS:
            raise ArgumentError(
                f"corne convert {start.name} {end.name}", "a source with a whole model",
                "weights alone",
                f"Build the model in code, then model.load_weights({start.name!r}) and model.save({end.name!r}).",
            )  # fmt: skip
        save_model(load_model(start, custom_objects), end)
        return "whole model"
    if found.kind in (Kind.WEIGHTS, Kind.ARCHIVE):
        with weight_files.opened(start, found) as weights:
            _check(weights, start, end, target_format)
            target_format.save(end, weights)
    else:
        save_weights(load_model(start, custom_objects), end)
    return "weights"


def _check(weights: Weights, path: Path, target: Path, target_format: WeightFormat) -> None:
    """Refuse sizes that the file does not have and names that the target can't hold."""
    declared = sum(tensor.nbytes for tensor in weights.tensors.values())
    stored = sum(tensor.stored or 0 for tensor in weights.tensors.values())
    if exceeds_stored_size(declared, stored):
        raise FileFormatError(
            str(path), f"not much more than the {stored} bytes stored", f"{declared} bytes of data",
            "It may be made to exhaust memory. If you trust it, load it into its model and save that.",
        )  # fmt: skip
    for name in weights.tensors:
        if {"", ".", ".."} & set(name.split("/")) or "\\" in name or not name.isprintable():
            raise FileFormatError(
                str(path), "plain names of tensors", repr(name), "Rename it where the file was written."
            )
    conflict = target_format.conflict(weights.tensors)
    if conflict is not None:
        raise ArgumentError(
            f"corne convert {path.name} {target.name}", "names that are not prefixes of others", conflict,
            "Convert to .npz.",
        )  # fmt: skip
