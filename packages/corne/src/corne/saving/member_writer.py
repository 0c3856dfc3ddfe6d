"""Write the parts of a model, then their sums, to a zip archive or a folder."""

from __future__ import annotations

import hashlib
import json
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO, Self

from corne.errors import StateError
from corne.saving.checksums import CHUNK
from corne.saving.members import SUMS


class MemberWriter(ABC):
    """Writes each member once; a ``with`` block that ends without an error adds their sums."""

    def __init__(self) -> None:
        self._sums: dict[str, str] = {}
        self._taken: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.add(SUMS, json.dumps({"algorithm": "sha256", "members": self._sums}).encode())
        self.close()

    def close(self) -> None:
        """Finish the file."""
        return None

    @abstractmethod
    def _open(self, name: str, size: int) -> IO[bytes]:
        """Open a new member for writing."""

    def add(self, name: str, data: bytes | memoryview) -> None:
        """Write a member; the data is not copied."""
        view = memoryview(data)
        self._write(name, len(view), (view[start : start + CHUNK] for start in range(0, len(view), CHUNK)))

    def add_file(self, name: str, path: Path) -> None:
        """Write a member with the contents of a file."""
        with path.open("rb") as file:
            self._write(name, path.stat().st_size, iter(lambda: file.read(CHUNK), b""))

    def _write(self, name: str, size: int, chunks: Iterable[bytes | memoryview]) -> None:
        if name.casefold() in self._taken:
            raise StateError(
                "a model's file", "each member once", f"a second {name!r}", "Rename one of them."
            )
        self._taken.add(name.casefold())
        digest = hashlib.sha256()
        with self._open(name, size) as member:
            for chunk in chunks:
                digest.update(chunk)
                member.write(chunk)
        self._sums[name] = digest.hexdigest()


class ZipWriter(MemberWriter):
    """Writes a ``.keras`` archive, uncompressed.

    Args:
        target: A path, or a binary file that is open for writing.
    """

    def __init__(self, target: Path | BinaryIO) -> None:
        super().__init__()
        self._zip = zipfile.ZipFile(target, "w", zipfile.ZIP_STORED)

    def close(self) -> None:
        """Write the archive's directory."""
        self._zip.close()

    def _open(self, name: str, size: int) -> IO[bytes]:
        return self._zip.open(zipfile.ZipInfo(name), "w", force_zip64=size > 1 << 30)


class FolderWriter(MemberWriter):
    """Writes a model as files in a folder.

    Args:
        path: The folder, which exists and is empty.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path

    def _open(self, name: str, size: int) -> IO[bytes]:
        path = self._path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("xb")
