"""Edit the weights in a file without a model."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from corne.errors import ArgumentError, UnknownNameError, nearest
from corne.saving import archive, weight_files
from corne.saving.members import members_of
from corne.saving.paths import readable, writable
from corne.saving.tensors import Tensor, Weights, gather, join_name, split_name
from corne.saving.weight_files import Kind

Tree = dict[str, Any]


class KerasFileEditor:
    """Inspects, edits and saves the weights in a model file or a weights file.

    Untrusted files are safe to open: links and external data are refused, sizes are compared with the stored
    bytes before values are read, and nothing is built.

    Args:
        filepath: ``*.keras``, ``*.weights.h5`` or another format of weights.

    Attributes:
        weights_dict: Arrays in nested dicts: ``{"layers": {"dense": {"0": kernel, "1": bias}}}``.
        object_metadata: ``{"layers/dense": {"name": "dense_3"}}``.
        config: A model's configuration as JSON has it; None for weights alone.
        metadata: Who wrote a model's file, and when; None for weights alone.
        model: Always None.

    Raises:
        FileFormatError: The file is missing, corrupt or of another kind.
    """

    def __init__(self, filepath: str | os.PathLike[str]) -> None:
        path = readable(filepath)
        self.filepath = os.fspath(filepath)
        self.metadata: Any = None
        self.config: Any = None
        self.model: Any = None
        found = weight_files.identify(path)
        if found.kind is Kind.ARCHIVE:
            with members_of(path) as members:
                self.config = members.read_json(archive.CONFIG)
                self.metadata = members.read_json(archive.METADATA)
        with weight_files.opened(path, found) as weights:
            for name, tensor in weights.tensors.items():
                tensor.check_size(f"{path}:{name}")
            self.weights_dict = _nested({name: tensor.read() for name, tensor in weights.tensors.items()})
            self.object_metadata = {place: {"name": name} for place, name in weights.layers.items()}

    def summary(self) -> None:
        """Print the objects and the shapes and dtypes of their weights."""
        from rich.console import Console

        lines = [f"Keras model file {self.filepath!r}"]
        if isinstance(self.metadata, dict):
            version, date = self.metadata.get("keras_version"), self.metadata.get("date_saved")
            lines.append(f"Saved with Keras {version} - date: {date}")
        lines.append("Weights structure")
        for path, value in _paths(self.weights_dict):
            indent, key = "  " * (path.count("/") + 1), path.rpartition("/")[2]
            if isinstance(value, dict):
                name = self.object_metadata.get(path, {}).get("name")
                lines.append(f"{indent}{key}{f' ({name!r})' if name else ''}")
            else:
                lines.append(f"{indent}{key}: shape={value.shape}, dtype={value.dtype}")
        console = Console(highlight=False, markup=False, soft_wrap=True)
        console.print("\n".join("".join(c if c.isprintable() else "?" for c in line) for line in lines))

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Print each difference between the file and a model's weights.

        Args:
            reference_model: A built model.

        Returns:
            ``{"status": "success" or "error", "error_count": ..., "match_count": ...}``, in numbers of weights; an
            object that one side lacks counts once.
        """
        from rich.console import Console

        console = Console(highlight=False, markup=False, soft_wrap=True)
        model = _nested(gather(reference_model).tensors)
        errors, matches = _compared(self.weights_dict, model, "")
        for error in errors:
            console.print(error)
        status = "error" if errors else "success"
        console.print(f"Comparison: {status}, {len(errors)} errors, {matches} matching weights")
        return {"status": status, "error_count": len(errors), "match_count": matches}

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Rename an object.

        Args:
            object_name: Its path (``"layers/dense_2"``), or its name if that occurs once (``"dense_2"``).
            new_name: A name, not a path.

        Raises:
            ArgumentError: ``new_name`` is a path or taken, or ``object_name`` occurs more than once.
            UnknownNameError: There is no such object.
        """
        _check_name("rename_object(new_name=…)", new_name)
        path, above, key = self._locate("rename_object(object_name=…)", object_name)
        if new_name in above:
            raise ArgumentError("rename_object(new_name=…)", "an unused name", repr(new_name))
        target = f"{path.rpartition('/')[0]}/{new_name}".lstrip("/")
        above[new_name] = above.pop(key)
        for place in [p for p in self.object_metadata if f"{p}/".startswith(f"{path}/")]:
            self.object_metadata[target + place[len(path) :]] = self.object_metadata.pop(place)

    def delete_object(self, object_name: str) -> None:
        """Remove an object and everything in it.

        Args:
            object_name: Its path, or its name if that occurs once.

        Raises:
            ArgumentError: The name occurs more than once.
            UnknownNameError: There is no such object.
        """
        path, above, key = self._locate("delete_object(object_name=…)", object_name)
        del above[key]
        for place in [p for p in self.object_metadata if f"{p}/".startswith(f"{path}/")]:
            del self.object_metadata[place]

    def add_object(self, object_path: str, weights: Mapping[str, Any]) -> None:
        """Add an object.

        Args:
            object_path: Its path, whose parent exists: ``"layers/dense_2"``.
            weights: ``{"0": kernel, "1": bias}``.

        Raises:
            ArgumentError: ``weights`` is not a dict of arrays, or the path is invalid or taken.
            UnknownNameError: The parent does not exist.
        """
        parent, _, name = object_path.rpartition("/")
        _check_name("add_object(object_path=…)", name)
        above = self._descend("add_object(object_path=…)", parent) if parent else self.weights_dict
        if name in above:
            raise ArgumentError("add_object(object_path=…)", "an unused path", repr(object_path))
        above[name] = _arrays("add_object(weights=…)", weights)

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Remove one weight of an object.

        Args:
            object_name: The object's path, or its name if that occurs once.
            weight_name: The weight's key: ``"0"``.

        Raises:
            UnknownNameError: There is no such object or weight.
        """
        _, above, key = self._locate("delete_weight(object_name=…)", object_name)
        if isinstance(above[key].get(weight_name), (dict, type(None))):
            raise _unknown("delete_weight(weight_name=…)", weight_name, above[key])
        del above[key][weight_name]

    def add_weights(self, object_name: str, weights: Mapping[str, Any]) -> None:
        """Add weights to an object, or replace those it has.

        Args:
            object_name: The object's path, or its name if that occurs once.
            weights: ``{"0": kernel, "1": bias}``.
        """
        _, above, key = self._locate("add_weights(object_name=…)", object_name)
        above[key].update(_arrays("add_weights(weights=…)", weights))

    def save(self, filepath: str | os.PathLike[str]) -> None:
        """Write the weights to a file, completely or not at all.

        Args:
            filepath: ``*.weights.h5``, or another format of weights.

        Raises:
            ArgumentError: The path has none of these endings.
        """
        path = writable(filepath, overwrite=True)
        weight_format = weight_files.format_for(path)
        if weight_format is None:
            raise ArgumentError(
                "save(filepath=…)", f"a path that ends in {' or '.join(weight_files.suffixes())}", str(path)
            )
        weight_format.save(path, self._weights())

    def resave_weights(self, filepath: str | os.PathLike[str]) -> None:
        """Write the weights to a file, as :meth:`save` does."""
        self.save(filepath)

    def _weights(self) -> Weights:
        tensors = {}
        for path, value in _paths(self.weights_dict):
            if not isinstance(value, dict):
                owner, _, key = path.rpartition("/")
                tensors[join_name(owner, key)] = Tensor.of(value)
        return Weights(tensors, {path: entry["name"] for path, entry in self.object_metadata.items()})

    def _locate(self, where: str, name: str) -> tuple[str, Tree, str]:
        """Return an object's path, the dict it is in, and its key there."""
        if "/" in name:
            parent, _, key = name.rpartition("/")
            above = self._descend(where, parent)
            if not isinstance(above.get(key), dict):
                raise _unknown(where, name, dict(_paths(self.weights_dict)))
            return name, above, key
        places = [
            p
            for p, value in _paths(self.weights_dict)
            if isinstance(value, dict) and p.split("/")[-1] == name
        ]
        if not places:
            raise _unknown(where, name, {p.split("/")[-1]: None for p, _ in _paths(self.weights_dict)})
        if len(places) > 1:
            raise ArgumentError(
                where, "a name that occurs once, or a path", repr(name), f"Pass one of {places}."
            )
        parent, _, key = places[0].rpartition("/")
        return places[0], self._descend(where, parent) if parent else self.weights_dict, key

    def _descend(self, where: str, path: str) -> Tree:
        place = self.weights_dict
        for part in path.split("/"):
            if not isinstance(place.get(part), dict):
                raise _unknown(where, path, dict(_paths(self.weights_dict)))
            place = place[part]
        return place


def _nested(tensors: Mapping[str, Any]) -> Tree:
    tree: Tree = {}
    for name, value in tensors.items():
        path, key = split_name(name)
        place = tree
        for part in path.split("/") if path else ():
            place = place.setdefault(part, {})
        place[key or name] = value
    return tree


def _paths(tree: Tree, above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        yield f"{above}{key}", value
        if isinstance(value, dict):
            yield from _paths(value, f"{above}{key}/")


def _compared(file: Tree, model: Tree, above: str) -> tuple[list[str], int]:
    errors, matches = [], 0
    for key in dict.fromkeys([*model, *file]):
        path = f"{above}/{key}".lstrip("/")
        ours, theirs = file.get(key), model.get(key)
        if ours is None or theirs is None:
            errors.append(f"{path}: missing from the {'saved file' if ours is None else 'reference model'}")
        elif isinstance(ours, dict) and isinstance(theirs, dict):
            below, count = _compared(ours, theirs, path)
            errors, matches = errors + below, matches + count
        elif isinstance(ours, dict) or isinstance(theirs, dict):
            errors.append(f"{path}: an object on one side, a weight on the other")
        elif tuple(ours.shape) != tuple(theirs.shape):
            errors.append(
                f"{path}: shape {tuple(ours.shape)} in the file, {tuple(theirs.shape)} in the model"
            )
        else:
            matches += 1
    return errors, matches


def _check_name(where: str, name: str) -> None:
    if not isinstance(name, str) or name in ("", ".", "..", "vars") or set(name) & set("/\\\0"):
        raise ArgumentError(where, "a plain name", repr(name))


def _arrays(where: str, weights: Any) -> Tree:
    if not isinstance(weights, Mapping):
        raise ArgumentError(where, "a dict from names to arrays", type(weights).__name__)
    arrays = {}
    for name, value in weights.items():
        _check_name(where, name)
        arrays[name] = np.asarray(value)
        if arrays[name].dtype.hasobject:
            raise ArgumentError(where, "arrays of numbers", f"{value!r:.60} as {name!r}")
    return arrays


def _unknown(where: str, name: str, known: Mapping[str, Any]) -> UnknownNameError:
    return UnknownNameError(
        where, "an object or a weight in the file", repr(name), nearest(name, known).strip()
    )
