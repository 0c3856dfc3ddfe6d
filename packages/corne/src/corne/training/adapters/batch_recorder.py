"""BatchRecorder: sees how one adapter's batches are made and used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any


class BatchRecorder:
    """Sees how the batches of one data adapter are made and used; each method does nothing more than its default.

    A :class:`corne.training.FitObserver` returns one from ``recorder`` to record what data draw from random
    generators, as exact resume needs. Batches may be made in a thread ahead of their use.
    """

    def watch(self, owner: object) -> None:
        """Note the user's data, before anything of them is read."""

    def batches(self, begin: Callable[[], Iterable[Any]]) -> Iterator[Any]:
        """Return the batches of a pass.

        Args:
            begin: Returns the user's batches.
        """
        return iter(begin())

    def discard(self) -> None:
        """Note that a resumed run won't make the batches of this pass again."""

    def consumed(self, batch: Any) -> None:
        """Note that a batch, the next of those made, is used now."""

    def run_hook(self, end: bool, call: Callable[[], None]) -> None:
        """Run what the data do when an epoch begins or ends.

        Args:
            end: Whether the epoch ends.
            call: The data's own function.
        """
        call()

    def drawn_by(self, make: Callable[[], Any]) -> tuple[Any, list[str]]:
        """Return the result of ``make()``, and the names of the generators it drew from, where they are recorded."""
        return make(), []

    def get_state(self, running: bool) -> dict[str, Any]:
        """Return what a resumed run needs to make the used batches of the pass again.

        Args:
            running: Whether a pass is running.
        """
        return {}

    def replay(self, state: dict[str, Any], begin: Callable[[], None], end: Callable[[], None]) -> None:
        """Prepare to make the used batches again.

        Args:
            state: What :meth:`get_state` returned.
            begin: What the data do when an epoch begins.
            end: What they do when it ends.
        """

    def restore(self, state: dict[str, Any], count: int, last: Any) -> None:
        """Finish: all used batches have been made again.

        Args:
            state: What :meth:`get_state` returned.
            count: How many batches were made again.
            last: The last of them, or None.
        """
