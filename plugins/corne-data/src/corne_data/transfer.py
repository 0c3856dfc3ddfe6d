"""Fetching one file over HTTP: resumed where it was cut, whole or not there."""

from __future__ import annotations

import base64
import http.client
import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from corne_data.errors import DownloadError, HashError

_TIMEOUT = 30.0  # seconds without a byte
_ATTEMPTS = 5
_CHUNK = 2**18
_SCHEMES = ("http", "https", "file")


def transfer(origin: str, path: Path, algorithm: str, digest: str | None, pause: float = 0.5) -> None:
    """Fetch ``origin`` to ``path``.

    Args:
        origin: The address.
        path: Where the file goes, once it is whole and checked.
        algorithm: Of the hash.
        digest: The hash, or None if nobody published one; then one that the server states is checked.
        pause: Seconds before the second attempt, doubled before each later one. Default 0.5.

    Raises:
        DownloadError: It can't be fetched.
        HashError: It is another file.
    """
    from corne_data.download import file_digest

    fetch = _Fetch(origin, path, f"{algorithm.upper()} {digest}" if digest else "no published hash")
    if urlparse(origin).scheme not in _SCHEMES:
        raise fetch.error("an address of http, https or file", repr(urlparse(origin).scheme))
    fetch.run(pause)
    wanted, kind = (digest, algorithm) if digest else (fetch.server_md5, "md5")
    if wanted:
        given = file_digest(fetch.part, kind)
        if given != wanted:
            fetch.forget()
            raise HashError(
                f"{path.name} from {origin}", f"{kind.upper()} {wanted}", given,
                "The file was changed on its way or at its source; it is not kept.",
            )  # fmt: skip
    with fetch.part.open("rb") as file:
        os.fsync(file.fileno())
    fetch.part.replace(path)
    fetch.state.unlink(missing_ok=True)


class _Fetch:
    """The attempts to fetch one file."""

    def __init__(self, origin: str, path: Path, hash_text: str) -> None:
        self.origin, self.path, self.hash_text = origin, path, hash_text
        self.part = path.with_name(f"{path.name}.part")
        self.state = path.with_name(f"{path.name}.part.json")
        self.size: int | None = None
        self.server_md5: str | None = None

    def run(self, pause: float) -> None:
        """Try until the file is whole, and resume what an attempt has left."""
        failures = 0
        while True:
            before = self._have()
            try:
                if self._attempt():
                    return
                problem: Exception | str = f"the connection ended after {self._have()} of {self.size} bytes"
            except urllib.error.HTTPError as error:
                problem = f"HTTP {error.code} {error.reason}"
                if error.code == 416:  # what is there is not the beginning of what the server has now
                    self.forget()
                elif error.code < 500 and error.code not in (408, 429):
                    raise self.error("the server to have the file", problem) from error
            except (OSError, http.client.HTTPException) as error:
                problem = error
            failures = failures + 1 if self._have() <= before else 1
            if failures >= _ATTEMPTS:
                reason = problem if isinstance(problem, str) else f"{type(problem).__name__}: {problem}"
                cause = problem if isinstance(problem, Exception) else None
                raise self.error("a connection that brings the whole file", reason) from cause
            time.sleep(pause * 2 ** (failures - 1))

    def _attempt(self) -> bool:
        """Fetch what is missing; return whether the file is whole."""
        have, headers = self._have(), {"User-Agent": "corne", "Accept-Encoding": "identity"}
        tag = self._tag()
        if have and tag:
            headers |= {"Range": f"bytes={have}-", "If-Range": tag}
        request = urllib.request.Request(self.origin, headers=headers)
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            resumed = getattr(response, "status", 200) == 206 and _begins_at(response, have)
            self._learn(response, have if resumed else 0)
            with self.part.open("ab" if resumed else "wb") as file:
                self._copy(response, file, have if resumed else 0)
        have = self._have()
        if self.size is not None and have > self.size:
            self.forget()
            raise OSError(f"the server sent {have} bytes of {self.size}")
        return self.size is None or have == self.size

    def _learn(self, response: Any, start: int) -> None:
        length = response.headers.get("Content-Length")
        self.size = start + int(length) if length and length.isdigit() else None
        tag = response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
        self.server_md5 = _stated_md5(response) or (self.server_md5 if start else None)
        # Weak tags stand for files that mean the same, not for the same bytes.
        self.state.write_text(json.dumps({"origin": self.origin, "tag": "" if tag.startswith("W/") else tag}))

    def _copy(self, response: Any, file: Any, start: int) -> None:
        from corne_data.progress import progress

        with progress(self.path.name, self.size, start) as advance:
            while True:
                try:
                    piece = response.read(_CHUNK)
                except http.client.IncompleteRead as error:
                    file.write(error.partial)
                    raise
                if not piece:
                    return
                file.write(piece)
                advance(len(piece))

    def _have(self) -> int:
        return self.part.stat().st_size if self.part.is_file() else 0

    def _tag(self) -> str:
        try:
            known = json.loads(self.state.read_text())
            return str(known["tag"]) if known["origin"] == self.origin else ""
        except (OSError, ValueError, KeyError, TypeError):
            return ""

    def forget(self) -> None:
        """Remove what was fetched so far."""
        self.part.unlink(missing_ok=True)
        self.state.unlink(missing_ok=True)

    def error(self, expected: str, given: str) -> DownloadError:
        """Return the error that says what to put where."""
        size = f"{self.size:,} bytes" if self.size else "size unknown"
        return DownloadError(
            f"fetch {self.path.name} from {self.origin}", expected, given,
            f"Without a network: get {self.path.name} ({size}, {self.hash_text}) elsewhere and put it into "
            f"{self.path.parent}.",
        )  # fmt: skip


def _begins_at(response: Any, have: int) -> bool:
    return str(response.headers.get("Content-Range", "")).startswith(f"bytes {have}-")


def _stated_md5(response: Any) -> str | None:
    """Return the MD5 that Google's storage, or a server with Content-MD5, states; in hexadecimal."""
    for value in response.headers.get_all("x-goog-hash") or []:
        for item in value.split(","):
            kind, _, digest = item.strip().partition("=")
            if kind == "md5":
                return _hexadecimal(digest)
    whole = getattr(response, "status", 200) == 200
    return _hexadecimal(response.headers.get("Content-MD5", "")) if whole else None


def _hexadecimal(digest: str) -> str | None:
    try:
        data = base64.b64decode(digest, validate=True)
    except ValueError:
        return None
    return data.hex() if len(data) == 16 else None
