"""SwapEMAWeights: evaluation with the averages of the weights."""

from __future__ import annotations

from typing import Any

from corne.callbacks import Callback
from corne.errors import StateError


class SwapEMAWeights(Callback):
    """Puts the averages of the weights in their place while the model is evaluated or predicts.

    The optimizer keeps the averages with ``use_ema=True``. The trained weights wait in the host's memory.

    Args:
        swap_on_epoch: Whether the averages stay in the model from the end of an epoch to the beginning of the next,
            for callbacks after this one such as ModelCheckpoint. Default False.

    Raises:
        StateError: The optimizer keeps no averages.
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._trained: list[Any] | None = None  # the weights, while the model holds the averages

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._restore()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._show_averages()

    def on_train_end(self, logs: Any = None) -> None:
        self._trained = None  # training ends with the averages

    def on_test_begin(self, logs: Any = None) -> None:
        self._show_averages()

    def on_test_end(self, logs: Any = None) -> None:
        self._restore()

    def on_predict_begin(self, logs: Any = None) -> None:
        self._show_averages()

    def on_predict_end(self, logs: Any = None) -> None:
        self._restore()

    def on_close(self) -> None:
        self._restore()  # after an error

    def _show_averages(self) -> None:
        if self._trained is None:
            pairs = self._pairs()
            self._trained = [variable.numpy().copy() for variable, _ in pairs]
            for variable, average in pairs:
                variable.assign(average.value)

    def _restore(self) -> None:
        trained, self._trained = self._trained, None
        if trained is not None:
            for (variable, _), value in zip(self._pairs(), trained, strict=True):
                variable.assign(value)

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Return the weights with their averages."""
        optimizer = getattr(self.model.optimizer, "inner_optimizer", self.model.optimizer)
        parts = getattr(optimizer, "optimizers", [optimizer])
        averaging = [each for each in parts if getattr(each, "use_ema", False)]
        if not averaging:
            raise StateError(
                "SwapEMAWeights()", "an optimizer that keeps averages of the weights", "one that doesn't",
                "Make it with use_ema=True.",
            )  # fmt: skip
        return [pair for each in averaging for pair in each.averages()]

    def get_state(self) -> dict[str, Any]:
        return {"trained": self._trained}

    def set_state(self, state: dict[str, Any]) -> None:
        self._trained = state["trained"]
