"""What SimpleRNNCell, LSTMCell and GRUCell share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from corne import activations, checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.random import SeedGenerator

from corne_recurrent._arguments import named
from corne_recurrent._dropout import DropoutCell


class Cell(DropoutCell):
    """Base of the cells that one operation runs over a whole sequence; one step is a sequence of one.

    A subclass says how many ``gates`` there are and how the operation is called (``run``). One that has its
    own ``call`` is run step by step.
    """

    gates: ClassVar[int]
    operation: ClassVar[str]
    state_size: int | list[int]

    def __init__(
        self,
        units: int,
        activation: Any,
        recurrent_activation: Any,
        use_bias: bool,
        kernel_initializer: Any,
        recurrent_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        recurrent_regularizer: Any,
        bias_regularizer: Any,
        kernel_constraint: Any,
        recurrent_constraint: Any,
        bias_constraint: Any,
        dropout: float,
        recurrent_dropout: float,
        seed: int | None,
        masks_by_gate: bool = False,
        seed_generator: SeedGenerator | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        own = type(self).__name__
        self.units = checks.integer(f"{own}(units=…)", units, least=1)
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = checks.probability(f"{own}(dropout=…)", dropout)
        self.recurrent_dropout = checks.probability(f"{own}(recurrent_dropout=…)", recurrent_dropout)
        self.masks_per_input = self.gates if masks_by_gate or recurrent_dropout else 1
        self.seed = seed
        self.seed_generator = seed_generator or SeedGenerator(seed)
        self.output_size = self.units
        self._named_activation = named(self.activation)
        self._named_recurrent_activation = named(self.recurrent_activation)

    # -- weights --------------------------------------------------------------------------------------
    def build(self, input_shape: Shape) -> None:
        """Make ``kernel``, ``recurrent_kernel`` and ``bias``."""
        features = input_shape[-1]
        if features is None:
            raise ShapeError(
                self.name, "a last axis of fixed size", f"shape {tuple(input_shape)}",
                "kernel has that size: give the model's Input a full shape there.",
            )  # fmt: skip
        width = self.gates * self.units
        self.kernel = self.add_weight(
            shape=(features, width),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.recurrent_kernel = self.add_weight(
            shape=(self.units, width),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
            name="recurrent_kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=self._bias_shape(),
                initializer=self._bias_start(),
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _bias_shape(self) -> tuple[int, ...]:
        return (self.gates * self.units,)

    def _bias_start(self) -> Any:
        return self.bias_initializer

    # -- computing ------------------------------------------------------------------------------------
    def run(
        self,
        sequences: Array,
        states: Sequence[Array],
        *,
        training: bool,
        mask: Array | None = None,
        go_backwards: bool = False,
        return_sequences: bool = False,
        zero_output_for_mask: bool = False,
        fused: bool = True,
    ) -> tuple[Array, list[Array]]:
        """Run over ``(batch, steps, features)`` and return the outputs (or the last) and last states."""
        dropped, recurrent_dropped = None, None
        if training and (self.dropout or self.recurrent_dropout):
            dropped, recurrent_dropped = self.dropout_masks(sequences[:, 0, :], states[0])
        outputs, *last = getattr(ops, self.operation)(
            sequences,
            *states,
            self.kernel,
            self.recurrent_kernel,
            self.bias,
            mask,
            dropped,
            recurrent_dropped,
            **self._operation_arguments(),
            go_backwards=go_backwards,
            return_sequences=return_sequences,
            zero_output_for_mask=zero_output_for_mask,
            fused=fused,
        )
        return outputs, last

    def _operation_arguments(self) -> dict[str, Any]:
        """Return what the operation of this cell takes besides the common arguments."""
        return {
            "activation": self._named_activation,
            "recurrent_activation": self._named_recurrent_activation,
        }

    def call(self, inputs: Array, states: Any, training: bool = False) -> tuple[Array, Any]:
        """Take one step, and return the output and the new states, as a list if the old ones were."""
        listed = isinstance(states, (list, tuple))
        steps = ops.expand_dims(inputs, 1)
        output, new = self.run(steps, states if listed else [states], training=training)
        return output, new if listed else new[0]

    @property
    def runs_sequences(self) -> bool:
        """Whether ``run`` does the same as calling step by step."""
        return type(self).call is Cell.call and self.activity_regularizer is None

    def obstacle_to_fusing(self) -> str | None:
        """Return the argument for which no engine has a fused kernel, or None."""
        if self._named_activation != "tanh":
            return f"activation={activations.serialize(self.activation)!r}"
        if self._named_recurrent_activation != "sigmoid":
            return f"recurrent_activation={activations.serialize(self.recurrent_activation)!r}"
        return f"recurrent_dropout={self.recurrent_dropout}" if self.recurrent_dropout else None

    # -- states ---------------------------------------------------------------------------------------
    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Return zeros, ``(batch_size, units)`` for each state."""
        sizes = self.state_size if isinstance(self.state_size, list) else [self.state_size]
        return [ops.zeros((batch_size, size), dtype=self.compute_dtype) for size in sizes]

    def compute_output_shape(self, inputs_shape: Shape, states_shape: Any = None) -> tuple[Shape, Any]:
        """Return the shapes of output and states."""
        state = (inputs_shape[0], self.units)
        if isinstance(self.state_size, list):
            return state, [state for _ in self.state_size]
        return state, [state] if isinstance(states_shape, list) else state

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "recurrent_initializer": initializers.serialize(self.recurrent_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "recurrent_regularizer": regularizers.serialize(self.recurrent_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "recurrent_constraint": constraints.serialize(self.recurrent_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "seed": self.seed,
        }
