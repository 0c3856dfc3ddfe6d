"""Operations that PyTorch carries out directly, by the names they have in ``corne.ops``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

KERNELS: dict[str, Callable[..., Any]] = {}
