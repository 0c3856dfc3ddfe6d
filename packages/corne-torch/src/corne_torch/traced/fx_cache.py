"""The source texts of graphs that PyTorch caches."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def drop_cached_sources() -> Iterator[None]:
    """Drop the sources of graphs made in a ``with`` block, which PyTorch keeps for tracebacks until the process ends.

    A compiled step leaves more than 0.1 MB.
    """
    from torch.fx import graph_module

    kept: dict[str, Any] = getattr(getattr(graph_module, "_loader", None), "eval_cache", {})
    before = set(kept)
    try:
        yield
    finally:
        for name in set(kept) - before:
            kept.pop(name, None)  # another thread may drop them too
            linecache.cache.pop(name, None)
