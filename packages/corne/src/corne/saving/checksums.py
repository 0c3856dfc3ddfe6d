"""Checksums of whole files. They protect against accidents, not forgery; :mod:`.members` has those of archives."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import IO, BinaryIO

from corne.errors import FileFormatError

CHUNK = 1 << 20
#: What precedes the sum of a whole file at its end.
_SEAL = b"\ncorne sha256 "
_SEAL_BYTES = len(_SEAL) + 64
#: What stands in the place of a sum inside a file while the sum is taken.
BLANK = b"0" * 64
_NEAR = 4096
DAMAGED = "The file is damaged: it is not what was written. Use another copy."


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
        raise changed(str(path), expected.decode("ascii", "replace"), given.decode())


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
    while length > 0 and (chunk := file.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest()


def changed(where: str, expected: str, given: str) -> FileFormatError:
    """Return the error for bytes that have another sum."""
    return FileFormatError(
        where, f"bytes with the sha256 sum {expected[:16]}…", f"{given[:16]}…",
        DAMAGED,
    )  # fmt: skip
