"""``pickle`` and ``copy.deepcopy`` for objects with variables."""

from __future__ import annotations

from typing import Any

from corne._lazy import load_path


class Pickled:
    """Pickles as configuration and weights; see :mod:`corne.saving.pickling`, a floor above."""

    def __reduce__(self) -> tuple[Any, ...]:
        reduced: tuple[Any, ...] = load_path("corne.saving.pickling:reduce_object")(self)
        return reduced
