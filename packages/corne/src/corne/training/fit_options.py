"""FitOptions: the arguments of ``fit`` other than the data, checked once."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from corne import checks, config, tree
from corne.errors import ArgumentError
from corne.training.callbacks.callback_list import CallbackList
from corne.training.frequency import check_frequency


@dataclass(frozen=True)
class FitOptions:
    """The arguments of :meth:`corne.Model.fit` other than ``x``, ``y`` and ``sample_weight``; see there.

    Raises:
        ArgumentError: A number of epochs or steps, ``class_weight``, ``validation_freq`` or ``checkpoint_freq`` that
            can't be used.

    >>> FitOptions(epochs=4, validation_freq=2).validation_epochs
    [1, 3]
    """

    batch_size: int | None = None
    epochs: int = 1
    verbose: str | int = "auto"
    callbacks: Any = None
    validation_split: float = 0.0
    validation_data: Any = None
    shuffle: bool | str = True
    class_weight: Mapping[int, float] | None = None
    initial_epoch: int = 0
    steps_per_epoch: int | None = None
    validation_steps: int | None = None
    validation_batch_size: int | None = None
    validation_freq: Any = 1
    checkpoint: Any = None
    checkpoint_freq: str | int = "epoch"
    resume: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "initial_epoch"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
                raise ArgumentError(f"fit({name}=…)", "an integer, zero or more", repr(value), "")
        check_steps("fit(steps_per_epoch=…)", self.steps_per_epoch)
        check_steps("fit(validation_steps=…)", self.validation_steps)
        check_class_weight("fit(class_weight=…)", self.class_weight)
        freq = self.validation_freq
        counts = isinstance(freq, int) and not isinstance(freq, bool) and freq > 0
        if not counts and not isinstance(freq, (list, tuple, set)):
            raise ArgumentError(
                "fit(validation_freq=…)", "a positive integer or a list of epochs", repr(freq), ""
            )
        check_frequency("fit(checkpoint_freq=…)", self.checkpoint_freq)

    @cached_property
    def epoch_numbers(self) -> range:
        """The epochs to train, counted from 0; no more of them than ``config.max_epochs()``."""
        limit = config.max_epochs()
        last = self.epochs if limit is None else min(self.epochs, self.initial_epoch + limit)
        return range(self.initial_epoch, last)

    @cached_property
    def validation_epochs(self) -> list[int]:
        """The epochs that end with a validation, where there are data for one."""
        freq = self.validation_freq
        if isinstance(freq, int):
            return [epoch for epoch in self.epoch_numbers if (epoch + 1) % freq == 0]
        return [epoch for epoch in self.epoch_numbers if epoch + 1 in freq]

    def with_callbacks(self, offered: Iterable[Any]) -> FitOptions:
        """Return options whose ``callbacks`` are a flat list: those given, then those that packages offer."""
        given = self.callbacks.callbacks if isinstance(self.callbacks, CallbackList) else self.callbacks
        return dataclasses.replace(self, callbacks=[*tree.flatten(given or []), *offered])


def check_steps(where: str, steps: Any) -> None:
    """Raise ArgumentError unless ``steps`` is a positive integer or None."""
    if steps is not None:
        checks.integer(where, steps, least=1)


def check_class_weight(where: str, class_weight: Any) -> None:
    """Raise ArgumentError unless ``class_weight`` is None or a dict from class numbers to factors."""
    if class_weight is None:
        return
    if not isinstance(class_weight, Mapping):
        pairs = isinstance(class_weight, (list, tuple)) and all(
            isinstance(w, (int, float)) for w in class_weight
        )
        fix = f"Pass {dict(enumerate(class_weight))}." if pairs and len(class_weight) < 20 else ""
        raise ArgumentError(where, "a dict from class numbers to factors", type(class_weight).__name__, fix)
    for label, weight in class_weight.items():
        checks.integer(f"{where}: a class", label, least=0)
        checks.number(f"{where}[{label}]", weight, least=0)
