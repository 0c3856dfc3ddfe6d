"""Whole models to files and back, in the native format or a plugin's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, FileFormatError, MissingPluginError, StateError
from corne.plugins import hook
from corne.saving import archive, hdf5_file, weight_files
from corne.saving.atomic import atomic_write
from corne.saving.building import build_model
from corne.saving.limits import parse_json
from corne.saving.tensors import gather, restore
from corne.saving.weight_files import Kind
from corne.state_lock import lock_of

_HEADER_BYTES = 64
_LEGACY = (".h5", ".hdf5")


def save_model(
    model: Any, filepath: str | os.PathLike[str], overwrite: bool = True, zipped: bool | None = None
) -> None:
    """Write a model: configuration, weights, and the optimizer's state if it is compiled.

    The file appears whole or not at all. If another thread trains the model, this waits for the step under
    way and the next one waits for this.

    Args:
        model: The model to save.
        filepath: ``*.keras``, or what an installed file-format plugin writes.
        overwrite: Whether an existing file may be replaced. Default True.
        zipped: Only True (or None) is supported: one archive file.

    Raises:
        ArgumentError: The file exists and ``overwrite`` is False, or the folder does not exist.
        FileFormatError: No installed format has that extension.
        FileWriteError: A full disk, a quota, missing permissions; the old file is whole.
    """
    path = writable(filepath, overwrite)
    if zipped is False:
        raise ArgumentError(
            "save_model(zipped=…)", "True", "False", "A model is one archive file; leave it out."
        )
    if path.suffix == ".keras":
        with lock_of(model).pause():
            archive.write_archive(model, path)
        return
    save = _plugin_method(path, b"", "w", "save")
    if save is None:
        raise unknown_format(path)
    with lock_of(model).pause(), atomic_write(path) as temporary:
        save(temporary, model)


def load_model(
    filepath: str | os.PathLike[str],
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Read a model that :func:`save_model` or Keras wrote. Nothing in a file is ever run as code.

    Args:
        filepath: The file.
        custom_objects: Classes and functions by the names the file uses, where they are not registered.
        compile: Whether to compile it as it was when saved. Default True.
        safe_mode: Only True: Corne never runs code from files.

    Raises:
        FileFormatError: The file is missing, damaged or of an unknown format.
        UnknownNameError: It names a class that nothing registers.
        MissingPluginError: It needs a plugin that is not installed.
    """
    if not safe_mode:
        raise ArgumentError(
            "load_model(safe_mode=…)", "True", "False",
            "Corne never runs code from a file; pass the functions it needs in custom_objects.",
        )  # fmt: skip
    path = readable(filepath)
    header = _header(path)
    if header.startswith(hdf5_file.SIGNATURE):
        hdf5_file.check(path)
    load = _plugin_method(path, header, "r", "load")
    if load is not None:
        model = load(path, custom_objects, compile)
    elif header.startswith(b"PK") and weight_files.suffix_of(path) is None:
        model = archive.read_archive(path, custom_objects, compile)
    else:
        raise no_model(path, header)
    return model


def save_weights(model: Any, filepath: str | os.PathLike[str], overwrite: bool = True) -> None:
    """Write the weights alone, and the state of the optimizer if there is one, atomically.

    All formats hold the same under the same names; see :mod:`corne.saving.tensors`.

    Args:
        model: A built model.
        filepath: ``*.weights.h5`` (Keras opens it), ``*.safetensors`` (needs that library), ``*.npz``, or
            what an installed file-format plugin writes.
        overwrite: Whether an existing file may be replaced. Default True.

    Raises:
        ArgumentError: Another extension, or the file exists and ``overwrite`` is False.
        StateError: The model has no weights yet.
        MissingPluginError: The library for the format isn't installed.
        FileWriteError: A full disk, a quota, missing permissions; the old file is whole.
    """
    path = writable(filepath, overwrite)
    save = None
    if weight_files.suffix_of(path) is None:
        save = _plugin_method(path, b"", "w", "save_weights")
        if save is None:
            raise ArgumentError(
                "save_weights(…)", f"a path that ends in {' or '.join(weight_files.SUFFIXES)}", str(path),
                "Rename it, or pip install corne-keras." if path.suffix in _LEGACY else "Rename it.",
            )  # fmt: skip
    if not model.built:
        raise StateError(
            f"{model.name}.save_weights(…)", "a model with weights", "one that isn't built",
            "Call it on data, or build(input_shape) it, before.",
        )  # fmt: skip
    with lock_of(model).pause():
        if save is None:
            weight_files.write(path, gather(model))
            return
        with atomic_write(path) as temporary:
            save(temporary, model)


def load_weights(
    model: Any, filepath: str | os.PathLike[str], skip_mismatch: bool = False, by_name: bool = False
) -> None:
    """Read weights into a model from a file of weights in any format, or from that of a whole model.

    The format is told by the file's content. The optimizer's state is read too if the model is compiled
    with the same one.

    Args:
        model: A built model.
        filepath: The file.
        skip_mismatch: Leave out layers that don't fit, with a warning. Default False.
        by_name: Read only those layers whose names are in the file, for files of Keras 2 and of plugins;
            other formats know layers by their place. Default False.

    Raises:
        ArgumentError: ``by_name`` for a format that has no use for it.
        FileFormatError: The file is missing, damaged or of an unknown format.
        ShapeError: Layers are missing in the file or the model, or have other shapes; the message lists
            them all.
        MissingPluginError: The library for the format isn't installed.
    """
    path = readable(filepath)
    if not model.built:
        raise StateError(
            f"{model.name}.load_weights(…)", "a built model", "one whose weights don't exist yet",
            "Call it on data, or build(input_shape) it, before.",
        )  # fmt: skip
    kind = weight_files.kind_of(path)
    if (load := _weights_reader(path, kind)) is not None:
        with lock_of(model).pause():
            load(path, model, by_name, skip_mismatch)
        return
    if by_name:
        raise ArgumentError(
            "load_weights(by_name=…)", "by_name=False for this format, whose layers are known by place",
            f"True with {path.name}", "Leave it out; skip_mismatch=True leaves out what doesn't fit.",
        )  # fmt: skip
    with weight_files.opened(path, kind) as weights, lock_of(model).pause():
        restore(model, weights, str(path), skip_mismatch)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Make a model, with new weights, from what ``model.to_json()`` returned, here or in Keras.

    Raises:
        FileFormatError: Not JSON, or not a model's configuration.
        MissingPluginError: It is of Keras 1 or 2, and corne-keras isn't installed.
    """
    where = "model_from_json(…)"
    if not isinstance(json_string, (str, bytes)):
        raise ArgumentError(
            where, "a string", type(json_string).__name__, "Pass what model.to_json() returned."
        )
    config = parse_json(json_string, where)
    if not _is_of_keras_2(config):
        return build_model(config, where, custom_objects)
    header = json_string[:_HEADER_BYTES]
    path = Path("model.json")
    read = _plugin_method(path, header.encode() if isinstance(header, str) else header, "json", "from_json")
    if read is None:
        raise MissingPluginError(
            "The configuration of a model of Keras 2",
            "corne-keras",
            "not installed",
            "pip install corne-keras",
        )
    return read(config, where, custom_objects)


def _is_of_keras_2(config: Any) -> bool:
    """Tell configurations of Keras 1 and 2: only from Keras 3 on does each object say its module."""
    return (
        isinstance(config, dict)
        and config.get("class_name") in ("Functional", "Model", "Sequential")
        and "module" not in config
    )


def _plugin_method(path: Path, header: bytes, mode: str, name: str) -> Any | None:
    """Return the method ``name`` of the plugin that knows the format, or None."""
    found = hook.corne_file_format(path=path, header=header, mode=mode)
    return getattr(found, name, None)


def _header(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADER_BYTES)


def _weights_reader(path: Path, kind: Kind) -> Any | None:
    """Return a plugin's method that reads weights from a file, None for files that need no plugin.

    Raises:
        MissingPluginError: It is of Keras 2, and no plugin reads that.
    """
    legacy = kind in (Kind.KERAS_2_MODEL, Kind.KERAS_2_WEIGHTS)
    if not legacy and kind is not Kind.UNKNOWN:
        return None
    load = _plugin_method(path, _header(path), "r", "load_weights")
    if load is None and legacy:
        raise _legacy_format(path)
    return load


def writable(filepath: Any, overwrite: bool) -> Path:
    """Return the path if a file may be written there.

    Raises:
        ArgumentError: It exists and ``overwrite`` is False, or its folder does not exist.
    """
    path = Path(filepath)
    if path.exists() and not overwrite:
        raise ArgumentError(
            f"save to {path}", "a path that is free, since overwrite=False", "an existing file",
            "Choose another name or pass overwrite=True.",
        )  # fmt: skip
    if not path.parent.is_dir():
        raise ArgumentError(
            f"save to {path}", "an existing folder", f"{path.parent}, which does not exist", "Make it first."
        )
    return path


def readable(filepath: Any) -> Path:
    """Return the path if there is a file.

    Raises:
        FileFormatError: There is none, or a folder.
    """
    path = Path(filepath)
    if not path.is_file():
        raise FileFormatError(
            str(path), "a file", "nothing there" if not path.exists() else "a folder", "Check the path."
        )
    return path


def unknown_format(path: Path) -> Exception:
    """Return the error for a path to write to that is no whole model in a format known here."""
    if path.suffix in _LEGACY:
        return _legacy_format(path)
    return FileFormatError(
        str(path), "a .keras file, or one of an installed format plugin", f"{path.suffix or 'no extension'}",
        "Use a path that ends in .keras.",
    )  # fmt: skip


def no_model(path: Path, header: bytes) -> Exception:
    """Return the error for a file that holds no whole model in a format known here."""
    if weight_files.suffix_of(path) is not None:
        return FileFormatError(
            str(path), "a whole model", "weights alone",
            f"Build the model in code, then model.load_weights({path.name!r}).",
        )  # fmt: skip
    if header.lstrip()[:1] == b"{":
        return FileFormatError(
            str(path), "a whole model", "JSON, a configuration perhaps",
            "Use model_from_json(…) on what is in it, then load weights.",
        )  # fmt: skip
    if header.startswith(hdf5_file.SIGNATURE) and path.suffix in _LEGACY:
        return _legacy_format(path)
    return FileFormatError(
        str(path), "a .keras archive, or a file that an installed format plugin reads",
        f"one that begins with {header[:8]!r}", "The file is damaged or of another kind.",
    )  # fmt: skip


def _legacy_format(path: Path) -> MissingPluginError:
    return MissingPluginError(
        f"The format of {path.name} (legacy HDF5)", "corne-keras", "not installed",
        "save as .keras, or pip install corne-keras",
    )  # fmt: skip
