"""Find the registered format of a weights file by its path or content."""

from __future__ import annotations

import contextlib
import zipfile
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from corne.errors import FileFormatError, PluginError
from corne.plugins import known, registry
from corne.saving import archive, hdf5_file
from corne.saving.members import members_of
from corne.saving.read_errors import wrap_read_errors
from corne.saving.tensors import Weights
from corne.saving.weight_format import WeightFormat

_KIND = "weight_formats"
HEADER_BYTES = 64


class Kind(Enum):
    """Kinds of files, by content."""

    ARCHIVE = auto()  # a whole model, .keras
    WEIGHTS = auto()  # of a registered format
    KERAS_2_MODEL = auto()  # HDF5 as Keras 2 wrote it
    KERAS_2_WEIGHTS = auto()
    UNKNOWN = auto()


class Identified(NamedTuple):
    """The kind of a file, and its format if it holds weights."""

    kind: Kind
    format: WeightFormat | None = None


def suffixes() -> tuple[str, ...]:
    """Return the path endings of installed formats, native ones first."""
    names = registry.names(_KIND)
    return tuple(sorted(names, key=lambda name: (not name.startswith(".weights"), name)))


def suffix_of(path: Path) -> str | None:
    """Return the ending of ``path`` that a format has, installed or known, or None."""
    found = {*suffixes(), *known.OWNERS.get(_KIND, {})}
    return max((end for end in found if path.name.lower().endswith(end)), key=len, default=None)


def format_for(path: Path) -> WeightFormat | None:
    """Return the format for the ending of ``path``, or None.

    Raises:
        MissingPluginError: Its plugin is not installed.
        PluginError: Its plugin is broken.
    """
    suffix = suffix_of(path)
    return None if suffix is None else _get(suffix)


def _get(suffix: str) -> WeightFormat:
    found = registry.get(_KIND, suffix)
    if not isinstance(found, WeightFormat):
        raise PluginError(
            f"weight format {suffix}", "an instance of corne.saving.weight_format.WeightFormat", repr(found)
        )
    return found


def identify(path: Path) -> Identified:
    """Identify a file by its content.

    Raises:
        FileFormatError: It starts like a known format but is corrupt.
        MissingPluginError: Its ending means a format whose plugin is not installed.
    """
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if header.startswith(b"PK"):
        with wrap_read_errors(str(path), "a zip archive"), zipfile.ZipFile(path) as members:
            if {archive.CONFIG, archive.WEIGHTS} & set(members.namelist()):
                return Identified(Kind.ARCHIVE)
    found = recognize(path, header)
    if found is None:
        return Identified(Kind.UNKNOWN)
    return Identified(_kind_of_hdf5(path) if header.startswith(hdf5_file.SIGNATURE) else Kind.WEIGHTS, found)


def recognize(path: Path, header: bytes) -> WeightFormat | None:
    """Return the format that recognizes a file, the one of its ending first, or None.

    Args:
        path: The file.
        header: Its first bytes.

    Raises:
        MissingPluginError: Its ending means a format whose plugin is not installed.
    """
    own = suffix_of(path)
    for suffix in sorted(suffixes(), key=lambda suffix: suffix != own):
        if (found := _get(suffix)).recognizes(path, header):
            return found
    return None if own is None or own in suffixes() else _get(own)  # which raises


def _kind_of_hdf5(path: Path) -> Kind:
    """Return the kind of an HDF5 file: in Keras 2's layout, groups list their members in attributes."""
    import h5py

    hdf5_file.check(path)
    with wrap_read_errors(str(path), "an HDF5 file"), h5py.File(path, "r") as file:
        if "model_config" in file.attrs:
            return Kind.KERAS_2_MODEL
        below = file.get("model_weights")
        listed = [*file.attrs, *(below.attrs if below is not None else ())]
        return Kind.KERAS_2_WEIGHTS if {"layer_names", "layer_names0"} & set(listed) else Kind.WEIGHTS


@contextlib.contextmanager
def opened(path: Path, found: Identified | None = None) -> Iterator[Weights]:
    """List the weights in a file of any format, including whole models' archives.

    Values are read on request, inside the ``with`` block.

    Args:
        path: The file.
        found: The result of :func:`identify`, if it is known already.

    Raises:
        FileFormatError: The file is corrupt or of another kind.
        MissingPluginError: The plugin for its format is not installed.
    """
    kind, its_format = found or identify(path)
    if kind is Kind.ARCHIVE:
        with members_of(path) as members, archive.stored_weights(members) as weights:
            yield weights
    elif its_format is None:
        raise FileFormatError(
            str(path), f"a .keras file or a weights file ({', '.join(suffixes())})", "another format",
            "The path is wrong, or the file is corrupt.",
        )  # fmt: skip
    else:
        with its_format.open(path) as weights:
            yield weights
