"""Weights as a ``.safetensors`` file, through the library of that name.

The tensors have the names of :mod:`corne.saving.tensors`. The file's metadata has one entry, ``corne``: JSON
with the ``sha256`` sum of the file (taken while zeros stand in the sum's place), Corne's ``version`` and the
``layers``' names by path. Files without a sum open too.

Source: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from corne._version import __version__
from corne.errors import ArgumentError, FileFormatError
from corne.saving import checksums
from corne.saving.atomic import errno_from_message
from corne.saving.read_errors import Problem, raise_problem, wrap_read_errors
from corne.saving.tensors import AS_BITS, Tensor, Weights, from_bits
from corne.saving.weight_format import WeightFormat

_DTYPES = {"BOOL": "bool", "U8": "uint8", "I8": "int8", "U16": "uint16", "I16": "int16", "U32": "uint32",
           "I32": "int32", "U64": "uint64", "I64": "int64", "F16": "float16", "F32": "float32", "F64": "float64",
           "C64": "complex64", "BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}  # fmt: skip
_LENGTH_BYTES = 8
#: A header of the library's own limit, 100 MB, takes gigabytes to parse; a thousand layers need 100 kB.
MOST_HEADER_BYTES = 16 * 2**20
#: What precedes the sum: JSON in a string in JSON.
_MARK = rb'"corne":"{\"sha256\": \"'


class SafetensorsFormat(WeightFormat):
    """Tensors behind a JSON header."""

    label = "safetensors"

    def recognizes(self, path: Path, header: bytes) -> bool:
        """Return whether JSON follows the header's length, or the path ends in ``.safetensors``."""
        return header[8:9] == b"{" or path.suffix.lower() == ".safetensors"

    def write(self, path: Path, weights: Weights) -> None:
        """Write tensors to ``path``.

        Raises:
            ArgumentError: The format has no such dtype.
        """
        import safetensors
        from safetensors.numpy import save_file

        arrays = {
            name: np.array(tensor.read(), order="C", ndmin=0) for name, tensor in weights.tensors.items()
        }
        about = {"sha256": checksums.BLANK.decode(), "version": __version__, "layers": weights.layers}
        try:
            save_file(arrays, path, {"corne": json.dumps(about)})
        except safetensors.SafetensorError as error:
            number = errno_from_message(str(error))
            if number is not None:
                raise OSError(number, str(error)) from error  # atomic_write says what to do
            raise ArgumentError(
                "a .safetensors file", f"dtypes among {', '.join(_DTYPES.values())}", str(error),
                "Save as .weights.h5 or .npz.",
            ) from error  # fmt: skip
        checksums.fill(path, _MARK)

    @contextlib.contextmanager
    def open(self, path: Path, problem: Problem = raise_problem) -> Iterator[Weights]:
        """List the tensors of a file; values are read on request, inside the ``with`` block.

        Args:
            path: The file.
            problem: Told that the file's sum is another. Default: raise.

        Raises:
            FileFormatError: The file is corrupt, or has a dtype that nothing here knows.
        """
        import safetensors

        try:
            checksums.check_filled(path, _MARK)
        except FileFormatError as error:
            problem(error)
        with contextlib.ExitStack() as stack:
            with wrap_read_errors(str(path), "a safetensors file"):
                places, start = _header(path)
                file = stack.enter_context(safetensors.safe_open(path, "np"))  # checks sizes and offsets
                weights = Weights(layers=_layers(file.metadata()))
                for name in sorted(file.keys(), key=lambda name: places[name]["data_offsets"]):
                    view = file.get_slice(name)
                    offset = start + places[name]["data_offsets"][0]
                    weights.tensors[name] = _tensor(path, name, view.get_shape(), view.get_dtype(), offset)
            yield weights


def _header(path: Path) -> tuple[Any, int]:
    """Return what the file says where each tensor is, and where the first byte of data is."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(_LENGTH_BYTES), "little")
        if size > MOST_HEADER_BYTES:
            raise FileFormatError(
                str(path), f"a header of at most {MOST_HEADER_BYTES} bytes", f"{size} bytes",
                "The file is corrupt, has another format, or is made to exhaust memory.",
            )  # fmt: skip
        return json.loads(file.read(size)), _LENGTH_BYTES + size


def _layers(metadata: Any) -> dict[str, str]:
    try:
        layers = json.loads((metadata or {}).get("corne", "{}"))["layers"]
        return {path: name for path, name in layers.items() if isinstance(name, str)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}  # another tool's file


def _tensor(path: Path, name: str, shape: list[int], stored: str, start: int) -> Tensor:
    dtype = _DTYPES.get(stored)
    if dtype is None:
        raise FileFormatError(
            f"{path}:{name}",
            f"a dtype among {', '.join(_DTYPES)}",
            stored,
            "Convert it with the tool it is from.",
        )

    def read() -> np.ndarray[Any, Any]:
        little = np.dtype(AS_BITS.get(dtype, dtype)).newbyteorder("<")
        with wrap_read_errors(f"{path}:{name}", "an array"):
            array = np.fromfile(path, little, tensor.count, offset=start).reshape(tensor.shape)
        return from_bits(array, dtype)

    tensor = Tensor(tuple(shape), dtype, read)
    return replace(tensor, stored=tensor.nbytes)


FORMAT = SafetensorsFormat()
