"""The weights of a model as an HDF5 file, in Keras 3's layout.

Every layer has a group whose path is the way to it through attributes (``layers/dense``,
``layers/bidirectional/forward_layer/cell``) with its own variables in ``vars/0``, ``vars/1``, ...
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from corne.errors import FileFormatError, ShapeError
from corne.naming import to_snake_case

if TYPE_CHECKING:
    import h5py


def walk(root: Any) -> Iterator[tuple[str, Any]]:
    """Yield ``(path, object)`` for everything in a model that has variables of its own, each once."""
    yield from _walk(root, "", set())


def _walk(item: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    if id(item) in seen:
        return
    seen.add(id(item))
    yield path, item
    unsaved: frozenset[str] = getattr(type(item), "_unsaved_attributes", frozenset())
    children = {name: value for name, value in vars(item).items() if name not in unsaved}
    if getattr(item, "_graph", None) is not None or "_stack" in vars(item):
        layers = item.layers
        yield from _walk_container(layers, f"{path}/layers".lstrip("/"), seen)
    for name in sorted(children):
        child, child_path = children[name], f"{path}/{name}".lstrip("/")
        if _is_saveable(child):
            yield from _walk(child, child_path, seen)
        elif isinstance(child, (list, tuple, set, dict)):
            yield from _walk_container(child, child_path, seen)


def _walk_container(container: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    used: Counter[str] = Counter()
    for child in container.values() if isinstance(container, dict) else container:
        if _is_saveable(child):
            stem = to_snake_case(type(child).__name__)
            name = f"{stem}_{used[stem]}" if used[stem] else stem
            used[stem] += 1
            yield from _walk(child, f"{path}/{name}", seen)


def _is_saveable(item: Any) -> bool:
    return hasattr(item, "save_own_variables") and not isinstance(item, type)


def write_weights(model: Any, file: h5py.File) -> None:
    """Write every variable of the model, and of its optimizer if it has one, to an open file."""
    for path, item in walk(model):
        store: dict[str, Any] = {}
        item.save_own_variables(store)
        group = file.require_group(f"{path}/vars".lstrip("/"))
        group.attrs["name"] = item.name
        for key, value in store.items():
            array = np.asarray(value)
            if array.dtype.name == "bfloat16":  # HDF5 has no such type; Keras writes and reads it so
                group.create_dataset(key, data=array.view(np.uint16)).attrs["dtype"] = "bfloat16"
            else:
                group.create_dataset(key, data=array)


def read_weights(model: Any, file: h5py.File, where: str, skip_mismatch: bool = False) -> None:
    """Give every variable of the model its value in an open file.

    All shapes are checked before anything is assigned; the error lists every layer that doesn't fit.

    Raises:
        FileFormatError: The file has no weights in this layout.
        ShapeError: Layers are missing in it or have other shapes.
    """
    import h5py

    plan: list[tuple[Any, dict[str, np.ndarray[Any, Any]]]] = []
    problems: list[str] = []
    for path, item in walk(model):
        group = _group(file, f"{path}/vars".lstrip("/"))
        own: dict[str, Any] = {}
        item.save_own_variables(own)
        stored = {key: _shape_of(_member(group, key), h5py) for key in group} if group is not None else {}
        wanted = {key: tuple(np.shape(value)) for key, value in own.items()}
        if stored == wanted:
            if group is not None and wanted:
                plan.append((item, {key: _read(group[key], f"{where}:{path}") for key in group}))
        elif path != "optimizer" or stored:
            problems.append(
                f"{path or item.name} ({item.name}): has {_listed(wanted)}, the file has {_listed(stored)}"
            )
    if problems and not skip_mismatch:
        raise ShapeError(
            f"{where} into {model.name}", "the same layers with the same shapes", "; ".join(problems),
            "Build the model with the configuration the file was written with, or pass skip_mismatch=True.",
        )  # fmt: skip
    if problems:
        warnings.warn(f"{where}: left out {'; '.join(problems)}", stacklevel=3)
    for item, store in plan:
        item.load_own_variables(store)


def _listed(shapes: Mapping[str, Any]) -> str:
    return ", ".join(str(shapes[key]) for key in sorted(shapes, key=lambda k: (len(k), k))) or "nothing"


def _group(file: Any, path: str) -> Any:
    """Return a group by path, following hard links only."""
    import h5py

    current: Any = file
    for part in path.split("/"):
        if not isinstance(current, h5py.Group) or part not in current.keys():  # noqa: SIM118 - "in" follows links
            return None
        current = _member(current, part)
    return current if isinstance(current, h5py.Group) else None


def _member(group: Any, name: str) -> Any:
    """Return what a group holds under a name, if it lies in the file itself.

    Raises:
        FileFormatError: It is a link to elsewhere.
    """
    import h5py

    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise FileFormatError(
            f"{group.file.filename}:{group.name}/{name}", "data in the file itself", "a link",
            "Files with links are refused.",
        )  # fmt: skip
    return group[name]


def _shape_of(item: Any, h5py: Any) -> Any:
    return tuple(item.shape) if isinstance(item, h5py.Dataset) else "a group"


def _read(dataset: Any, where: str) -> np.ndarray[Any, Any]:
    if dataset.external or dataset.is_virtual:
        raise FileFormatError(
            where, "data in the file itself", "an external dataset", "Such files are refused."
        )
    if dataset.chunks is None and dataset.nbytes > dataset.id.get_storage_size():
        raise FileFormatError(
            where, f"{dataset.nbytes} bytes for shape {dataset.shape}", f"{dataset.id.get_storage_size()}",
            "The file is damaged or made to exhaust memory.",
        )  # fmt: skip
    array = np.asarray(dataset[()])
    if dataset.attrs.get("dtype") == "bfloat16":
        import ml_dtypes

        array = array.view(ml_dtypes.bfloat16)
    return array
