"""What ConvLSTM1D, ConvLSTM2D and ConvLSTM3D share."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from corne import activations, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.layer import InputSpec

from corne_recurrent._sequence_layer import of_cell
from corne_recurrent.conv_lstm_cell import ConvLSTMCell
from corne_recurrent.rnn import RNN

_KINDS: dict[str, Any] = {
    "activation": activations,
    "recurrent_activation": activations,
    "kernel_initializer": initializers,
    "recurrent_initializer": initializers,
    "bias_initializer": initializers,
    "kernel_regularizer": regularizers,
    "recurrent_regularizer": regularizers,
    "bias_regularizer": regularizers,
    "kernel_constraint": constraints,
    "recurrent_constraint": constraints,
    "bias_constraint": constraints,
}
_PLAIN = (
    "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "use_bias", "unit_forget_bias",
    "dropout", "recurrent_dropout", "seed",
)  # fmt: skip


class ConvLSTM(RNN):
    """Base of the convolutional LSTM layers.

    The inputs of all steps are convolved at once; only the state's convolution goes step by step.
    """

    rank: ClassVar[int]
    cell: ConvLSTMCell

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = "tanh",
        recurrent_activation: Any = "sigmoid",
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        **kwargs: Any,
    ) -> None:
        cell = ConvLSTMCell(
            self.rank,
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            activation,
            recurrent_activation,
            use_bias,
            kernel_initializer,
            recurrent_initializer,
            bias_initializer,
            unit_forget_bias,
            kernel_regularizer,
            recurrent_regularizer,
            bias_regularizer,
            kernel_constraint,
            recurrent_constraint,
            bias_constraint,
            dropout,
            recurrent_dropout,
            seed,
            dtype=kwargs.get("dtype"),
            trainable=kwargs.get("trainable", True),
            name="conv_lstm_cell",
        )
        super().__init__(
            cell,
            return_sequences,
            return_state,
            go_backwards,
            stateful,
            activity_regularizer=activity_regularizer,
            **kwargs,
        )
        self.input_spec = InputSpec(ndim=self.rank + 3)

    filters = of_cell("filters")
    kernel_size = of_cell("kernel_size")
    strides = of_cell("strides")
    padding = of_cell("padding")
    data_format = of_cell("data_format")
    dilation_rate = of_cell("dilation_rate")
    activation = of_cell("activation")
    recurrent_activation = of_cell("recurrent_activation")
    use_bias = of_cell("use_bias")
    kernel_initializer = of_cell("kernel_initializer")
    recurrent_initializer = of_cell("recurrent_initializer")
    bias_initializer = of_cell("bias_initializer")
    unit_forget_bias = of_cell("unit_forget_bias")
    kernel_regularizer = of_cell("kernel_regularizer")
    recurrent_regularizer = of_cell("recurrent_regularizer")
    bias_regularizer = of_cell("bias_regularizer")
    kernel_constraint = of_cell("kernel_constraint")
    recurrent_constraint = of_cell("recurrent_constraint")
    bias_constraint = of_cell("bias_constraint")
    dropout = of_cell("dropout")
    recurrent_dropout = of_cell("recurrent_dropout")
    seed = of_cell("seed")

    def build(self, sequences_shape: Shape, initial_state_shape: Any = None) -> None:
        """Build the cell; every size of the images must be known."""
        super().build(sequences_shape, initial_state_shape)
        self.input_spec = InputSpec(ndim=self.rank + 3, shape=(None, None, *sequences_shape[2:]))

    def _run_step_by_step(
        self, sequences: Array, states: list[Any], mask: Array | None, training: bool
    ) -> tuple[Array, list[Any]]:
        cell = self.cell
        if type(cell).call is not ConvLSTMCell.call or cell.activity_regularizer is not None:
            return super()._run_step_by_step(sequences, states, mask, training)
        sequences = ops.cast(sequences, cell.compute_dtype)
        batch, steps = sequences.shape[:2]
        dropped, recurrent_dropped = None, None
        if training and (cell.dropout or cell.recurrent_dropout):
            dropped, recurrent_dropped = cell.dropout_masks(sequences[:, 0], states[0])
        if dropped is not None:  # one choice for all steps of a sample
            dropped = ops.stack([_repeated(dropped[gate], steps) for gate in range(4)])
        gates = cell.convolve_inputs(ops.reshape(sequences, (batch * steps, *sequences.shape[2:])), dropped)
        gates = ops.reshape(gates, (batch, steps, *gates.shape[1:]))

        def step(now: Array, old: list[Array]) -> tuple[Array, list[Array]]:
            return cell.step(now, old[0], old[1], recurrent_dropped)

        last, outputs, states = ops.rnn(
            step,
            gates,
            states,
            go_backwards=self.go_backwards,
            mask=mask,
            unroll=self.unroll,
            zero_output_for_mask=self.zero_output_for_mask,
            return_all_outputs=self.return_sequences,
        )
        return outputs if self.return_sequences else last, list(states)

    def compute_output_shape(self, sequences_shape: Shape, initial_state_shape: Any = None) -> Any:
        """Return the shape of the output, followed by the states' with ``return_state``."""
        batch, steps, *image = sequences_shape
        state = self.cell.compute_output_shape((batch, *image))[0]
        output = (batch, steps, *state[1:]) if self.return_sequences else state
        return (output, state, state) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = super().get_config()
        del own["cell"]
        return {
            **own,
            **{name: getattr(self.cell, name) for name in _PLAIN},
            **{name: kind.serialize(getattr(self.cell, name)) for name, kind in _KINDS.items()},
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        return cls(**config)


def _repeated(x: Array, times: int) -> Array:
    """Return ``(batch, ...)`` as ``(batch * times, ...)``, each sample repeated."""
    return ops.repeat(x, times, axis=0)
