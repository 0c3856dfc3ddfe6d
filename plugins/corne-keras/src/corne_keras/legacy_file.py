"""Read a legacy HDF5 file as untrusted data."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from corne.errors import FileFormatError
from corne.saving.limits import parse_json
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Tensor
from corne.saving.weights import read_tensors

from corne_keras.origin import Origin

#: A layer's weights in the order of the file, each under the name it has there.
Stored = list[tuple[str, Tensor]]

_TOP_LEVEL = "top_level_model_weights"
_MOST_PARTS = 10_000


@dataclass
class LegacyFile:
    """An open file.

    Args:
        where: Its name, for messages.
        model_config: The model's configuration, or None in a file of weights.
        training_config: The arguments of its compilation, or None.
        origin: Who wrote it.
        layers: Each layer's weights, in the file's order; layers without weights are there too.
        top_level: Weights that belong to the model itself.
        optimizer: The optimizer's state, or None.
    """

    where: str
    model_config: Any
    training_config: Any
    origin: Origin
    layers: dict[str, Stored]
    top_level: Stored = field(default_factory=list)
    optimizer: Stored | None = None

    @property
    def nbytes(self) -> int:
        """The size of all weights in memory, in bytes."""
        groups = [*self.layers.values(), self.top_level, self.optimizer or []]
        return sum(tensor.nbytes for group in groups for _, tensor in group)


@contextlib.contextmanager
def opened(path: Path) -> Iterator[LegacyFile]:
    """Open a file of a whole model or of weights; arrays are read inside the ``with`` block.

    The caller has checked that the library's reading terminates, as ``corne.saving`` does before it calls a
    plugin.

    Raises:
        FileFormatError: It is corrupt, not in the layout of Keras 1 and 2, has links or data elsewhere, or
            sizes that its bytes don't have.
    """
    import h5py

    where = str(path)
    with contextlib.ExitStack() as stack:
        with wrap_read_errors(where, "an HDF5 file"):
            file = stack.enter_context(h5py.File(path, "r"))
            tensors = read_tensors(file, where).tensors
        yield _Reader(file, where, tensors).read()


class _Reader:
    def __init__(self, file: Any, where: str, tensors: dict[str, Tensor]) -> None:
        self._file, self._where, self._tensors = file, where, tensors
        self._used: set[str] = set()

    def read(self) -> LegacyFile:
        model_config = self._json("model_config")
        prefix = "model_weights" if "model_weights" in self._file else ""
        root = self._group(prefix)
        version = self._text(self._file, "keras_version") or self._text(root, "keras_version")
        backend = self._text(self._file, "backend") or self._text(root, "backend")
        names = self._names(root, "layer_names", prefix)
        if model_config is None and names is None:
            raise FileFormatError(
                self._where, "an HDF5 file of Keras 1 or 2, with model_config or layer_names", "neither",
                "Load weights in Keras 3's layout with model.load_weights(…).",
            )  # fmt: skip
        layers = {name: self._weights(f"{prefix}/{name}".lstrip("/")) for name in names or []}
        if len(layers) != len(names or []):
            raise self._damaged(prefix, "each layer once in layer_names", "one twice")
        top = f"{prefix}/{_TOP_LEVEL}".lstrip("/")
        return LegacyFile(
            self._where,
            model_config,
            self._json("training_config"),
            Origin.of(version, backend, model_config, self._where),
            layers,
            self._weights(top) if top in self._file else [],
            self._weights("optimizer_weights") if "optimizer_weights" in self._file else None,
        )

    def _damaged(self, place: str, expected: str, given: str) -> FileFormatError:
        where = f"{self._where}:{place}" if place else self._where
        return FileFormatError(where, expected, given, "The file is corrupt.")

    def _group(self, path: str) -> Any:
        import h5py

        group = self._file[path] if path else self._file
        if not isinstance(group, h5py.Group):
            raise self._damaged(path, "a group", "a dataset")
        return group

    def _text(self, group: Any, name: str) -> str:
        if name not in group.attrs:
            return ""
        with wrap_read_errors(f"{self._where}:{name}", "text in UTF-8"):
            return _decoded(group.attrs[name])

    def _json(self, name: str) -> Any:
        text = self._text(self._file, name)
        return parse_json(text, f"{self._where}:{name}") if text else None

    def _names(self, group: Any, name: str, place: str) -> list[str] | None:
        """Return a list of names, which is in parts (``layer_names0``, ...) if it was too long for one attribute."""
        with wrap_read_errors(f"{self._where}:{place}", f"attribute {name} with names"):
            if name in group.attrs:
                return [_decoded(item) for item in np.ravel(group.attrs[name])]
            parts: list[str] = []
            for number in range(_MOST_PARTS):
                if f"{name}{number}" not in group.attrs:
                    return parts if number else None
                parts += [_decoded(item) for item in np.ravel(group.attrs[f"{name}{number}"])]
        raise self._damaged(place, f"at most {_MOST_PARTS} parts of {name}", "more")

    def _weights(self, path: str) -> Stored:
        if path not in self._file:
            raise self._damaged(path, "a group of this name, which layer_names lists", "none")
        names = self._names(self._group(path), "weight_names", path) or []
        result: Stored = []
        for name in names:
            place = f"{path}/{name}"
            tensor = self._tensors.get(place)
            if tensor is None:
                raise self._damaged(place, "a dataset of this name, which weight_names lists", "none")
            if place in self._used:
                raise self._damaged(path, "each weight once in weight_names", f"{name!r} twice")
            tensor.check_size(f"{self._where}:{place}")
            self._used.add(place)
            result.append((name, tensor))
        return result


def _decoded(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} instead of text")
