"""StackedRNNCells: several cells, one after the other, as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne import serialization
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.layer.signature import signature_of

from corne_recurrent._protocol import check_cell, initial_state, output_size


class StackedRNNCells(Layer):
    """Feed each cell's output to the next one; the states are the list of the cells' states.

    Args:
        cells: The cells, first to last.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, features)``; output that of the last cell; states a list with, for each cell, its
        state or its list of states.

    Raises:
        ArgumentError: No cells, or one without ``call`` or ``state_size``.

    >>> import numpy as np
    >>> from corne.layers import RNN, LSTMCell
    >>> layer = RNN(StackedRNNCells([LSTMCell(3), LSTMCell(2)]))
    >>> tuple(layer(np.ones((4, 5, 6))).shape)
    (4, 2)
    """

    def __init__(self, cells: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(cells, (list, tuple)) or not cells:
            raise ArgumentError(
                "StackedRNNCells(cells=…)", "a list of cells", repr(cells), "Pass [LSTMCell(8), LSTMCell(8)]."
            )
        for cell in cells:
            check_cell("StackedRNNCells(cells=…)", cell)
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The cells' state sizes."""
        return [cell.state_size for cell in self.cells]

    @property
    def output_size(self) -> int:
        """Size of the last cell's output."""
        return output_size(self.cells[-1])

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the cells' initial states."""
        states = [initial_state(cell, batch_size, self.compute_dtype) for cell in self.cells]
        return [
            state[0] if isinstance(cell.state_size, int) and isinstance(state, (list, tuple)) else state
            for cell, state in zip(self.cells, states, strict=True)
        ]

    def build(self, input_shape: Shape) -> None:
        """Build the cells."""
        for cell in self.cells:
            if isinstance(cell, Layer) and not cell.built:
                cell.build(input_shape)
            input_shape = (input_shape[0], output_size(cell))

    def call(
        self, inputs: Array, states: Sequence[Any], training: bool = False, **kwargs: Any
    ) -> tuple[Array, list[Any]]:
        """Take one step with every cell."""
        new_states = []
        for cell, state in zip(self.cells, states, strict=True):
            listed = isinstance(state, (list, tuple))
            extra = dict(kwargs)
            if isinstance(cell, Layer) and signature_of(type(cell).call).has_training:
                extra["training"] = training
            step = cell if callable(cell) else cell.call
            inputs, new = step(inputs, list(state) if listed else [state], **extra)
            if not isinstance(new, (list, tuple)):
                new = [new]
            new_states.append(list(new) if listed or len(new) > 1 else new[0])
        return inputs, new_states

    def compute_output_shape(self, inputs_shape: Shape, states_shape: Any = None) -> tuple[Shape, Any]:
        """Return the shapes of output and states."""
        batch = inputs_shape[0]

        def shapes(size: Any) -> Any:
            return [(batch, s) for s in size] if isinstance(size, (list, tuple)) else (batch, size)

        return (batch, self.output_size), [shapes(size) for size in self.state_size]

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        cells = [serialization.serialize_object(cell) for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        config = dict(config)
        cells = [serialization.deserialize_object(cell, kind="layers") for cell in config.pop("cells")]
        return cls(cells, **config)
