"""Arrays: inputs, targets and sample weights in memory, checked once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corne import tree
from corne.errors import ArgumentError
from corne.training.adapters.prepare import NAMES, check_lengths, is_arrays, is_number_list, prepared


@dataclass(frozen=True)
class Arrays:
    """Inputs, targets and sample weights of one number of samples.

    Attributes:
        x: Inputs: an array or a structure of arrays, with the samples along their first axis.
        y: Targets, likewise, or None.
        sample_weight: Weights, likewise, or None.
        size: Number of samples.
    """

    x: Any
    y: Any
    sample_weight: Any
    size: int

    @staticmethod
    def fit(data: Any) -> bool:
        """Return whether ``data`` are arrays, a structure of them, or a list of numbers."""
        return is_arrays(data) or is_number_list(data)

    @classmethod
    def of(cls, x: Any, y: Any = None, sample_weight: Any = None) -> Arrays:
        """Return the user's data as arrays.

        Raises:
            DataError: Lengths differ, there is no sample, or an array holds objects.

        >>> import numpy as np
        >>> Arrays.of([1, 2, 3], np.zeros(3)).size
        3
        """
        x, y, sample_weight = (prepared(n, v) for n, v in zip(NAMES, (x, y, sample_weight), strict=True))
        return cls(x, y, sample_weight, check_lengths(x, y, sample_weight))

    @property
    def parts(self) -> tuple[Any, Any, Any]:
        """``(x, y, sample_weight)``."""
        return self.x, self.y, self.sample_weight

    def split(self, fraction: float) -> tuple[Arrays, Arrays]:
        """Return the samples before and in the last ``fraction``, which are for validation.

        Raises:
            ArgumentError: A fraction outside 0 to 1, or one that leaves a part empty.
        """
        if isinstance(fraction, bool) or not isinstance(fraction, (int, float)) or not 0 < fraction < 1:
            raise ArgumentError("fit(validation_split=…)", "a number between 0 and 1", repr(fraction), "")
        cut = int(self.size * (1.0 - fraction))
        if cut in (0, self.size):
            raise ArgumentError(
                "fit(validation_split=…)", "a fraction that leaves samples on both sides",
                f"{fraction} of {self.size} samples", "Change the fraction.",
            )  # fmt: skip
        return self._between(0, cut), self._between(cut, self.size)

    def _between(self, first: int, last: int) -> Arrays:
        def pick(leaf: Any) -> Any:
            return None if leaf is None else leaf[first:last]

        x, y, sample_weight = (tree.map_structure(pick, part) for part in self.parts)
        return Arrays(x, y, sample_weight, last - first)
