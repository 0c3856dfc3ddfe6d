"""FitRun: one fit while it runs, as observers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from corne.layer import tracking
from corne.training.batch_source import BatchSource
from corne.training.callbacks.callback_list import CallbackList
from corne.training.fit_options import FitOptions
from corne.training.trainable import Trainable
from corne.variable import Variable


@dataclass(frozen=True)
class FitRun:
    """One fit while it runs.

    Attributes:
        model: The model.
        options: The arguments of fit; ``callbacks`` are a flat list.
        data: The training data.
        validation: The validation data, or None.
        callbacks: The callbacks, with those that fit adds.
    """

    model: Trainable
    options: FitOptions
    data: BatchSource
    validation: BatchSource | None
    callbacks: CallbackList

    @property
    def layers(self) -> list[Any]:
        """The model and all layers in it."""
        return self.model._flatten_layers()

    @property
    def compile_arguments(self) -> Mapping[str, Any]:
        """The arguments of ``compile`` as given."""
        return self.model._compile_arguments

    @property
    def variables(self) -> list[Variable]:
        """Every variable that training changes: those of a step, and state that layers hold beside their weights."""
        found = self.model._variables_of("train")
        for layer in self.layers:
            for transient in tracking.own_objects(layer, tracking.Transient):
                found += transient.variables
        return tracking.unique(iter(found))

    @property
    def trained_variables(self) -> list[Variable]:
        """The variables that an evaluation leaves as they are."""
        optimizers = self.model._optimizers()
        return [*self.model.trainable_variables, *(v for each in optimizers for v in each.variables)]

    def get_step_states(self) -> list[list[Any]]:
        """Return ``[kind, state]`` of each step in use."""
        model = self.model
        return [
            [key[0], step.get_state()]
            for key, step in model._corne_steps.items()
            if key == model._step_key(key[0])
        ]

    def set_step_states(self, states: list[list[Any]]) -> None:
        """Set what :meth:`get_step_states` returned, perhaps in another process."""
        for kind, state in states:
            self.model._make_step(kind).set_state(state)
