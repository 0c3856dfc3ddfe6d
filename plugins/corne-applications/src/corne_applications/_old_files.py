"""Files that carry today's names but hold older networks."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from corne.errors import FileFormatError
from corne.saving import hdf5_file
from corne.saving.read_errors import wrap_read_errors

#: Keras up to 2.2.2: a stage's number, a block's letter, a branch.
_OLD_RESNET = re.compile(r"(res|bn)(\d)([a-z])_branch(1|2[abc])")
_OLD_EPSILON = 1e-3
_STEM = {"conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"}


def load_old_file(model: Any, title: str, path: Path) -> bool:
    """Load a file of ResNet50 that Keras up to 2.2.2 wrote; return whether it is one.

    Its network is today's with other names of layers, and with an epsilon of 1e-3 in batch normalization, for which
    the factor ``gamma`` makes up.

    Raises:
        FileFormatError: A file of keras_applications' EfficientNet, which normalized pixels otherwise.
        ShapeError: The file has a classifier and the model none, or other shapes.
    """
    scaled = title.startswith("EfficientNetB")
    if not scaled and title != "ResNet50":
        return False
    names = _layer_names(path)
    if scaled and "stem_conv" in names and not any(name.startswith("normalization") for name in names):
        raise FileFormatError(
            f"{path} into {title}", "weights with the moments of pixels, as Keras 2.3 and later write",
            "those of keras_applications, whose network has no normalization layer",
            "Take the official file of today, or pass weights=None and load this one by_name=True.",
        )  # fmt: skip
    if "res2a_branch2a" not in names:
        return False
    from corne_keras import weights
    from corne_keras.legacy_file import opened

    with opened(path) as file:
        file.layers = {new_name(name) or name: stored for name, stored in file.layers.items()}
        weights.in_order(file, model).carry_out(str(path), model)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            variance = layer.moving_variance.numpy()
            layer.gamma.assign(
                layer.gamma.numpy() * np.sqrt((variance + layer.epsilon) / (variance + _OLD_EPSILON))
            )
    return True


def new_name(name: str) -> str | None:
    """Return what a layer of the old ResNet50 is called today, None if it has no counterpart with weights.

    >>> new_name("res2a_branch2a"), new_name("bn5c_branch2b"), new_name("res3a_branch1")
    ('conv2_block1_1_conv', 'conv5_block3_2_bn', 'conv3_block1_0_conv')
    """
    found = _OLD_RESNET.fullmatch(name)
    if found is None:
        return _STEM.get(name)
    kind, stage, letter, branch = found.groups()
    part = "0" if branch == "1" else str(ord(branch[1]) - 96)
    return f"conv{stage}_block{ord(letter) - 96}_{part}_{'conv' if kind == 'res' else 'bn'}"


def _layer_names(path: Path) -> list[str]:
    """Return the layers that a file of Keras 2 lists, none for other files."""
    import h5py
    from corne_keras.legacy_file import opened

    with path.open("rb") as file:
        if file.read(8) != b"\x89HDF\r\n\x1a\n":
            return []
    hdf5_file.check(path)
    with wrap_read_errors(str(path), "an HDF5 file"), h5py.File(path, "r") as archive:
        listed = {*archive.attrs, *getattr(archive.get("model_weights"), "attrs", ())}
    if not listed & {"layer_names", "layer_names0"}:
        return []
    with opened(path) as legacy:
        return list(legacy.layers)
