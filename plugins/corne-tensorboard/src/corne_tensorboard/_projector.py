"""Projector: embeddings in the form that TensorBoard's projector reads."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from corne.errors import ArgumentError, nearest

WHERE = "TensorBoard(embeddings_metadata=…)"


class Projector:
    """Writes a model's embeddings to files, and the file that lists them, ``projector_config.pbtxt``.

    Args:
        folder: The log folder. Paths of metadata files count from here.
        metadata: A file with a line for each row of an embedding, for all of them; or a file by layer name.
    """

    def __init__(self, folder: Path, metadata: str | Mapping[str, str] | None) -> None:
        self.folder, self._metadata = folder, metadata
        self._entries: dict[str, str] = {}

    def check(self, model: Any) -> None:
        """Check that the layers with metadata are there.

        Raises:
            ArgumentError: A name is no embedding layer's.
        """
        names = [layer.name for layer in _embeddings(model)]
        for name in self._metadata if isinstance(self._metadata, Mapping) else ():
            if name not in names:
                raise ArgumentError(
                    WHERE, "names of the model's Embedding layers", repr(name), nearest(name, names)
                )

    def write(self, model: Any, epoch: int) -> None:
        """Write all embeddings as they are now."""
        from corne import ops

        files = self.folder / "embeddings"
        files.mkdir(parents=True, exist_ok=True)
        for layer in _embeddings(model):
            values = ops.convert_to_numpy(layer.embeddings).astype("float32")
            path = files / f"{layer.path.replace('/', '.')}-{epoch}.tsv"
            np.savetxt(path, values, fmt="%.9g", delimiter="\t")
            lines = [
                f"  tensor_name: {_quoted(f'{layer.path}/embeddings/epoch-{epoch}')}",
                *(f"  tensor_shape: {size}" for size in values.shape),
                f"  tensor_path: {_quoted(path.relative_to(self.folder).as_posix())}",
            ]
            metadata = self._metadata_of(layer.name)
            if metadata is not None:
                lines.append(f"  metadata_path: {_quoted(metadata)}")
            self._entries[path.name] = "\n".join(["embeddings {", *lines, "}", ""])
        config = self.folder / "projector_config.pbtxt"
        config.write_text("".join(self._entries.values()), encoding="utf-8")

    def _metadata_of(self, name: str) -> str | None:
        if isinstance(self._metadata, Mapping):
            return self._metadata.get(name)
        return self._metadata


def _embeddings(model: Any) -> Iterator[Any]:
    from corne.layers import Embedding

    seen = set()
    stack = list(model.layers)
    while stack:
        layer = stack.pop(0)
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, Embedding):
            yield layer
        stack[:0] = getattr(layer, "layers", ())


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
