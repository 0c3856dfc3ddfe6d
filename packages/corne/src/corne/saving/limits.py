"""Limits on files before they are read: safe JSON, safe archives."""

from __future__ import annotations

import json
import os
import re
import stat
import zipfile
from pathlib import Path
from typing import Any, BinaryIO

from corne.errors import FileFormatError
from corne.saving.read_errors import Problem, exceeds_stored_size, raise_problem, wrap_read_errors

#: The configuration of a network with 10,000 layers takes about 10 MB.
MOST_JSON_BYTES = 64 * 2**20
#: A model inside a model adds six levels; beyond this, reading would end at Python's own limit.
MOST_JSON_LEVELS = 300
MOST_MEMBERS = 100_000
_ENCRYPTED = 1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def where_of(source: Any) -> str:
    """Return the name of a path or an open file for messages."""
    if isinstance(source, (str, os.PathLike)):
        return os.fspath(source)
    return str(getattr(source, "name", None) or f"<{type(source).__name__}>")


def parse_json(text: str | bytes, where: str) -> Any:
    """Parse JSON text within limits.

    Args:
        text: The text, or its bytes in UTF-8.
        where: The file and the member it is from, for messages.

    Raises:
        FileFormatError: It isn't JSON, is larger than 64 MiB, nests deeper than 300 levels, or has a name
            twice in one object, of which readers use different ones.

    >>> parse_json('{"units": 8}', "m.keras:config.json")
    {'units': 8}
    """
    if len(text) > MOST_JSON_BYTES:
        raise FileFormatError(
            where, f"at most {MOST_JSON_BYTES} bytes of JSON", f"{len(text)}",
            "The file is corrupt or made to exhaust memory.",
        )  # fmt: skip
    with wrap_read_errors(where, "JSON in UTF-8"):
        decoded = text.decode() if isinstance(text, bytes) else text
    if (levels := _levels(decoded)) > MOST_JSON_LEVELS:
        raise FileFormatError(
            where, f"at most {MOST_JSON_LEVELS} levels of nesting", f"{levels}",
            "The file is corrupt or made to exhaust the stack.",
        )  # fmt: skip

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise FileFormatError(
                where, "each name once in an object", f"{twice!r} twice", "The file is corrupt."
            )
        return result

    with wrap_read_errors(where, "JSON"):
        return json.loads(decoded, object_pairs_hook=once)


def _levels(text: str) -> int:
    """Return the depth of nested brackets, up to the first level beyond the limit."""
    if text.count("[") + text.count("{") <= MOST_JSON_LEVELS:
        return 0
    level = deepest = 0
    for match in _BRACKETS.finditer(text):
        token = match[0]
        if token in "[{":
            level += 1
            deepest = max(deepest, level)
            if deepest > MOST_JSON_LEVELS:
                break
        elif token in "]}":
            level -= 1
    return deepest


def open_zip(
    source: Path | BinaryIO, expected: str, problem: Problem = raise_problem, any_case: bool = False
) -> zipfile.ZipFile:
    """Open a zip archive after checking every member with :func:`check_members`.

    Args:
        source: The file: a path, or an open binary file.
        expected: What it should be, for messages: "a .keras archive".
        problem: As for :func:`check_members`.
        any_case: As for :func:`check_members`.

    Raises:
        FileFormatError: It is not a zip archive, or :func:`check_members` refuses a member.
    """
    where = where_of(source)
    with wrap_read_errors(where, expected):
        archive = zipfile.ZipFile(source)
    try:
        check_members(archive, where, problem, any_case)
    except BaseException:
        archive.close()
        raise
    return archive


def check_members(
    archive: zipfile.ZipFile, where: str, problem: Problem = raise_problem, any_case: bool = False
) -> None:
    """Check every member's entry in the archive's directory before anything is unpacked.

    Args:
        archive: The open archive.
        where: Its file, for messages.
        problem: Called with an error for each member that is a duplicate, a link, encrypted, compressed in a
            rare way, or has a path that leads elsewhere. Default: raise it.
        any_case: Whether names may differ in case alone, as arrays' may. Default False.

    Raises:
        FileFormatError: There are more than 100,000 members, or the default ``problem`` raises.
    """
    infos = archive.infolist()
    if len(infos) > MOST_MEMBERS:
        raise FileFormatError(
            where, f"at most {MOST_MEMBERS} members", str(len(infos)),
            "The file is corrupt or made to exhaust memory.",
        )  # fmt: skip
    seen: set[str] = set()
    for info in infos:
        name = info.filename if any_case else info.filename.casefold()
        found = ("each member once", "a duplicate") if name in seen else _problem(info)
        seen.add(name)
        if found is not None:
            expected, given = found
            problem(
                FileFormatError(
                    f"{where}:{info.filename}", expected, given, "The file is corrupt or malicious."
                )
            )


def _problem(info: zipfile.ZipInfo) -> tuple[str, str] | None:
    """Return what was expected of a member and what was found, or None if it is fine."""
    name = info.orig_filename  # zipfile cuts names at a null byte
    if name.startswith("/") or "\\" in name or "\0" in name or name[1:2] == ":" or ".." in name.split("/"):
        return "a path inside the archive", f"the path {name!r}"
    if stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "a file", "a link or a device"
    if info.flag_bits & _ENCRYPTED:
        return "a plain member", "an encrypted one"
    if info.compress_type not in _METHODS:
        return "a stored or deflated member", f"compression method {info.compress_type}"
    return None


def check_size(info: zipfile.ZipInfo, where: str) -> None:
    """Check that a member's unpacked size is plausible for its compressed size.

    Raises:
        FileFormatError: It is more than 100 times as large.
    """
    if exceeds_stored_size(info.file_size, info.compress_size):
        raise FileFormatError(
            where, "contents of about their compressed size", f"{info.file_size} bytes from {info.compress_size}",
            "The file is corrupt or made to exhaust memory.",
        )  # fmt: skip
