"""Trace: torch's profile of some batches."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corne import checks
from corne.errors import ArgumentError, BackendError

WHERE = "TensorBoard(profile_batch=…)"


class Trace:
    """Records what the processor and the GPU do from one training batch to another.

    Args:
        batches: A batch's number from 1, a pair of the first and the last, or both as "first,last"; 0 is none.

    Raises:
        ArgumentError: Something else, or a last batch before the first.
    """

    def __init__(self, batches: Any) -> None:
        self.first, self.last = _range(batches)
        self._profiler: Any = None

    def check_engine(self) -> None:
        """Check that the backend can be profiled.

        Raises:
            BackendError: Batches are to be profiled on a backend without torch.
        """
        from corne.backend import backend

        if self.first and backend() != "torch":
            raise BackendError(
                WHERE, "a backend on torch, which brings the profiler", f"the {backend()} backend",
                "Set profile_batch=0, or choose the cpu or cuda backend.",
            )  # fmt: skip

    def before(self, batch: int, folder: Path) -> None:
        """Start before the first of the batches."""
        if batch == self.first and self._profiler is None:
            from torch.profiler import profile, tensorboard_trace_handler

            self._profiler = profile(on_trace_ready=tensorboard_trace_handler(str(folder)))
            self._profiler.start()

    def after(self, batch: int) -> None:
        """Stop after the last of them."""
        if batch >= self.last:
            self.stop()

    def stop(self) -> None:
        """Write the trace, if one is being recorded."""
        if self._profiler is not None:
            profiler, self._profiler = self._profiler, None
            profiler.stop()


def _range(batches: Any) -> tuple[int, int]:
    pair = batches
    if isinstance(batches, str):
        try:
            pair = [int(part) for part in batches.split(",")]
        except ValueError:
            pair = []
    if not isinstance(pair, (list, tuple)):
        number = checks.integer(WHERE, pair, least=0)
        return number, number
    if len(pair) == 2:
        first, last = (checks.integer(WHERE, each, least=1) for each in pair)
        if first <= last:
            return first, last
    raise ArgumentError(WHERE, "a batch's number, or the first and the last of several", repr(batches))
