"""Weights in several HDF5 files and a list of them, ``.weights.json``, as Keras 3 writes them.

``m.weights.json`` holds ``{"metadata": {"total_size": bytes}, "weight_map": {"/layers/dense/vars":
"m_00000.weights.h5"}}``; an owner whose tensors are in several files has a list of them. Corne adds the sum of each
file, so that a mixture of an old and a new save is noticed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from corne.errors import ArgumentError, FileFormatError
from corne.saving.atomic import atomic_write
from corne.saving.checksums import changed
from corne.saving.hdf5_format import FORMAT as HDF5
from corne.saving.limits import MOST_JSON_BYTES, parse_json
from corne.saving.read_errors import Problem, raise_problem
from corne.saving.tensors import Weights, join_name, split_name
from corne.saving.weight_format import WeightFormat

SUFFIX = ".weights.json"
#: Keras's default.
DEFAULT_SHARD_SIZE = 5.0
_GB = 1024**3
_MOST_SHARDS = 10_000


class ShardedFormat(WeightFormat):
    """Several ``.weights.h5`` files and the list of them."""

    label = "sharded HDF5"

    def recognizes(self, path: Path, header: bytes) -> bool:
        """Return whether the path ends in ``.weights.json``."""
        return path.name.lower().endswith(SUFFIX) and header.lstrip()[:1] == b"{"

    def write(self, path: Path, weights: Weights) -> None:
        """Write the list and the files next to it."""
        self.save(path, weights)

    def save(self, path: Path, weights: Weights, max_shard_size: float = DEFAULT_SHARD_SIZE) -> None:
        """Write the list and, next to it, files of at most ``max_shard_size`` GB (1024**3 bytes) of tensors.

        All files are written before the first is renamed, and the list is renamed last.

        Raises:
            ArgumentError: A single tensor is larger.
        """
        stem = path.name[: -len(SUFFIX)]
        shards = split(weights, int(max_shard_size * _GB))
        names = [f"{stem}_{index:05}.weights.h5" for index in range(len(shards))]
        owners: dict[str, list[str]] = {}
        for name, shard in zip(names, shards, strict=True):
            for owner in shard.by_owner():
                owners.setdefault("/" + join_name(owner, "").rstrip("/"), []).append(name)
        sums = {}
        with contextlib.ExitStack() as stack:
            listing = stack.enter_context(atomic_write(path))
            for name, shard in reversed(list(zip(names, shards, strict=True))):
                temporary = stack.enter_context(atomic_write(path.with_name(name)))
                HDF5.write(temporary, shard)
                sums[name] = _sum(temporary)
            content = {
                "metadata": {"total_size": sum(tensor.nbytes for tensor in weights.tensors.values())},
                "weight_map": {
                    owner: files[0] if len(files) == 1 else files for owner, files in owners.items()
                },
                "corne": {"sha256": dict(sorted(sums.items()))},
            }
            listing.write_text(json.dumps(content, indent=4), encoding="utf-8")

    @contextlib.contextmanager
    def open(self, path: Path, problem: Problem = raise_problem) -> Iterator[Weights]:
        """List the tensors of all files that the list names, in the same folder."""
        names, sums = _listed(path)
        weights = Weights()
        with contextlib.ExitStack() as stack:
            for name in names:
                shard = path.with_name(name)
                if not shard.is_file() or shard.is_symlink():
                    problem(FileFormatError(str(shard), f"a file that {path.name} lists", "none, or a link"))
                    continue
                expected = sums.get(name)
                if expected is not None and expected != (given := _sum(shard)):
                    problem(changed(str(shard), str(expected), given))
                found = stack.enter_context(HDF5.open(shard, problem))
                twice = found.tensors.keys() & weights.tensors.keys()
                if twice:
                    problem(FileFormatError(f"{shard}:{min(twice)}", "each tensor once", "one twice"))
                weights.tensors |= found.tensors
                weights.layers |= found.layers
            yield weights

    def conflict(self, names: Collection[str]) -> str | None:
        """Return why HDF5 can't hold tensors of these names, or None."""
        return HDF5.conflict(names)


def split(weights: Weights, most: int) -> list[Weights]:
    """Split weights, in order, into parts of at most ``most`` bytes; return at least one part."""
    shards = [Weights()]
    size = 0
    for name, tensor in weights.tensors.items():
        if tensor.nbytes > most:
            raise ArgumentError(
                "save_weights(max_shard_size=…)", f"at least the {tensor.nbytes} bytes of {name}", f"{most} bytes",
                f"Pass max_shard_size={tensor.nbytes / _GB:.3g} or more (GB).",
            )  # fmt: skip
        size += tensor.nbytes
        if size > most:
            shards.append(Weights())
            size = tensor.nbytes
        shards[-1].tensors[name] = tensor
    places = {split_name(name)[0]: shard for shard in shards for name in shard.tensors}
    for path, name in weights.layers.items():
        places.get(path, shards[0]).layers[path] = name
    return shards


def _listed(path: Path) -> tuple[list[str], dict[str, Any]]:
    """Return the files that a list names, plain names only, and their sums."""
    with path.open("rb") as file:
        content = parse_json(file.read(MOST_JSON_BYTES + 1), str(path))
    table = content.get("weight_map") if isinstance(content, dict) else None
    if not isinstance(table, dict):
        raise FileFormatError(str(path), "a weight_map of files", str(content)[:80])
    names = {name for value in table.values() for name in (value if isinstance(value, list) else [value])}
    for name in names:
        if not isinstance(name, str) or not name.endswith(".weights.h5") or set(name) & set("/\\:\0"):
            raise FileFormatError(
                f"{path}:weight_map", "names of .weights.h5 files in the same folder", repr(name)[:300],
                "The file is corrupt or malicious.",
            )  # fmt: skip
    if len(names) > _MOST_SHARDS:
        raise FileFormatError(str(path), f"at most {_MOST_SHARDS} files", str(len(names)))
    corne = content.get("corne")
    sums = corne.get("sha256") if isinstance(corne, dict) else None
    return sorted(names), sums if isinstance(sums, dict) else {}


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


FORMAT = ShardedFormat()
