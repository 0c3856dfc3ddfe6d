"""Compile a C file with the machine's compiler and load it as a library.

Libraries are kept in ``native/`` of Corne's folder (``~/.corne`` or ``$CORNE_HOME``), under a name made of source,
compiler and processor, so each is compiled once (in two seconds at most). ``CORNE_NATIVE=0`` in the environment
does without.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from corne import config

from corne_torch.toolchain import find_compiler

#: Fused multiplication and addition may round once. Errors of functions are not reported to ``errno``.
_FLAGS = ("-std=gnu11", "-O3", "-ffp-contract=fast", "-fno-math-errno", "-shared", "-fPIC")
_SECONDS = 120.0  # how long a compiler may take


class BuildError(Exception):
    """The library is unavailable; the message gives the reason."""


def load(source: Path) -> ctypes.CDLL | None:
    """Return a C file as a library, or None if the user disabled that.

    Raises:
        BuildError: There is no compiler, it fails, or the library can't be kept or loaded.
    """
    if os.environ.get("CORNE_NATIVE") == "0":
        return None
    if sys.platform == "win32":
        raise BuildError("there is no way to build it on Windows yet")
    compiler = find_compiler("CC", "cc", "gcc", "clang")
    if compiler is None:
        raise BuildError("there is no C compiler (cc, gcc, clang or $CC)")
    text = source.read_bytes()
    if _writable(config.home()):
        return _load(source, text, compiler, config.home() / "native")
    with tempfile.TemporaryDirectory() as folder:  # a loaded library needs no file
        return _load(source, text, compiler, Path(folder))


def _load(source: Path, text: bytes, compiler: list[str], folder: Path) -> ctypes.CDLL:
    parts = [text, *(word.encode() for word in (*compiler, *_FLAGS, _stamp(compiler[0]), _processor()))]
    path = folder / f"{source.stem}-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:20]}.so"
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            _compile(source, compiler, path)
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise BuildError(str(error)) from error


def _compile(source: Path, compiler: list[str], path: Path) -> None:
    """Write the library to ``path`` atomically, so that no other process sees a part of it."""
    handle, name = tempfile.mkstemp(suffix=".so", dir=path.parent)
    os.close(handle)
    native = "-mcpu=native" if platform.machine() in ("arm64", "aarch64") else "-march=native"
    try:
        done = subprocess.run(
            [*compiler, *_FLAGS, native, str(source), "-o", name],
            capture_output=True, text=True, timeout=_SECONDS, check=False,
        )  # fmt: skip
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "error" in line] or [
                f"code {done.returncode}"
            ]
            raise BuildError(f"{compiler[0]} failed: {said[0]}")
        Path(name).replace(path)
    except subprocess.SubprocessError as error:
        raise BuildError(str(error)) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            Path(name).unlink()


def _stamp(compiler: str) -> str:
    """Return a text that identifies the compiler's version."""
    path = Path(compiler).resolve()
    about = path.stat()
    return f"{path} {about.st_size} {about.st_mtime_ns}"


def _processor() -> str:
    """Return a text that identifies the processor and its features."""
    about = [platform.machine(), platform.processor()]
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        about += sorted({x for x in lines if x.startswith(("flags", "Features", "model name", "CPU part"))})
    return "\n".join(about)


def _writable(folder: Path) -> bool:
    """Return whether a folder that may not exist yet is writable."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return os.access(folder, os.W_OK)
