"""Fuzz readers, guided by coverage, with bytes that checksums would have stopped: what somebody forges.

    python tests/fuzz_below_checksums.py TARGET -max_total_time=60

``nox -s fuzz`` runs all targets where atheris installs. Anything but an error of Corne's is a find: the input
is left in the current folder as ``crash-*`` or ``timeout-*``, and given as an argument it is tried again.
HDF5's own library is left out: hostile bytes hang it, and ``corne inspect`` is made for that.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import atheris
import numpy as np

with atheris.instrument_imports(include=["corne"]):
    import corne.backend
    import corne.layers
    import corne_cli.inspection
    from corne.errors import CorneError
    from corne.saving import load_model, model_from_json
    from corne.saving.weight_files import opened

GOLDEN = Path(__file__).parent / "golden_files"
FOLDER = Path(tempfile.mkdtemp())
CONFIG = (GOLDEN / "0.1" / "weights.json").read_text()
VALUES = [None, True, "", "x", "first", "relu", "Dense", "function", "__lambda__", "keras", "os:system", [], {}, [[]],
          [None, 6], 1.5, 1e308, 10**10, 10**40, {"class_name": "Dense"}, {"class_name": "Dense", "config": {}},
          {"class_name": "__numpy__", "config": {"value": [1], "dtype": "float32"}}]  # fmt: skip


def text(data: bytes) -> None:
    """The text of a configuration."""
    model_from_json(data)


def configuration(data: bytes) -> None:
    """A configuration some of whose values are others."""
    model_from_json(_edited(data))


def archive(data: bytes) -> None:
    """An archive with good weights, another configuration, and other members cut out of the rest of ``data``."""
    path = FOLDER / "m.keras"
    parts = data.split(b"\0\0", 3)
    with zipfile.ZipFile(GOLDEN / "0.1" / "branches.keras") as old, zipfile.ZipFile(path, "w") as new:
        new.writestr("model.weights.h5", old.read("model.weights.h5"))
        new.writestr("config.json", _edited(parts.pop(0)))
        for name, part in zip(("metadata.json", "plugins.json", "checksums.json"), parts, strict=False):
            new.writestr(name, part)
    _look(path)
    load_model(path)


def _edited(data: bytes) -> str:
    """Put values in places of a good configuration, as each four bytes say."""
    config = json.loads(CONFIG)
    places = list(_places(config))
    for start in range(0, min(len(data), 64) - 3, 4):
        which, source, what = int.from_bytes(data[start : start + 2], "big"), data[start + 2], data[start + 3]
        holder, key = places[which % len(places)]
        if source % 4 == 0:
            other, name = places[what * 7 % len(places)]
            value = copy.deepcopy(
                other.get(name) if isinstance(other, dict) else other[min(name, len(other) - 1)]
            )
        elif source % 4 == 1:
            value = -what if source & 4 else what
        else:
            value = VALUES[what % len(VALUES)]
        if isinstance(holder, dict) or key < len(holder):
            holder[key] = value
    return json.dumps(config)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place in a configuration: what holds it, and its key there."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield value, key
        yield from _places(item)


def directory(data: bytes) -> None:
    """The bytes of a zip archive."""
    path = FOLDER / "d.keras"
    path.write_bytes(data)
    _look(path)
    load_model(path)


def array(data: bytes) -> None:
    """An .npz with one member."""
    path = FOLDER / "w.npz"
    with zipfile.ZipFile(path, "w") as new:
        new.writestr("a.npy", data)
    _look(path)
    _read(path)


def safetensors(data: bytes) -> None:
    """A .safetensors file."""
    path = FOLDER / "w.safetensors"
    path.write_bytes(data)
    _look(path)
    _read(path)


def _look(path: Path) -> None:
    corne_cli.inspection.examine(path).as_dict()


def _read(path: Path) -> None:
    with opened(path) as weights:
        for tensor in weights.tensors.values():
            if tensor.nbytes < 1 << 20:
                tensor.read()


TARGETS: dict[str, Callable[[bytes], None]] = {
    target.__name__: target for target in (text, configuration, archive, directory, array, safetensors)
}


def seeds(target: str) -> list[bytes]:
    """Return good inputs of a target."""
    if target == "text":
        return [CONFIG.encode()]
    if target == "configuration":
        return [bytes(4), bytes(range(64))]
    if target == "archive":
        plugins = b'{"acme": {"version": "1", "provides": ["A"]}}'
        return [b"\0\0".join((b"1234", b'{"keras_version": "3.15.1"}', plugins))]
    if target == "array":
        with zipfile.ZipFile(GOLDEN / "0.1" / "weights.npz") as stored:
            return [stored.read(stored.namelist()[0])]
    if target == "safetensors":
        from safetensors.numpy import save

        return [save({"a": np.ones((2, 3), "float32"), "b": np.arange(4)})]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("config.json", b"{}")
        new.writestr("model.weights.h5", b"")
    return [buffer.getvalue()]


def main() -> None:
    target = sys.argv.pop(1)
    corpus = FOLDER / "corpus"
    corpus.mkdir()
    for i, data in enumerate(seeds(target)):
        (corpus / str(i)).write_bytes(data)

    def run(data: bytes) -> None:
        with warnings.catch_warnings(), contextlib.suppress(CorneError):
            warnings.simplefilter("ignore")
            TARGETS[target](data)

    limits = ["-timeout=30", "-rss_limit_mb=4096", "-max_len=65536"]
    atheris.Setup([*sys.argv, *limits, str(corpus)], run)
    with corne.backend.use("cpu"):
        atheris.Fuzz()


if __name__ == "__main__":
    main()
