"""Write legacy HDF5: the layout of Keras 2, which Keras 3 reads too."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from corne import dtypes
from corne.errors import StateError
from corne.layer import tracking
from corne.saving import checksums
from corne.saving.archive import LAYOUT
from corne.saving.tensors import AS_BITS

from corne_keras import legacy_config
from corne_keras.weights import variables_of

if TYPE_CHECKING:
    import h5py

#: Size limit of one HDF5 attribute, in bytes.
_ATTRIBUTE_BYTES = 64512
_BACKEND = b"tensorflow"  # the layout of kernels


def write_model(model: Any, path: Path) -> None:
    """Write configuration, weights, the arguments of compilation and the optimizer's state.

    Raises:
        StateError: The model is not built, or has layers without a configuration.
    """
    import h5py

    _check_built(model, "save")
    config = legacy_config.model_config(model)
    training = legacy_config.training_config(model)
    if '"hard_sigmoid"' in json.dumps(config):
        warnings.warn(
            "hard_sigmoid has another slope in Keras 2: Corne and Keras 3 read the file, Keras 2 misreads it",
            stacklevel=2,
        )
    with h5py.File(path, "w") as file:
        _sign(file)
        _write_text(file, "model_config", json.dumps(config))
        _write_layers(file.create_group("model_weights"), model)
        if training is not None:
            _write_text(file, "training_config", json.dumps(training))
            _write_subset(file.create_group("optimizer_weights"), _state(model.optimizer))
    checksums.seal(path)


def write_weights(model: Any, path: Path) -> None:
    """Write the weights alone."""
    import h5py

    with h5py.File(path, "w") as file:
        _write_layers(file, model)
    checksums.seal(path)


def _check_built(model: Any, what: str) -> None:
    if not model.built:
        raise StateError(
            f"{model.name}.{what}(…)", "a model with weights", "an unbuilt model",
            "Call it on data or call build(input_shape) first.",
        )  # fmt: skip


def _sign(group: h5py.Group) -> None:
    group.attrs["backend"] = _BACKEND
    group.attrs["keras_version"] = LAYOUT.encode()


def _write_text(file: h5py.File, name: str, text: str) -> None:
    """Write text of any length: beyond the limit of one attribute it is stored outside the group's header."""
    file.attrs[name] = text


def _write_layers(group: h5py.Group, model: Any) -> None:
    _sign(group)
    layers = model.layers
    _write_names(group, "layer_names", [layer.name for layer in layers])
    for layer in sorted(layers, key=lambda layer: str(layer.name)):
        _write_subset(group.create_group(layer.name), ((v.path, v) for v in variables_of(layer)))
    own = tracking.own_variables(model)
    _write_subset(group.create_group("top_level_model_weights"), ((v.path, v) for v in own))


def _write_subset(group: h5py.Group, variables: Iterable[tuple[str, Any]]) -> None:
    """Write variables under their paths; of two with one path the second gets a number."""
    names: dict[str, None] = {}
    for path, variable in variables:
        name, number = path, 0
        while name in names:
            number += 1
            name = f"{path}_{number}"
        names[name] = None
        value = variable.numpy()
        if value.dtype.name in AS_BITS:
            value = value.astype("float32")  # which holds every such number exactly
        group.create_dataset(name, data=value)
    _write_names(group, "weight_names", list(names))


def _write_names(group: h5py.Group, attribute: str, names: list[str]) -> None:
    """Write a list of names, in parts if it is too long for one attribute."""
    encoded = np.array([name.encode() for name in names], dtype="S") if names else np.array([], dtype="S1")
    count = -(-max(encoded.nbytes, 1) // _ATTRIBUTE_BYTES)
    while any(part.nbytes > _ATTRIBUTE_BYTES for part in np.array_split(encoded, count)):
        count += 1
        if count > len(names):
            raise StateError(
                f"save {group.name}",
                f"names of at most {_ATTRIBUTE_BYTES} bytes",
                "a longer one",
                "Rename it.",
            )
    if count == 1:
        group.attrs[attribute] = encoded
        return
    for number, part in enumerate(np.array_split(encoded, count)):
        group.attrs[f"{attribute}{number}"] = part


def _state(optimizer: Any) -> list[tuple[str, Any]]:
    return [(variable.path, variable) for variable in optimizer.variables if dtypes.itemsize(variable.dtype)]
