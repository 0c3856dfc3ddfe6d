"""Checksums of whole files. They detect accidents, not forgery. Archives: see :mod:`.members`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, BinaryIO

from corne.errors import FileFormatError

CHUNK = 1 << 20
#: What precedes the sum of a whole file at its end.
_SEAL = b"\ncorne sha256 "
_SEAL_BYTES = len(_SEAL) + 64
#: Placeholder for a sum inside a file while the sum is computed.
BLANK = b"0" * 64
_NEAR = 4096
DAMAGED = "The file is corrupt: its bytes have changed since it was written. Use another copy."


def seal(path: Path) -> None:
    """Append a finished file's sum to it, after the bytes that its format reads.

    HDF5 ignores what follows its end, and removes it when a file is opened for changes.
    """
    with path.open("rb") as file:
        digest = _digest(file, path.stat().st_size)
    with path.open("ab") as file:
        file.write(_SEAL + digest.encode())


def check_seal(path: Path) -> bool:
    """Check a file against the sum at its end, if it has one, before anything else reads it.

    Corrupt bytes can send the HDF5 library into an endless loop, so this can't wait until they are used.

    Returns:
        Whether the file has a sum.

    Raises:
        FileFormatError: The sum differs.
    """
    length = path.stat().st_size - _SEAL_BYTES
    if length < 0:
        return False
    with path.open("rb") as file:
        file.seek(length)
        end = file.read(_SEAL_BYTES)
        if _SEAL[:4] in end[1:]:
            raise FileFormatError(
                str(path), "a complete checksum at the end", "a partial one, or bytes after it",
                DAMAGED,
            )  # fmt: skip
        if not end.startswith(_SEAL):
            return False  # Keras or another tool wrote it
        file.seek(0)
        given = _digest(file, length)
    expected = end[len(_SEAL) :].decode("ascii", "replace")
    if expected != given:
        raise changed(str(path), expected, given)
    return True


def fill(path: Path, mark: bytes) -> None:
    """Write a finished file's sum into it, where :data:`BLANK` follows ``mark`` near its start.

    A file without the mark is left without a sum.
    """
    with path.open("rb+") as file:
        place = _place_of(file, mark)
        if place is not None:
            digest = _digest_but(file, place)
            file.seek(place)
            file.write(digest)


def check_filled(path: Path, mark: bytes) -> None:
    """Check a file against the sum that :func:`fill` wrote into it, if it has one.

    Args:
        path: The file.
        mark: What precedes the sum.

    Raises:
        FileFormatError: The sum differs.
    """
    with path.open("rb") as file:
        place = _place_of(file, mark)
        if place is None:
            return  # another tool wrote it
        file.seek(place)
        expected = file.read(len(BLANK))
        given = _digest_but(file, place)
    if expected != given:
        raise changed(str(path), expected.decode("ascii", "replace"), given.decode())


def _place_of(file: BinaryIO, mark: bytes) -> int | None:
    """Return the offset of the sum after ``mark``, or None."""
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
    """Return the sum of the bytes that ``digest`` has seen and those that follow in the file."""
    digest = digest or hashlib.sha256()
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


def changed(where: str, expected: str, given: str) -> FileFormatError:
    """Return the error for bytes whose sum differs."""
    return FileFormatError(
        where, f"bytes with the sha256 sum {expected[:16]}…", f"{given[:16]}…",
        DAMAGED,
    )  # fmt: skip
