"""RNN: any cell, run over the steps of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne import ops, serialization, tree
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import Layer
from corne.layer.shapes import map_shapes
from corne.layer.signature import signature_of
from corne.layer.tracking import Transient
from corne.variable import Variable

from corne_recurrent._cell import Cell
from corne_recurrent._dropout import same_masks
from corne_recurrent._protocol import check_cell, initial_state, output_size
from corne_recurrent.stacked_rnn_cells import StackedRNNCells


class RNN(Layer):
    """Run a cell over the steps of sequences.

    Args:
        cell: Has ``call(inputs, states) -> (output, new states)`` and ``state_size``, an integer or a list of
            them; a list of cells is stacked. ``output_size`` and ``get_initial_state(batch_size)`` are used
            if it has them.
        return_sequences: Whether to return the outputs of all steps rather than the last one's.
            Default False.
        return_state: Whether to return the last states too. Default False.
        go_backwards: Whether to start from the last step; outputs come in the order they are made.
            Default False.
        stateful: Whether each batch starts from the states that the one before ended with, sample by
            sample. Default False.
        unroll: In Keras, whether the graph holds every step. Here it does in any case; the number of steps
            must be known. Default False.
        zero_output_for_mask: Whether a masked step's output is 0 rather than the step's before.
            Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        sequences ``(batch, steps, ...)``, or a structure of such for a cell that takes it; mask ``(batch,
        steps)``, false for steps to pass over; output ``(batch, output_size)``, or ``(batch, steps,
        output_size)`` with ``return_sequences``, followed with ``return_state`` by the states, ``(batch,
        state_size)`` each.

    Raises:
        ArgumentError: ``cell`` can't be used as one.
        ShapeError: ``stateful`` and the batch size is unknown or changes; ``unroll`` and the number of steps
            is unknown.

    >>> import numpy as np
    >>> class Sum:
    ...     state_size = 2
    ...     def call(self, inputs, states):
    ...         total = inputs + states[0]
    ...         return total, [total]
    >>> RNN(Sum())(np.ones((1, 3, 2))).tolist()
    [[3.0, 3.0]]
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Any,
    ) -> None:
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        check_cell(f"{type(self).__name__}(cell=…)", cell)
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.single_state = isinstance(cell.state_size, int)
        self.state_size = [cell.state_size] if self.single_state else list(cell.state_size)
        self.supports_masking = True
        self._fused = True
        self._memory: Transient | None = None
        self._memory_form: list[Any] = []

    # -- building -------------------------------------------------------------------------------------
    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        """Build the cell, and choose how it is run."""
        shape = _first(sequences_shape)
        if self.unroll and shape[1] is None:
            raise ShapeError(
                f"{self.name}: unroll=True", "a fixed number of steps", f"shape {tuple(shape)}",
                "Give the model's Input a full shape, or leave unroll out.",
            )  # fmt: skip
        if isinstance(self.cell, Layer) and not self.cell.built:
            self.cell.build(map_shapes(lambda s: (s[0], *s[2:]), sequences_shape))
        self._runs_at_once = all(
            isinstance(cell, Cell) and cell.runs_sequences and cell.dtype_policy == self.dtype_policy
            for cell in self._cells()
        )
        if self.stateful:
            if shape[0] is None:
                raise ShapeError(
                    f"{self.name}: stateful=True", "a fixed batch size", f"shape {tuple(shape)}",
                    "Give the model's Input a batch_size.",
                )  # fmt: skip
            self._make_memory(shape[0])

    def _cells(self) -> list[Any]:
        """Return the cells, those of a stack one by one."""
        stacked = type(self.cell) is StackedRNNCells and self.cell.activity_regularizer is None
        return self.cell.cells if stacked else [self.cell]

    # -- states ---------------------------------------------------------------------------------------
    def _make_memory(self, batch: int) -> None:
        def remembered(value: Array) -> Variable:
            return Variable(value, dtype=self.variable_dtype, trainable=False, name="rnn_state")

        self._memory_form = tree.map_structure(lambda _: 0, self.get_initial_state(batch))
        self._memory = Transient([remembered(x) for x in tree.flatten(self.get_initial_state(batch))])

    @property
    def states(self) -> list[Any] | None:
        """The variables that a stateful layer keeps its states in, once it is built."""
        if self._memory is None:
            return None
        states: list[Any] = tree.pack_sequence_as(self._memory_form, self._memory.variables)
        return states

    def get_initial_state(self, batch_size: int) -> list[Any]:
        """Return the states to start from, zeros for most cells."""
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        states = initial_state(self.cell, batch_size, dtype)
        return list(states) if isinstance(states, (list, tuple)) else [states]

    def reset_state(self) -> None:
        """Set the states of a stateful layer to zeros."""
        for variable in self._memory.variables if self._memory is not None else ():
            variable.assign(ops.zeros(variable.shape, dtype=variable.dtype))

    def reset_states(self) -> None:
        """Do what :meth:`reset_state` does, under its name of Keras 2."""
        self.reset_state()

    def _states_to_start_from(self, batch: int, given: Any) -> list[Any]:
        if self._memory is not None and batch != self._memory.variables[0].shape[0]:
            raise ShapeError(
                f"{self.name}: stateful=True", f"batches of {self._memory.variables[0].shape[0]} samples",
                f"{batch}", "A stateful layer keeps the batch size it was built with.",
            )  # fmt: skip
        if given is None and self._memory is not None:
            # Copies, since the variables get new values while the old ones are still needed for gradients.
            given = tree.map_structure(lambda v: ops.add(v.value, 0), self.states)
        if given is None:
            return self.get_initial_state(batch)
        given = list(given) if isinstance(given, (list, tuple)) else [given]
        if len(given) != len(self.state_size):
            raise ArgumentError(
                f"{self.name}(initial_state=…)", f"a list of {len(self.state_size)} states", f"{len(given)}",
                "Pass one for each of the cell's states, in the order return_state=True gives them.",
            )  # fmt: skip
        return list(given)

    # -- computing ------------------------------------------------------------------------------------
    def call(
        self, sequences: Any, initial_state: Any = None, mask: Array | None = None, training: bool = False
    ) -> Any:
        """Run over the sequences; ``initial_state`` is a list of one array for each state."""
        batch = tree.flatten(sequences)[0].shape[0]
        states = self._states_to_start_from(batch, initial_state)
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        states = tree.map_structure(lambda x: ops.cast(x, dtype), states)
        mask = tree.flatten(mask)[0]
        if self._runs_at_once:
            output, states = self._run_at_once(self._cells(), sequences, states, mask, training)
        else:
            with same_masks(self):
                output, states = self._run_step_by_step(sequences, states, mask, training)
        output, states = tree.map_structure(lambda x: ops.cast(x, self.compute_dtype), (output, states))
        if self._memory is not None:
            for variable, value in zip(self._memory.variables, tree.flatten(states), strict=True):
                variable.assign(ops.stop_gradient(value))
        return (output, *states) if self.return_state else output

    def _run_at_once(
        self, cells: Sequence[Cell], sequences: Array, states: list[Any], mask: Array | None, training: bool
    ) -> tuple[Array, list[Any]]:
        stacked = self.cell is not cells[0]
        last: list[Any] = []
        output = sequences
        for index, cell in enumerate(cells):
            state = states[index] if stacked else states
            listed = isinstance(state, (list, tuple))
            final = index == len(cells) - 1
            dtype = cell.compute_dtype  # each cell of a stack may have its own
            state = tree.map_structure(lambda x, d=dtype: ops.cast(x, d), state)
            output, new = cell.run(
                ops.cast(output, dtype),
                state if listed else [state],
                training=training,
                mask=mask if mask is None or index == 0 or not self.go_backwards else ops.flip(mask, 1),
                go_backwards=self.go_backwards and index == 0,  # the next ones get it in that order
                return_sequences=self.return_sequences or not final,
                zero_output_for_mask=self.zero_output_for_mask and final,
                fused=self._fused,
            )
            last.append(new if listed else new[0])
        return output, last if stacked else list(last[0])

    def _run_step_by_step(
        self, sequences: Any, states: list[Any], mask: Array | None, training: bool
    ) -> tuple[Any, list[Any]]:
        takes_training = isinstance(self.cell, Layer) and signature_of(type(self.cell).call).has_training
        extra = {"training": training} if takes_training else {}
        take = self.cell if callable(self.cell) else self.cell.call

        def step(inputs: Any, now: list[Any]) -> tuple[Any, list[Any]]:
            output, new = take(inputs, now, **extra)
            return output, list(new) if isinstance(new, (list, tuple)) else [new]

        last, outputs, states = ops.rnn(
            step,
            sequences,
            states,
            go_backwards=self.go_backwards,
            mask=mask,
            unroll=self.unroll,
            zero_output_for_mask=self.zero_output_for_mask,
            return_all_outputs=self.return_sequences,
        )
        return outputs if self.return_sequences else last, list(states)

    # -- describing -----------------------------------------------------------------------------------
    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the mask for outputs of all steps; the last step's and the states have none."""
        mask = tree.flatten(previous_mask)[0] if self.return_sequences else None
        return [mask, *(None for _ in self.state_size)] if self.return_state else mask

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, followed by the states' with ``return_state``."""
        batch, steps = _first(sequences_shape)[:2]
        size = output_size(self.cell)
        output = (batch, steps, size) if self.return_sequences else (batch, size)
        states = [
            [(batch, s) for s in size] if isinstance(size, (list, tuple)) else (batch, size)
            for size in self.state_size
        ]
        return (output, *states) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "return_sequences": self.return_sequences,
            "return_state": self.return_state,
            "go_backwards": self.go_backwards,
            "stateful": self.stateful,
            "unroll": self.unroll,
            "zero_output_for_mask": self.zero_output_for_mask,
            "cell": serialization.serialize_object(self.cell),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        config = dict(config)
        return cls(serialization.deserialize_object(config.pop("cell"), kind="layers"), **config)


def _first(shapes: Any) -> Shape:
    """Return the first shape in a structure of shapes."""
    found: list[Shape] = []
    map_shapes(found.append, shapes)
    return found[0]
