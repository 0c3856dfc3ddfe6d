"""Step: what a backend makes of a training, evaluation or prediction step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Step(Protocol):
    """A step as a backend runs it: called with a batch, again and again.

    ``Backend.step`` returns one. :class:`PlainStep` is the default, and a base for steps that need only some of
    these methods.
    """

    @property
    def decision(self) -> str:
        """How the step runs and why, as ``model.explain_steps()`` shows it."""
        ...

    def __call__(self, batch: Any) -> Any:
        """Run the step on a batch and return what its function returns."""
        ...

    def expect(
        self,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None:
        """Prepare for a number of calls, most of them with batches like the next one.

        Args:
            calls: How many calls will follow; None if unknown.
            notify: Called with a line for the user before something takes long. Default None: print nothing.
            first_report_after: How many calls pass before the user sees results. Default None: unknown.
        """
        ...

    def get_state(self) -> dict[str, Any]:
        """Return what decides how later calls run, as JSON and NumPy can hold it."""
        ...

    def set_state(self, state: dict[str, Any]) -> None:
        """Decide from now on as the step that returned ``state``, perhaps in another process."""
        ...


class PlainStep:
    """A step that runs its function as it is.

    Args:
        function: Called with a batch.

    >>> step = PlainStep(lambda batch: sum(batch))
    >>> step((1, 2)), step.decision
    (3, 'eager')
    """

    decision = "eager"

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function

    def __call__(self, batch: Any) -> Any:
        return self._function(batch)

    def expect(
        self,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None:
        """Do nothing: every call runs alike."""

    def get_state(self) -> dict[str, Any]:
        """Return an empty state: every call runs alike."""
        return {}

    def set_state(self, state: dict[str, Any]) -> None:
        """Do nothing: every call runs alike."""
