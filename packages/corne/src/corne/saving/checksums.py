"""Sums that tell whether bytes are those that were written. They protect against accidents, not forgery."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path
from typing import IO, Any, BinaryIO

from corne.errors import FileFormatError
from corne.saving.limits import MOST_JSON_BYTES, check_size, parse_json, read_member
from corne.saving.read_errors import Problem, wrap_read_errors

#: The member of an archive with the sums of all others, which Keras ignores.
MEMBER = "checksums.json"
_CHUNK = 1 << 20
#: What precedes the sum of a whole file at its end.
_SEAL = b"\ncorne sha256 "
_SEAL_BYTES = len(_SEAL) + 64
#: What stands in the place of a sum inside a file while the sum is taken.
BLANK = b"0" * 64
_NEAR = 4096
_DAMAGED = "The file is damaged: it is not what was written. Use another copy."


class ArchiveWriter:
    """Writes members to an archive and, at the end, the sums of all of them.

    Args:
        path: Where the archive is written.
    """

    def __init__(self, path: Path) -> None:
        self._archive = zipfile.ZipFile(path, "w", zipfile.ZIP_STORED)
        self._sums: dict[str, str] = {}

    def __enter__(self) -> ArchiveWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.add(MEMBER, json.dumps({"algorithm": "sha256", "members": self._sums}).encode())
        self._archive.close()

    def add(self, name: str, data: bytes | memoryview) -> None:
        """Write a member; the data is not copied."""
        view, digest = memoryview(data), hashlib.sha256()
        with self._archive.open(zipfile.ZipInfo(name), "w", force_zip64=len(view) > 1 << 30) as member:
            for start in range(0, len(view), _CHUNK):
                chunk = view[start : start + _CHUNK]
                digest.update(chunk)
                member.write(chunk)
        self._sums[name] = digest.hexdigest()


def verified(archive: zipfile.ZipFile, path: Path, name: str, most: int | None = None) -> bytes:
    """Return a member's bytes, which have the sum that the archive says, if it has sums.

    Args:
        archive: From :func:`corne.saving.limits.open_zip`.
        path: Its file, for messages.
        name: The member.
        most: The most bytes it may have. Default: any number.

    Raises:
        FileFormatError: There is no such member, it is larger, or it has another sum.
    """
    return _verified(archive, path, name, most, _sums(archive, path))


def _verified(
    archive: zipfile.ZipFile, path: Path, name: str, most: int | None, sums: dict[str, Any] | None
) -> bytes:
    data = read_member(archive, name, f"{path}:{name}", most)
    if sums is not None and sums.get(name) != (given := hashlib.sha256(data).hexdigest()):
        raise _changed(f"{path}:{name}", str(sums.get(name)), given)
    return data


def verify_members(archive: zipfile.ZipFile, path: Path, but: tuple[str, ...] = ()) -> None:
    """Check that every member with a sum is there and has it, except for those read anyway.

    Raises:
        FileFormatError: One is missing or has another sum.
    """
    present, sums = set(archive.namelist()), _sums(archive, path)
    for name in sums or ():
        if name not in but or name not in present:
            _verified(archive, path, name, None, sums)


def whole_members(archive: zipfile.ZipFile, path: Path, problem: Problem) -> set[str]:
    """Read every member through, and return the names of those that have the sums they should have.

    That is the archive's own CRC-32 of each and, if the archive has them, Corne's.

    Args:
        archive: The open archive.
        path: Its file, for messages.
        problem: Told about each other member, and those that are missing.
    """
    found: dict[str, str] = {}
    for info in archive.infolist():
        where = f"{path}:{info.filename}"
        try:
            check_size(info, where)
            with wrap_read_errors(where, "data that fits its checksum"), archive.open(info) as member:
                found[info.filename] = _digest(member, info.file_size + 1)
        except FileFormatError as error:
            problem(error)
    try:
        sums = _sums(archive, path) or {} if MEMBER in found else {}
    except FileFormatError as error:
        problem(error)
        sums = {}
    for name, expected in sums.items():
        if name not in archive.namelist():
            problem(FileFormatError(f"{path}:{name}", "a member of this name", "none", _DAMAGED))
        elif found.get(name, expected) != expected:
            problem(_changed(f"{path}:{name}", str(expected), found.pop(name)))
    return set(found)


def _sums(archive: zipfile.ZipFile, path: Path) -> dict[str, Any] | None:
    if MEMBER not in archive.namelist():
        return None  # Keras wrote it; the archive's own CRC-32 of each member remains
    where = f"{path}:{MEMBER}"
    content = parse_json(read_member(archive, MEMBER, where, MOST_JSON_BYTES), where)
    members = content.get("members") if isinstance(content, dict) else None
    if not isinstance(members, dict) or content.get("algorithm") != "sha256":
        raise FileFormatError(
            where, "sha256 sums of the members", str(content)[:80],
            "The archive is damaged, or a later version of Corne wrote it.",
        )  # fmt: skip
    return members


def seal(path: Path) -> None:
    """Append the sum of a finished file to it, after what its format reads.

    HDF5 ignores what follows its end, and removes it when a file is opened for changes.
    """
    with path.open("rb") as file:
        digest = _digest(file, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_SEAL + digest.encode())


def check_seal(path: Path) -> bool:
    """Compare a file with the sum at its end, if it has one, before anything else reads it.

    HDF5's library can be led into endless loops by damaged bytes, so this can't wait for their use.

    Returns:
        Whether it has one.

    Raises:
        FileFormatError: The file has another sum.
    """
    length = path.stat().st_size - _SEAL_BYTES
    if length < 0:
        return False
    with path.open("rb") as file:
        file.seek(length)
        end = file.read(_SEAL_BYTES)
        if _SEAL[:4] in end[1:]:
            raise FileFormatError(
                str(path), "a whole checksum at the end", "a part of one, or other bytes after it",
                _DAMAGED,
            )  # fmt: skip
        if not end.startswith(_SEAL):
            return False  # Keras or another tool wrote it
        file.seek(0)
        given = _digest(file, length)
    expected = end[len(_SEAL) :].decode("ascii", "replace")
    if expected != given:
        raise _changed(str(path), expected, given)
    return True


def fill(path: Path, mark: bytes) -> None:
    """Put the sum of a finished file into it, where :data:`BLANK` follows ``mark`` near its start.

    A file without the mark is left without a sum.
    """
    with path.open("rb+") as file:
        place = _place_of(file, mark)
        if place is not None:
            digest = _digest_but(file, place)
            file.seek(place)
            file.write(digest)


def check_filled(path: Path, mark: bytes) -> None:
    """Compare a file with the sum that :func:`fill` put into it, if it has one.

    Args:
        path: The file.
        mark: What precedes the sum.

    Raises:
        FileFormatError: The file has another sum.
    """
    with path.open("rb") as file:
        place = _place_of(file, mark)
        if place is None:
            return  # another tool wrote it
        file.seek(place)
        expected = file.read(len(BLANK))
        given = _digest_but(file, place)
    if expected != given:
        raise _changed(str(path), expected.decode("ascii", "replace"), given.decode())


def _place_of(file: BinaryIO, mark: bytes) -> int | None:
    """Return where the sum after ``mark`` begins, or None."""
    found = file.read(_NEAR).find(mark)
    return None if found < 0 else found + len(mark)


def _digest_but(file: BinaryIO, place: int) -> bytes:
    """Return the sum of a file in which :data:`BLANK` stands at ``place``."""
    digest = hashlib.sha256()
    file.seek(0)
    _digest(file, place, digest)
    digest.update(BLANK)
    size = file.seek(0, 2)
    file.seek(place + len(BLANK))
    return _digest(file, size - place - len(BLANK), digest).encode()


def _digest(file: BinaryIO | IO[bytes], length: int, digest: hashlib._Hash | None = None) -> str:
    """Return the sum of the next bytes of a file, after those that ``digest`` has seen."""
    digest = digest or hashlib.sha256()
    while length > 0 and (chunk := file.read(min(_CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


def _changed(where: str, expected: str, given: str) -> FileFormatError:
    return FileFormatError(
        where, f"bytes with the sha256 sum {expected[:16]}…", f"{given[:16]}…",
        _DAMAGED,
    )  # fmt: skip
