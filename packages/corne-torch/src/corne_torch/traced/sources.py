"""The texts that PyTorch keeps of graphs."""

from __future__ import annotations

import linecache
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def forgotten() -> Iterator[None]:
    """Forget the texts of graphs that are made inside, which PyTorch keeps for tracebacks as long as the process lives.

    A compiled step's come to more than 0.1 MB.
    """
    from torch.fx import graph_module

    kept: dict[str, Any] = getattr(getattr(graph_module, "_loader", None), "eval_cache", {})
    before = set(kept)
    try:
        yield
    finally:
        for name in set(kept) - before:
            kept.pop(name, None)  # another thread may forget them too
            linecache.cache.pop(name, None)
