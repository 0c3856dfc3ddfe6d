"""A file of weights by layer path, as KerasHub's converters write and read it."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from corne.errors import FileFormatError


class H5IOStore:
    """Weights in HDF5, those of a layer under ``<path>/vars``.

    Args:
        path_or_io: A path, or a binary file object.
        archive: Must be None: archives are read by ``corne.saving``.
        mode: "r" or "w". Default "r".
    """

    def __init__(self, path_or_io: Any, archive: None = None, mode: str = "r") -> None:
        if archive is not None:
            raise FileFormatError(
                "H5IOStore(archive=…)", "None", repr(archive), "Use corne.saving.load_weights."
            )
        self.mode = mode
        self.file = h5py.File(path_or_io if hasattr(path_or_io, "read") else Path(path_or_io), mode)

    def make(self, path: str, metadata: dict[str, Any] | None = None) -> _Entry:
        """Return an empty mapping for the weights at a path; items added to it are written."""
        group = self.file.require_group(f"{path}/vars" if path else "vars")
        for key, value in (metadata or {}).items():
            group.attrs[key] = value
        return _Entry(group)

    def get(self, path: str) -> _Entry:
        """Return the weights at a path; an empty mapping where there are none."""
        group = self.file.get(f"{path}/vars" if path else "vars")
        return _Entry(group if isinstance(group, h5py.Group) else None)

    def keys(self) -> list[str]:
        """Return the names at the top of the file."""
        return list(self.file)

    def close(self) -> None:
        """Close the file."""
        self.file.close()


class _Entry(MutableMapping[str, Any]):
    """One group of arrays; bfloat16 is kept as raw 16-bit numbers with a note, as HDF5 has no such type."""

    def __init__(self, group: h5py.Group | None) -> None:
        self.group = group

    def __getitem__(self, key: str) -> np.ndarray[Any, Any]:
        if self.group is None:
            raise KeyError(key)
        if isinstance(self.group.get(key, getlink=True), (h5py.SoftLink, h5py.ExternalLink)):
            raise FileFormatError(self.group.file.filename, "arrays within the file", f"a link at {key!r}")
        item = self.group[key]
        value = np.asarray(item)
        if item.attrs.get("dtype") == "bfloat16":
            import ml_dtypes

            value = value.view(ml_dtypes.bfloat16)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        assert self.group is not None  # make() gives a group
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            item = self.group.create_dataset(key, data=array.view(np.uint16))
            item.attrs["dtype"] = "bfloat16"
        else:
            self.group.create_dataset(key, data=array)

    def __delitem__(self, key: str) -> None:
        if self.group is None:
            raise KeyError(key)
        del self.group[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.group if self.group is not None else ())

    def __len__(self) -> int:
        return 0 if self.group is None else len(self.group)
