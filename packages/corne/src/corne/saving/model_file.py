"""Save and load whole models, in the native format or a plugin's."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from corne.errors import ArgumentError, MissingPluginError, StateError
from corne.plugins import hook
from corne.saving import archive, hdf5_file, weight_files
from corne.saving.atomic import atomic_folder, atomic_write
from corne.saving.building import build_model
from corne.saving.limits import parse_json
from corne.saving.member_writer import FolderWriter, ZipWriter
from corne.saving.members import members_of
from corne.saving.paths import LEGACY, legacy_format, no_model, readable, unknown_format, writable
from corne.saving.sharded_format import SUFFIX, ShardedFormat
from corne.saving.tensors import gather, restore
from corne.saving.weight_files import Kind
from corne.state_lock import lock_of

_HEADER_BYTES = 64


def save_model(
    model: Any,
    filepath: str | os.PathLike[str] | BinaryIO,
    overwrite: bool = True,
    zipped: bool | None = None,
    include_optimizer: bool = True,
    save_format: str | None = None,
) -> None:
    """Write a model: configuration, weights, layers' assets, and the optimizer's state if it is compiled.

    The file is written completely or not at all. If another thread trains the model, this waits for the
    current step, and the next step waits for this.

    Args:
        model: The model to save.
        filepath: ``*.keras``, a binary file open for writing (``io.BytesIO()``), a folder with ``zipped=False``,
            or what an installed file-format plugin writes.
        overwrite: Whether an existing file, or an existing model's folder, may be replaced. Default True.
        zipped: False writes a folder with the members of the archive as files. Default: one file.
        include_optimizer: Whether to write the optimizer with its state and the other arguments of
            ``compile``. Default True.
        save_format: ``"keras"`` or ``"h5"``, which must match the extension; accepted for programs written
            for Keras 2. Default: by the extension.

    Raises:
        ArgumentError: The file exists and ``overwrite`` is False, the folder does not exist, or the arguments
            contradict each other.
        FileFormatError: No installed format has that extension.
        FileWriteError: A full disk, a quota, missing permissions; the old file is intact.

    >>> import io
    >>> from corne import Input, Sequential, layers
    >>> file = io.BytesIO()
    >>> save_model(Sequential([Input((3,)), layers.Dense(2)]), file)
    >>> load_model(file).output_shape
    (None, 2)
    """
    if hasattr(filepath, "write"):
        _check_arguments("<a file object>.keras", zipped, save_format)
        with lock_of(model).pause(), ZipWriter(cast("BinaryIO", filepath)) as writer:
            archive.write_model(model, writer, include_optimizer)
        return
    _check_arguments(os.fspath(filepath), zipped, save_format)
    path = writable(filepath, overwrite)
    if zipped is False:
        _check_replaceable(path)
        with lock_of(model).pause(), atomic_folder(path) as folder, FolderWriter(folder) as writer:
            archive.write_model(model, writer, include_optimizer)
    elif path.suffix == ".keras":
        with lock_of(model).pause(), atomic_write(path) as temporary, ZipWriter(temporary) as writer:
            archive.write_model(model, writer, include_optimizer)
    elif (save := plugin_method(path, b"", "w", "save")) is not None:
        if not include_optimizer:
            raise ArgumentError(
                "save_model(include_optimizer=…)", "True for a plugin's format", "False",
                "Save as .keras, or save an uncompiled clone.",
            )  # fmt: skip
        with lock_of(model).pause(), atomic_write(path) as temporary:
            save(temporary, model)
    else:
        raise unknown_format(path)


def _check_arguments(path: str, zipped: bool | None, save_format: str | None) -> None:
    """Refuse arguments that contradict the path."""
    suffix = Path(path).suffix
    if save_format is not None and save_format not in {
        ".keras": ("keras",),
        **dict.fromkeys(LEGACY, ("h5", "hdf5")),
    }.get(suffix, ()):
        raise ArgumentError(
            "save_model(save_format=…)", f"None, since {suffix or 'the path'} decides the format",
            repr(save_format), "Use a path that ends in .keras or .h5; corne.export writes other formats.",
        )  # fmt: skip
    if zipped is False and suffix in (".keras", *LEGACY):
        raise ArgumentError(
            "save_model(zipped=…)", "None or True for a file, or a folder's path", f"False with {path}",
            f"Remove {suffix} from the path, or omit zipped.",
        )  # fmt: skip
    if zipped and suffix != ".keras":
        raise ArgumentError("save_model(zipped=…)", "a path that ends in .keras", path)


def _check_replaceable(path: Path) -> None:
    """Refuse to replace a file or a folder that holds no model."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise ArgumentError(f"save to {path}", "a new folder or a model's", "a file or a link")
    if path.is_dir() and any(path.iterdir()) and not (path / archive.CONFIG).is_file():
        raise ArgumentError(f"save to {path}", "a new folder or a model's", "a folder with other files")


def load_model(
    filepath: str | os.PathLike[str] | BinaryIO,
    custom_objects: Mapping[str, Any] | None = None,
    compile: bool = True,
    safe_mode: bool = True,
) -> Any:
    """Read a model that :func:`save_model` or Keras wrote. Nothing in a file is ever run as code.

    Args:
        filepath: The file, a binary file open for reading, or a folder that ``zipped=False`` wrote.
        custom_objects: Classes and functions by the names the file uses, where they are not registered.
        compile: Whether to restore its compilation. Default True.
        safe_mode: Only True: Corne never runs code from files.

    Raises:
        FileFormatError: The file is missing, corrupt or of an unknown format.
        UnknownNameError: It names a class that nothing registers.
        MissingPluginError: It needs a plugin that is not installed.
    """
    if not safe_mode:
        raise ArgumentError(
            "load_model(safe_mode=…)", "True", "False",
            "Corne never runs code from a file; pass functions in custom_objects.",
        )  # fmt: skip
    if hasattr(filepath, "read"):
        with members_of(cast("BinaryIO", filepath)) as members:
            return archive.read_model(members, custom_objects, compile)
    path = Path(cast("str", filepath))
    if (path / archive.CONFIG).is_file():
        with members_of(path) as members:
            return archive.read_model(members, custom_objects, compile)
    path = readable(path)
    header = header_of(path)
    if header.startswith(hdf5_file.SIGNATURE):
        hdf5_file.check(path)
    load = plugin_method(path, header, "r", "load")
    if load is not None:
        return load(path, custom_objects, compile)
    if not header.startswith(b"PK") or weight_files.suffix_of(path) is not None:
        raise no_model(path, header)
    with members_of(path) as members:
        return archive.read_model(members, custom_objects, compile)


def save_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    overwrite: bool = True,
    max_shard_size: float | None = None,
    objects_to_skip: Sequence[Any] | None = None,
) -> None:
    """Write the weights alone, and the state of the optimizer if there is one, atomically.

    All formats hold the same under the same names; see :mod:`corne.saving.tensors`.

    Args:
        model: A built model.
        filepath: ``*.weights.h5`` or ``*.weights.json`` (Keras opens them), ``*.npz``, ``*.safetensors`` (needs
            corne-safetensors), or what another installed plugin writes.
        overwrite: Whether an existing file may be replaced. Default True.
        max_shard_size: Write ``*.weights.json`` and files next to it of at most this size in GB (1024**3
            bytes).
            Default: one file.
        objects_to_skip: Layers and other objects whose variables are left out, with everything in them.
            Default: none.

    Raises:
        ArgumentError: Another extension, or the file exists and ``overwrite`` is False.
        StateError: The model has no weights yet.
        MissingPluginError: The library for the format is not installed.
        FileWriteError: A full disk, a quota, missing permissions; the old file is intact.
    """
    path = writable(_sharded_path(filepath, max_shard_size), overwrite)
    save: Any = None
    weight_format = weight_files.format_for(path)
    if weight_format is None:
        save = plugin_method(path, b"", "w", "save_weights")
        if save is not None and objects_to_skip:
            raise _only_own_formats("save_weights", path)
        if save is None:
            raise ArgumentError(
                "save_weights(…)", f"a path that ends in {' or '.join(weight_files.suffixes())}", str(path),
                "Rename it, or pip install corne-keras." if path.suffix in LEGACY else "Rename it.",
            )  # fmt: skip
    if not model.built:
        raise StateError(
            f"{model.name}.save_weights(…)", "a model with weights", "an unbuilt model",
            "Call it on data or call build(input_shape) first.",
        )  # fmt: skip
    with lock_of(model).pause():
        if weight_format is None:
            with atomic_write(path) as temporary:
                save(temporary, model)
        elif isinstance(weight_format, ShardedFormat) and max_shard_size is not None:
            weight_format.save(path, gather(model, objects_to_skip), max_shard_size)
        else:
            weight_format.save(path, gather(model, objects_to_skip))


def _only_own_formats(function: str, path: Path) -> ArgumentError:
    return ArgumentError(
        f"{function}(objects_to_skip=…)", f"None for the format of {path.name}", "objects",
        f"Use one of {', '.join(weight_files.suffixes())}.",
    )  # fmt: skip


def _sharded_path(filepath: Any, max_shard_size: float | None) -> Any:
    """Return the path of the list of shards, or the path itself if there are none."""
    name = os.fspath(filepath)
    if max_shard_size is None:
        return filepath
    if (
        isinstance(max_shard_size, bool)
        or not isinstance(max_shard_size, (int, float))
        or max_shard_size <= 0
    ):
        raise ArgumentError("save_weights(max_shard_size=…)", "a positive number (GB)", repr(max_shard_size))
    if name.endswith(".weights.h5"):  # Keras uses it as the list's name too
        return f"{name.removesuffix('.h5')}.json"
    if not name.endswith(SUFFIX):
        raise ArgumentError("save_weights(max_shard_size=…)", f"a path that ends in {SUFFIX}", name)
    return filepath


def load_weights(
    model: Any,
    filepath: str | os.PathLike[str],
    skip_mismatch: bool = False,
    by_name: bool = False,
    objects_to_skip: Sequence[Any] | None = None,
) -> None:
    """Load weights from a weights file in any format, or from a whole model's file.

    The file's content determines the format. The optimizer's state is loaded too if the model is compiled
    with the same optimizer.

    Args:
        model: A built model.
        filepath: The file.
        skip_mismatch: Skip layers that don't match, with a warning. Default False.
        by_name: Load only the layers whose names are in the file, for files of Keras 2 and of plugins;
            other formats identify layers by position. Default False.
        objects_to_skip: Layers and other objects that keep their values, with everything in them. Default:
            none.

    Raises:
        ArgumentError: The format does not support ``by_name``.
        FileFormatError: The file is missing, corrupt or of an unknown format.
        ShapeError: Layers are missing in the file or the model, or have other shapes; the message lists
            them all.
        MissingPluginError: The library for the format is not installed.
    """
    path = readable(filepath)
    if not model.built:
        raise StateError(
            f"{model.name}.load_weights(…)", "a built model", "a model without weights",
            "Call it on data or call build(input_shape) first.",
        )  # fmt: skip
    found = weight_files.identify(path)
    if (load := _weights_reader(path, found.kind)) is not None:
        if objects_to_skip:
            raise _only_own_formats("load_weights", path)
        with lock_of(model).pause():
            load(path, model, by_name, skip_mismatch)
        return
    if by_name:
        raise ArgumentError(
            "load_weights(by_name=…)", "by_name=False for this format, which identifies layers by position",
            f"True with {path.name}", "Omit it; skip_mismatch=True skips layers that don't match.",
        )  # fmt: skip
    with weight_files.opened(path, found) as weights, lock_of(model).pause():
        restore(model, weights, str(path), skip_mismatch, objects_to_skip)


def model_from_json(json_string: str, custom_objects: Mapping[str, Any] | None = None) -> Any:
    """Build a model with new weights from the JSON of ``model.to_json()``, Corne's or Keras's.

    Raises:
        FileFormatError: Not JSON, or not a model's configuration.
        MissingPluginError: It is of Keras 1 or 2, and corne-keras isn't installed.
    """
    where = "model_from_json(…)"
    if not isinstance(json_string, (str, bytes)):
        raise ArgumentError(
            where, "a string", type(json_string).__name__, "Pass the return value of model.to_json()."
        )
    config = parse_json(json_string, where)
    if not _is_of_keras_2(config):
        return build_model(config, where, custom_objects)
    header = json_string[:_HEADER_BYTES]
    path = Path("model.json")
    read = plugin_method(path, header.encode() if isinstance(header, str) else header, "json", "from_json")
    if read is None:
        raise MissingPluginError(
            "The configuration of a model of Keras 2",
            "corne-keras",
            "not installed",
            "pip install corne-keras",
        )
    return read(config, where, custom_objects)


def _is_of_keras_2(config: Any) -> bool:
    """Return whether a configuration is of Keras 1 or 2: since Keras 3 each object names its module."""
    return (
        isinstance(config, dict)
        and config.get("class_name") in ("Functional", "Model", "Sequential")
        and "module" not in config
    )


def plugin_method(path: Path, header: bytes, mode: str, name: str) -> Any | None:
    """Return the method ``name`` of the plugin that knows the format, or None."""
    found = hook.corne_file_format(path=path, header=header, mode=mode)
    return getattr(found, name, None)


def header_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEADER_BYTES)


def _weights_reader(path: Path, kind: Kind) -> Any | None:
    """Return the plugin's method that reads weights from a file, or None if no plugin is needed.

    Raises:
        MissingPluginError: The file is of Keras 2, and no installed plugin reads those.
    """
    legacy = kind in (Kind.KERAS_2_MODEL, Kind.KERAS_2_WEIGHTS)
    if not legacy and kind is not Kind.UNKNOWN:
        return None
    load = plugin_method(path, header_of(path), "r", "load_weights")
    if load is None and legacy:
        raise legacy_format(path)
    return load
