"""The parts of a saved model, in a zip archive or a folder: read within limits, checked against sums."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, Self

from corne.errors import FileFormatError
from corne.saving.checksums import CHUNK, DAMAGED, changed
from corne.saving.limits import MOST_JSON_BYTES, MOST_MEMBERS, check_size, open_zip, parse_json, where_of
from corne.saving.read_errors import Problem, raise_problem, wrap_read_errors

#: The member with the sums of all others, which Keras ignores.
SUMS = "checksums.json"


class Members(ABC):
    """The members of a saved model.

    Args:
        where: The file or folder, for messages.
        names: Its members.
    """

    def __init__(self, where: str, names: Collection[str]) -> None:
        self.where, self.names = where, names
        self._sums: dict[str, Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @abstractmethod
    def size(self, name: str) -> int:
        """Return the declared size of a member, in bytes."""

    @abstractmethod
    def _open(self, name: str) -> IO[bytes]:
        """Open a member for reading."""

    def close(self) -> None:
        """Close the file."""
        return None

    @property
    def has_sums(self) -> bool:
        """Whether the file has Corne's sums of its members; files that Keras wrote have none."""
        return SUMS in self.names

    def read(self, name: str, most: int | None = None) -> bytes:
        """Return a member's bytes, checked against its sum if the file has sums.

        Args:
            name: The member.
            most: Limit on its bytes. Default: none.

        Raises:
            FileFormatError: There is no such member, it is larger, or its sum differs.
        """
        buffer = io.BytesIO()
        self._check(name, self._copy(name, buffer, most))
        return buffer.getvalue()

    def extract(self, name: str, target: Path) -> None:
        """Write a member's bytes to a new file.

        Raises:
            FileFormatError: There is no such member, or its sum differs.
        """
        with target.open("xb") as file:
            self._check(name, self._copy(name, file))

    def read_json(self, name: str) -> Any:
        """Return the parsed JSON of a member."""
        return parse_json(self.read(name, MOST_JSON_BYTES), f"{self.where}:{name}")

    def verify(self, but: Collection[str] = ()) -> None:
        """Check that each member with a sum exists and matches it, except those that are read later.

        Raises:
            FileFormatError: A member is missing, or its sum differs.
        """
        for name in self.sums():
            if name not in but or name not in self.names:
                self._check(name, self._copy(name, None))

    def sound(self, problem: Problem) -> set[str]:
        """Read each member and return the names of the intact ones.

        Args:
            problem: Called with an error for each other member and each missing one.
        """
        found: dict[str, str] = {}
        for name in self.names:
            try:
                found[name] = self._copy(name, None)
            except FileFormatError as error:
                problem(error)
        try:
            sums = self.sums() if SUMS in found else {}
        except FileFormatError as error:
            problem(error)
            sums = {}
        for name, expected in sums.items():
            if name not in self.names:
                problem(FileFormatError(f"{self.where}:{name}", "a member of this name", "none", DAMAGED))
            elif found.get(name, expected) != expected:
                problem(changed(f"{self.where}:{name}", str(expected), found.pop(name)))
        return set(found)

    def sums(self) -> dict[str, Any]:
        """Return the sums by member, empty if there are none.

        Raises:
            FileFormatError: They are not in the form that Corne writes.
        """
        if self._sums is None:
            self._sums = self._read_sums() if SUMS in self.names else {}
        return self._sums

    def _read_sums(self) -> dict[str, Any]:
        buffer, where = io.BytesIO(), f"{self.where}:{SUMS}"
        self._copy(SUMS, buffer, MOST_JSON_BYTES)
        content = parse_json(buffer.getvalue(), where)
        members = content.get("members") if isinstance(content, dict) else None
        if not isinstance(members, dict) or content.get("algorithm") != "sha256":
            raise FileFormatError(
                where, "sha256 sums of the members", str(content)[:80],
                "The archive is corrupt or was written by a later version of Corne.",
            )  # fmt: skip
        return members

    def _copy(self, name: str, target: BinaryIO | IO[bytes] | None, most: int | None = None) -> str:
        """Copy a member's bytes, at most one more than declared, and return their sum."""
        where = f"{self.where}:{name}"
        if name not in self.names:
            raise FileFormatError(where, "a member of this name", "none", "The file is corrupt.")
        declared = self.size(name)
        if most is not None and declared > most:
            raise FileFormatError(
                where,
                f"at most {most} bytes",
                str(declared),
                "The file is corrupt or made to exhaust memory.",
            )
        digest = hashlib.sha256()
        with wrap_read_errors(where, "a member as the archive describes it"), self._open(name) as member:
            for chunk in _chunks(member, declared):
                digest.update(chunk)
                if target is not None:
                    target.write(chunk)
        return digest.hexdigest()

    def _check(self, name: str, given: str) -> None:
        expected = self.sums().get(name) if self.has_sums and name != SUMS else given
        if expected != given:
            raise changed(f"{self.where}:{name}", str(expected), given)


def _chunks(member: IO[bytes], declared: int) -> Iterator[bytes]:
    """Yield a member's bytes; raise an error if their number is not the declared one."""
    left = declared + 1
    # Small reads: asked for everything at once, zipfile would inflate up to 2 GB before it looks at the size.
    while left > 0 and (chunk := member.read(min(CHUNK, left))):
        left -= len(chunk)
        yield chunk
    if left != 1:
        raise ValueError(f"{'more' if left == 0 else 'fewer'} than its {declared} bytes")


class ZipMembers(Members):
    """The members of a ``.keras`` archive.

    Args:
        source: The file: a path, or an open binary file.
        problem: As for :func:`corne.saving.limits.check_members`. Default: raise.
    """

    def __init__(self, source: Path | BinaryIO, problem: Problem = raise_problem) -> None:
        self._zip = open_zip(source, "a .keras archive", problem)
        super().__init__(where_of(source), dict.fromkeys(self._zip.namelist()))

    def close(self) -> None:
        """Close the archive; an open file it was read from stays open."""
        self._zip.close()

    def info(self, name: str) -> zipfile.ZipInfo:
        """Return a member's entry in the archive's directory."""
        return self._zip.getinfo(name)

    def size(self, name: str) -> int:
        """Return the declared size of a member, in bytes.

        Raises:
            FileFormatError: It is more than 100 times the stored size.
        """
        info = self.info(name)
        check_size(info, f"{self.where}:{name}")
        return info.file_size

    def _open(self, name: str) -> IO[bytes]:
        return self._zip.open(name)


class FolderMembers(Members):
    """The files of a model that was saved as a folder. Links are never followed.

    Args:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(str(path), dict.fromkeys(_files(path, "")))
        if len(self.names) > MOST_MEMBERS:
            raise FileFormatError(
                str(path),
                f"at most {MOST_MEMBERS} files",
                "more",
                "The folder holds more than a model.",
            )

    def size(self, name: str) -> int:
        """Return the bytes of a file.

        Raises:
            FileFormatError: It is a link or a device.
        """
        status = self.path(name).lstat()
        if not stat.S_ISREG(status.st_mode):
            raise FileFormatError(
                f"{self.where}:{name}",
                "a file",
                "a link or a device",
                "Replace it with a copy of its target.",
            )
        return status.st_size

    def path(self, name: str) -> Path:
        """Return the path of a file."""
        return self._path / name

    def _open(self, name: str) -> IO[bytes]:
        return os.fdopen(os.open(self.path(name), os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0)), "rb")


def _files(folder: Path, above: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            name = f"{above}{entry.name}"
            if entry.is_dir(follow_symlinks=False):
                yield from _files(folder / entry.name, f"{name}/")
            else:
                yield name


@contextmanager
def members_of(source: Path | BinaryIO) -> Iterator[Members]:
    """Open a model's archive or folder."""
    is_folder = isinstance(source, Path) and source.is_dir()
    members: Members = FolderMembers(source) if is_folder else ZipMembers(source)  # type: ignore[arg-type]
    with members:
        yield members
