"""Write a file atomically: at any moment either the old or the new one is there, complete."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from corne.errors import CorneError, FileWriteError

_FIXES = {
    errno.ENOSPC: "The disk is full: free some space or use another disk.",
    errno.EDQUOT: "Your quota is used up: delete files or use another disk.",
    errno.EFBIG: "The file exceeds a size limit of the disk or process: raise the limit or use another disk.",
    errno.EROFS: "The disk is mounted read-only: use another folder.",
    errno.EACCES: "Permission denied: change the folder's permissions or use another folder.",
    errno.EPERM: "Permission denied: change the folder's permissions or use another folder.",
    errno.ENAMETOOLONG: "Use a shorter name.",
}  # fmt: skip
#: How h5py and versions of safetensors report the number, in errors of their own kinds.
_NUMBER = re.compile(r"(?:errno = |os error |Os \{ code: )(\d+)")


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path in the same folder; after the block it becomes ``path``.

    The bytes are on the disk before the rename, and the rename is on the disk before this returns. If
    the block raises, the temporary file is removed and ``path`` is unchanged.

    Raises:
        FileWriteError: The system refused: a full disk, a quota, missing permissions.
    """
    target = Path(path)
    with _as_write_errors(target), _temporary(target) as temporary:
        yield temporary


@contextlib.contextmanager
def _as_write_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        number = _number(error)
        if number is None:
            raise
        raise FileWriteError(
            f"write {target}", "room and permission for the file", f"{os.strerror(number)} ({error})",
            f"{_FIXES.get(number, 'Use another folder.')} {target.name} is unchanged.", number,
        ) from error  # fmt: skip


@contextlib.contextmanager
def atomic_folder(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary folder beside ``path``; after the block it becomes ``path``.

    The old folder is renamed first and removed last, so a process that dies in between leaves it, complete,
    under a hidden name beside ``path``.

    Raises:
        FileWriteError: As for :func:`atomic_write`.
    """
    target = Path(path)
    parent = target.parent
    with _as_write_errors(target), contextlib.ExitStack() as stack:
        temporary = Path(tempfile.mkdtemp(dir=parent, prefix=f".{target.name}.", suffix=".tmp"))
        stack.callback(shutil.rmtree, temporary, ignore_errors=True)
        yield temporary
        for file in temporary.rglob("*"):
            if file.is_file():
                _fsync(file)
        temporary.chmod(0o777 & ~_umask())
        old = temporary.with_suffix(".old")
        if target.exists():
            target.replace(old)
        try:
            temporary.replace(target)
        except OSError:
            old.replace(target)
            raise
        shutil.rmtree(old, ignore_errors=True)
        if os.name == "posix":
            _fsync(parent)


def _number(error: Exception) -> int | None:
    """Return the system's number of a write error, or None for other errors."""
    if isinstance(error, OSError) and not isinstance(error, CorneError) and error.errno is not None:
        return error.errno
    return errno_from_message(str(error)) if isinstance(error, (OSError, RuntimeError, ValueError)) else None


def errno_from_message(text: str) -> int | None:
    """Return the system's error number from a library's message, or None.

    >>> errno_from_message("write failed: os error 28")
    28
    """
    found = _NUMBER.search(text)
    return None if found is None else int(found[1])


@contextlib.contextmanager
def _temporary(target: Path) -> Iterator[Path]:
    handle, name = tempfile.mkstemp(dir=target.parent or ".", prefix=f".{target.name}.", suffix=".tmp")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _fsync(temporary)
        temporary.chmod(0o666 & ~_umask())  # mkstemp makes files that only the owner reads
        temporary.replace(target)
        if os.name == "posix":
            _fsync(target.parent)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _umask() -> int:
    umask = os.umask(0)
    os.umask(umask)
    return umask


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
