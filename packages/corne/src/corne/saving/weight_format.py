"""The interface of weights-file formats, which plugins implement (hook ``corne_weight_formats``)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection
from contextlib import AbstractContextManager
from pathlib import Path

from corne.saving.atomic import atomic_write
from corne.saving.read_errors import Problem, raise_problem
from corne.saving.tensors import Weights


class WeightFormat(ABC):
    """Reads and writes tensors by name; it never sees a model.

    ``save_weights``, ``load_weights``, ``corne inspect`` and ``corne convert`` choose a format by the path's
    ending when they write, and by :meth:`recognizes` when they read.
    """

    #: Its name in reports: "safetensors".
    label: str

    @abstractmethod
    def recognizes(self, path: Path, header: bytes) -> bool:
        """Return whether a file is of this format, by its content where that decides.

        Args:
            path: The file.
            header: Its first 64 bytes.

        Raises:
            FileFormatError: It is of this format, but corrupt.
        """

    @abstractmethod
    def write(self, path: Path, weights: Weights) -> None:
        """Write tensors to a temporary path, which is renamed once the file is complete."""

    @abstractmethod
    def open(self, path: Path, problem: Problem = raise_problem) -> AbstractContextManager[Weights]:
        """List the tensors of a file; their values are read inside the ``with`` block.

        Allocate nothing of a merely declared size, and run no code from the file.

        Args:
            path: The file.
            problem: Called with an error for each part that can't be read. Default: raise it.

        Raises:
            FileFormatError: The file is corrupt or of another kind.
        """

    def save(self, path: Path, weights: Weights) -> None:
        """Write tensors to a file, completely or not at all."""
        with atomic_write(path) as temporary:
            self.write(temporary, weights)

    def conflict(self, names: Collection[str]) -> str | None:
        """Return why one file can't hold tensors of these names, or None."""
        return None
