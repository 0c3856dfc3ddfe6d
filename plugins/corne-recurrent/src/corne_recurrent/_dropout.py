"""Dropout in recurrent networks: one choice for all time steps of a batch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from corne import ops, random
from corne.backend import Array
from corne.layer import Layer
from corne.random import SeedGenerator

Masks = tuple[Array | None, Array | None]


class DropoutCell(Layer):
    """Base of cells with dropout of their inputs and of their state.

    Attributes:
        dropout: Fraction of the inputs to drop.
        recurrent_dropout: Fraction of the state to drop where it meets the recurrent kernel.
        seed_generator: Source of the choices.
        masks_per_input: How many choices are made for one input: 1 for all gates, or one for each gate.
    """

    dropout: float
    recurrent_dropout: float
    seed_generator: SeedGenerator
    masks_per_input: int
    _kept: list[Masks] | None = None

    def dropout_masks(self, inputs: Array, state: Array) -> Masks:
        """Return what multiplies the inputs and what multiplies the state, drawn again outside ``same_masks``.

        Each has the shape of one step, ``(batch, size)``, with an axis of gates before where every gate has
        its own; None where nothing is dropped.
        """
        if self._kept:
            return self._kept[0]
        masks = self._draw(inputs, self.dropout), self._draw(state, self.recurrent_dropout)
        if self._kept is not None:
            self._kept.append(masks)
        return masks

    def _draw(self, like: Array, rate: float) -> Array | None:
        if rate == 0:
            return None
        ones = ops.ones_like(like)
        drawn = [random.dropout(ones, rate, seed=self.seed_generator) for _ in range(self.masks_per_input)]
        return drawn[0] if self.masks_per_input == 1 else ops.stack(drawn)


@contextmanager
def same_masks(layer: Layer) -> Iterator[None]:
    """Let the cells in ``layer`` draw once, at their first step, and keep to that."""
    with ExitStack() as stack:
        for cell in layer._flatten_layers():
            if isinstance(cell, DropoutCell) and cell._kept is None:
                cell._kept = []
                stack.callback(setattr, cell, "_kept", None)
        yield
