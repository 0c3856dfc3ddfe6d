"""Reuse the memory that steps free."""

from __future__ import annotations

import ctypes
import functools
import os

#: Their numbers in glibc's ``malloc.h``.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT = 512 << 20  # bytes
_LARGEST = 32 << 20  # bytes: glibc takes no more


@functools.cache
def keep_freed_memory() -> None:
    """Make the C library keep up to 512 MB of freed memory instead of returning it to the system.

    A step frees its arrays at its end, and glibc then returns their memory: more of it than it keeps is free. The
    next step asks for it again, page by page, which is a fifth of the time of a dense network's step. Nothing is
    changed if ``CORNE_KEEP_MEMORY`` is 0, if the environment sets glibc's malloc up itself, or without glibc.
    """
    if os.environ.get("CORNE_KEEP_MEMORY") == "0":
        return
    if any(name.startswith("MALLOC_") or name == "GLIBC_TUNABLES" for name in os.environ):
        return
    if os.name == "posix":
        library = ctypes.CDLL(None)
        if hasattr(library, "gnu_get_libc_version"):
            library.mallopt(_TRIM_THRESHOLD, _KEPT)
            library.mallopt(_MMAP_THRESHOLD, _LARGEST)
