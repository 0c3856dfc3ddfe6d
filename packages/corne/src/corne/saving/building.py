"""Build models from a file's configuration, which may be corrupt or malicious."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from corne import serialization
from corne._state import override
from corne.errors import CorneError, FileFormatError

#: Weights are created before the file's are loaded. Optimizers without state in the file create up to three
#: slots per weight, and short dtypes may be stored for long ones.
_TIMES_STORED = 8
_ALLOWANCE = 64 * 2**20


def build_model(
    config: Any, where: str, custom_objects: Mapping[str, Any] | None = None, stored: int | None = None
) -> Any:
    """Build the model that a configuration describes.

    Args:
        config: The parsed JSON of the file.
        where: The file and the member it is from, for messages.
        custom_objects: Names that it may use in addition to the registered ones.
        stored: The bytes of weights in the file; a configuration that makes far more of them is refused
            before they are allocated. Default: the limit is this machine's memory.

    Raises:
        FileFormatError: It describes no model, or none that can be built.
        CorneError: A layer refuses its arguments.
    """
    try:
        with override(allocate=_limit(where, stored)):
            model = serialization.deserialize_object(config, custom_objects=custom_objects)
    except FileFormatError as error:
        if error.where.startswith(where):
            raise
        raise FileFormatError(f"{where}: {error.where}", error.expected, error.given, error.fix) from error
    except CorneError as error:
        error.add_note(f"while building a model from {where}")
        raise
    except Exception as error:  # a constructor that meets values of any type can raise anything
        place = next(iter(getattr(error, "__notes__", ())), "its outermost level")
        raise FileFormatError(
            where, "a configuration that its classes accept", f"{type(error).__name__} in {place}: {error}",
            "The file is corrupt, or written by another version of the class.",
        ) from error  # fmt: skip
    if not (hasattr(model, "save_own_variables") and hasattr(model, "to_json")):
        raise FileFormatError(
            where, "the configuration of a model", type(model).__name__, "The file is corrupt."
        )
    return model


def _limit(where: str, stored: int | None) -> Callable[[str, int], None]:
    """Return a function that is called with the size of every new variable."""
    memory = _memory()
    limit = memory if stored is None else min(stored * _TIMES_STORED + _ALLOWANCE, memory)
    source = "fits this machine's memory" if stored is None or limit == memory else "the file has weights for"
    made = 0

    def allocate(name: str, size: int) -> None:
        nonlocal made
        made += size
        if made > limit:
            raise FileFormatError(
                where, f"weights of at most {limit} bytes, which {source}", f"{made} with variable {name!r}",
                "The file is corrupt or made to exhaust memory.",
            )  # fmt: skip

    return allocate


def _memory() -> int:
    """Return the size of this machine's memory, in bytes."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not every system reports it
        return 1 << 40
