"""get_file: fetch a file once, check it, keep it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from corne import config
from corne.errors import ArgumentError

from corne_data.errors import HashError
from corne_data.extraction import ARCHIVES, extract_archive
from corne_data.lock import locked
from corne_data.transfer import transfer

_ALGORITHMS = {32: "md5", 40: "sha1", 64: "sha256", 128: "sha512"}
_CHUNK = 2**20


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """Return the path of a file, fetched if it isn't there yet.

    A file is whole or absent: it is fetched as ``<name>.part``, checked, and renamed. A cut connection is resumed
    where it was cut, if the server still has the same file. Processes that want the same file wait for the one that
    fetches it. Of a file that nobody published a hash of, the SHA-256 of the first fetch is kept beside it, and
    checked ever after.

    Args:
        fname: Name on disk. Default: the last part of the address.
        origin: The address: http, https or file.
        untar: Whether to unpack a tar archive; ``extract=True`` unpacks any.
        md5_hash: MD5 of the file, in hexadecimal; ``file_hash`` is for any algorithm.
        file_hash: Hash of the file, in hexadecimal. A file that doesn't fit is fetched again.
        cache_subdir: Folder inside ``cache_dir``. Default ``"datasets"``.
        hash_algorithm: ``"md5"``, ``"sha1"``, ``"sha256"``, ``"sha512"``, or ``"auto"`` for what fits the hash's
            length. Default ``"auto"``.
        extract: Whether to unpack the archive. Default False.
        archive_format: ``"auto"``, ``"tar"``, ``"zip"``, a list of those, or None for none. Default ``"auto"``.
        cache_dir: Default: Corne's home, ``$CORNE_HOME`` or ``~/.corne``.
        force_download: Whether to fetch what is there, too. Default False.

    Returns:
        The file's path; of an unpacked archive the folder's, beside it and named ``<name>_extracted`` (or the name
        without its ending for ``untar=True``).

    Raises:
        ArgumentError: No address, a name that leads out of the folder, an unknown algorithm or format.
        DownloadError: The file can't be fetched. The message says what to put where instead.
        HashError: What was fetched is another file.
        FileFormatError: The archive is corrupt, or would write outside of its folder.
    """
    algorithm, digest = _hash_wanted(md5_hash, file_hash, hash_algorithm)
    formats = _formats(archive_format, extract or untar)
    if not origin:
        raise ArgumentError("get_file(origin=…)", "an address", repr(origin), "Pass https://… or file:///….")
    folder = Path(cache_dir).expanduser() if cache_dir is not None else config.home()
    folder = folder / cache_subdir
    path = folder / _safe_name(fname, origin)
    path.parent.mkdir(parents=True, exist_ok=True)
    with locked(path):
        if force_download or not _is_good(path, algorithm, digest):
            transfer(origin, path, algorithm, digest)
            if digest is None:
                _note(path).write_text(file_digest(path, "sha256") + "\n", encoding="ascii")
        if not (extract or untar):
            return str(path)
        name = path.name.partition(".")[0] if untar and not extract else f"{path.name}_extracted"
        return str(extract_archive(path, path.with_name(name), formats))


def file_digest(path: Path, algorithm: str) -> str:
    """Return a file's hash in hexadecimal, read in pieces."""
    state = hashlib.new(algorithm)
    with path.open("rb") as file:
        while piece := file.read(_CHUNK):
            state.update(piece)
    return state.hexdigest()


def _is_good(path: Path, algorithm: str, digest: str | None) -> bool:
    """Return whether the file is there and is the one meant."""
    if not path.is_file():
        return False
    if digest is not None:
        return file_digest(path, algorithm) == digest
    note = _note(path)
    if not note.is_file():  # put there by hand
        return True
    known = note.read_text(encoding="ascii").strip()
    if file_digest(path, "sha256") != known:
        raise HashError(
            str(path), f"the file that was fetched first, with SHA-256 {known}", "a file that has changed since",
            f"Delete {path.name} to fetch it again, or {note.name} to keep it.",
        )  # fmt: skip
    return True


def _note(path: Path) -> Path:
    return path.with_name(f"{path.name}.sha256")


def _hash_wanted(md5: str | None, digest: str | None, algorithm: str) -> tuple[str, str | None]:
    names = [*_ALGORITHMS.values(), "auto"]
    if algorithm not in names:
        raise ArgumentError("get_file(hash_algorithm=…)", f"one of {', '.join(names)}", repr(algorithm), "")
    if md5 is not None and digest is None:
        algorithm, digest = "md5", md5
    if digest is None:
        return "sha256", None
    digest = digest.lower()
    fitting = _ALGORITHMS.get(len(digest)) if re.fullmatch(r"[0-9a-f]+", digest) else None
    if fitting is None or algorithm not in ("auto", fitting):
        wanted = "MD5, SHA-1, SHA-256 or SHA-512" if algorithm == "auto" else algorithm
        raise ArgumentError("get_file(file_hash=…)", f"a hash of {wanted}, in hexadecimal", repr(digest), "")
    return fitting, digest


def _formats(archive_format: Any, wanted: bool) -> tuple[str, ...]:
    if archive_format is None or not wanted:
        return ()
    names = [archive_format] if isinstance(archive_format, str) else list(archive_format)
    for name in names:
        if name not in ("auto", *ARCHIVES):
            raise ArgumentError(
                "get_file(archive_format=…)", f"one of auto, {', '.join(ARCHIVES)}", repr(name), ""
            )
    return tuple(ARCHIVES) if "auto" in names else tuple(names)


def _safe_name(fname: str | os.PathLike[str] | None, origin: str) -> str:
    """Return the name on disk, which may have folders but doesn't lead out of where it should be."""
    name = os.fspath(fname) if fname is not None else Path(unquote(urlparse(origin).path)).name
    parts = Path(name).parts
    if not name or Path(name).is_absolute() or ".." in parts or "\\" in name or "\0" in name:
        raise ArgumentError(
            "get_file(fname=…)",
            "a name inside the cache's folder",
            repr(name),
            "Set cache_dir for another folder.",
        )
    return name
