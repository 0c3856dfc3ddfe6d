"""Names that programs of older Keras versions use; as in Keras 3 each raises an error that says what to do."""

from __future__ import annotations

from typing import Any

from corne.errors import StateError


class _Legacy:
    """Base of the names: making one raises.

    Raises:
        StateError: Always.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        raise StateError(
            f"optimizers.legacy.{name}(…)", "an optimizer of today", "one of Keras 2's old ones",
            f"Use optimizers.{name}; its decay=… is the schedule InverseTimeDecay.",
        )  # fmt: skip


class Adagrad(_Legacy):
    """Use :class:`corne.optimizers.Adagrad`."""


class Adam(_Legacy):
    """Use :class:`corne.optimizers.Adam`."""


class Ftrl(_Legacy):
    """Use :class:`corne.optimizers.Ftrl`."""


class RMSprop(_Legacy):
    """Use :class:`corne.optimizers.RMSprop`."""


class SGD(_Legacy):
    """Use :class:`corne.optimizers.SGD`."""


class Optimizer(_Legacy):
    """Use :class:`corne.optimizers.Optimizer`."""
