"""Find out which Keras wrote a file, as far as reading depends on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from corne.errors import FileFormatError

#: Arguments that only Keras 1 had.
_KERAS_1_WORDS = frozenset(
    {
        "nb_filter",
        "border_mode",
        "init",
        "inner_init",
        "W_regularizer",
        "dim_ordering",
        "p",
        "subsample_length",
    }
)


@dataclass(frozen=True)
class Origin:
    """The writer of a file.

    Args:
        major: 1, 2 or 3.
        backend: Keras's backend, "" if unknown.
        minor: The version's second and third number, None if unknown.
    """

    major: int
    backend: str = ""
    minor: tuple[int, int] | None = None

    @property
    def sorts_state(self) -> bool | None:
        """Whether optimizers kept their state by the weights' names, not their order; None if unknown."""
        if self.major != 2 or self.minor is None or self.minor >= (1, 0):
            return False if self.major > 1 else None
        return True if self.minor <= (0, 5) else None

    @classmethod
    def of(cls, version: str, backend: str, config: Any, where: str) -> Origin:
        """Return the origin from a file's version or, if it has none, from its vocabulary.

        Args:
            version: Such as "2.2.4-tf", "" if unknown.
            backend: Such as "tensorflow", "" if unknown.
            config: The model's configuration, or None.
            where: The file, for messages.

        Raises:
            FileFormatError: An invalid or later version.
        """
        if not version:
            return cls(1 if config is not None and _speaks_keras_1(config) else 2, backend)
        found = re.match(r"(\d{1,4})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?", version)
        if found is None or not 0 < int(found[1]) <= 3:
            raise FileFormatError(
                where, "keras_version 1, 2 or 3", repr(version[:40]),
                "The file is corrupt or was written by a later version of Keras.",
            )  # fmt: skip
        minor = (int(found[2]), int(found[3] or 0)) if found[2] else None
        return cls(int(found[1]), backend, minor)


def _speaks_keras_1(value: Any) -> bool:
    if isinstance(value, dict):
        return bool(_KERAS_1_WORDS & value.keys()) or any(map(_speaks_keras_1, value.values()))
    return isinstance(value, list) and any(map(_speaks_keras_1, value))
