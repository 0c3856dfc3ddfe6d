"""History: what fit returns."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from corne.training.callbacks.callback import Callback


class History(Callback):
    """Keeps the logs of every epoch; one passed to several fits keeps collecting.

    Attributes:
        epoch: Numbers of the last fit's epochs.
        history: For each quantity the list of its values, one for each epoch.
    """

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list[Any]] = {}

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for key, value in (logs or {}).items():
            self.history.setdefault(key, []).append(value)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": self.epoch, "history": self.history}

    def set_state(self, state: dict[str, Any]) -> None:
        self.epoch, self.history = list(state["epoch"]), {k: list(v) for k, v in state["history"].items()}

    def _repr_html_(self) -> str:
        """Return a table of the logs for notebooks: one row for each epoch of the last fit."""
        from html import escape

        def row(tag: str, values: Iterable[Any]) -> str:
            cells = (f"{value:.4g}" if isinstance(value, float) else str(value) for value in values)
            return "<tr>" + "".join(f"<{tag}>{escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        columns = [values[-len(self.epoch) :] for values in self.history.values()] if self.epoch else []
        rows = [row("td", (epoch + 1, *values)) for epoch, *values in zip_longest(self.epoch, *columns)]
        return f"<table>{row('th', ('epoch', *self.history))}{''.join(rows)}</table>"
