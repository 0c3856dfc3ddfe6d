"""ConvLSTMCell: one step of an LSTM network whose products are convolutions."""

from __future__ import annotations

from typing import Any

from corne import activations, checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.kernels import windows
from corne.random import SeedGenerator

from corne_recurrent._dropout import DropoutCell


class ConvLSTMCell(DropoutCell):
    """One step of a convolutional LSTM, which keeps images as its state.

    With i, f, g, o the four parts of ``conv(x, kernel) + conv(h, recurrent_kernel) + bias`` and s the recurrent
    activation: ``c' = s(f) * c + s(i) * activation(g)``, ``h' = s(o) * activation(c')``.

    Args:
        rank: Number of spatial axes, 1 to 3.
        filters: Channels of the state and the output.
        kernel_size: Size of the window: one integer, or one for each spatial axis.
        strides: Step of the window over the inputs. Default 1.
        padding: "valid" or "same", for the inputs; the state is padded to keep its size. Default "valid".
        data_format: "channels_last", "channels_first" or None for the configured one.
        dilation_rate: Distance of the places in a window over the inputs. Default 1.
        activation: Name or function. Default "tanh".
        recurrent_activation: That of the gates. Default "sigmoid".
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        recurrent_initializer: Start value of ``recurrent_kernel``. Default "orthogonal".
        bias_initializer: Start value of ``bias``. Default "zeros".
        unit_forget_bias: Whether the forget gate's part of ``bias`` starts at 1. Default True.
        kernel_regularizer: Penalty on ``kernel``. Default None.
        recurrent_regularizer: Penalty on ``recurrent_kernel``. Default None.
        bias_regularizer: Penalty on ``bias``. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        recurrent_constraint: Applied to ``recurrent_kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        dropout: Fraction of the inputs to drop in training, alike in all steps. Default 0.
        recurrent_dropout: Fraction of the state to drop in training where it is convolved. Default 0.
        seed: Start of the random numbers of dropout. Default None: drawn.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        inputs ``(batch, ..., channels)``; states two, h and c, ``(batch, ..., filters)``; ``kernel`` ``(*kernel_size,
        channels, 4 * filters)``; ``recurrent_kernel`` ``(*kernel_size, filters, 4 * filters)``; ``bias``
        ``(4 * filters,)``.

    Source: Shi et al. 2015, https://arxiv.org/abs/1506.04214 (without its peepholes)
    """

    masks_per_input = 4

    def __init__(
        self,
        rank: int,
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
        kernel_constraint: Any = None,
        recurrent_constraint: Any = None,
        bias_constraint: Any = None,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        seed: int | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        own = f"ConvLSTM{rank}D"
        self.rank = rank
        self.filters = checks.integer(f"{own}(filters=…)", filters, least=1)
        self.kernel_size = windows.as_sizes(f"{own}(kernel_size=…)", kernel_size, rank)
        self.strides = windows.as_sizes(f"{own}(strides=…)", strides, rank)
        self.padding = windows.as_padding(f"{own}(padding=…)", padding)
        self.data_format = checks.data_format(f"{own}(data_format=…)", data_format)
        self.dilation_rate = windows.as_sizes(f"{own}(dilation_rate=…)", dilation_rate, rank)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                own, "strides or dilation_rate above 1, not both",
                f"strides={self.strides} and dilation_rate={self.dilation_rate}",
            )  # fmt: skip
        self.activation = activations.get(activation)
        self.recurrent_activation = activations.get(recurrent_activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.recurrent_initializer = initializers.get(recurrent_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.unit_forget_bias = unit_forget_bias
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.recurrent_regularizer = regularizers.get(recurrent_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.recurrent_constraint = constraints.get(recurrent_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.dropout = checks.probability(f"{own}(dropout=…)", dropout)
        self.recurrent_dropout = checks.probability(f"{own}(recurrent_dropout=…)", recurrent_dropout)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)
        self.state_size = [self.filters, self.filters]

    def build(self, inputs_shape: Shape) -> None:
        """Make ``kernel``, ``recurrent_kernel`` and ``bias``."""
        self._image_shape = tuple(inputs_shape)[1:]
        if None in self._image_shape:
            raise ShapeError(
                self.name, "images of fixed size with a fixed number of channels", f"shape {tuple(inputs_shape)}",
                "The state has that size: give the model's Input a full shape.",
            )  # fmt: skip
        channels = inputs_shape[windows.channel_axis(self.data_format)]
        self.compute_output_shape(inputs_shape)  # a window larger than the images is refused here
        self.kernel = self.add_weight(
            shape=(*self.kernel_size, channels, 4 * self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.recurrent_kernel = self.add_weight(
            shape=(*self.kernel_size, self.filters, 4 * self.filters),
            initializer=self.recurrent_initializer,
            regularizer=self.recurrent_regularizer,
            constraint=self.recurrent_constraint,
            name="recurrent_kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(4 * self.filters,),
                initializer=self._bias_start if self.unit_forget_bias else self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def _bias_start(self, shape: tuple[int, ...], dtype: str | None = None) -> Array:
        first, rest = (self.bias_initializer((n * self.filters,), dtype=dtype) for n in (1, 2))
        return ops.concatenate([first, ops.ones((self.filters,), dtype=dtype), rest])

    def call(self, inputs: Array, states: Any, training: bool = False) -> tuple[Array, list[Array]]:
        """Take one step, and return the output and the new states."""
        hidden, carried = states
        dropped, recurrent_dropped = None, None
        if training and (self.dropout or self.recurrent_dropout):
            dropped, recurrent_dropped = self.dropout_masks(inputs, hidden)
        return self.step(self.convolve_inputs(inputs, dropped), hidden, carried, recurrent_dropped)

    def convolve_inputs(self, inputs: Array, dropped: Array | None) -> Array:
        """Return the inputs' part of the gates; ``dropped`` multiplies them for each gate."""
        convolved = self._convolve(
            inputs,
            self.kernel,
            dropped,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
        )
        if self.bias is None:
            return convolved
        bias: Any = self.bias
        if self.data_format == "channels_first":
            bias = ops.reshape(bias, (-1, *(1,) * self.rank))
        return ops.add(convolved, bias)

    def step(
        self, gates: Array, hidden: Array, carried: Array, recurrent_dropped: Array | None
    ) -> tuple[Array, list[Array]]:
        """Return output and states from the inputs' part of the gates and the states before."""
        gates = ops.add(
            gates, self._convolve(hidden, self.recurrent_kernel, recurrent_dropped, padding="same")
        )
        i, f, g, o = ops.split(gates, 4, axis=windows.channel_axis(self.data_format))
        act = self.recurrent_activation
        carried = ops.add(ops.multiply(act(f), carried), ops.multiply(act(i), self.activation(g)))
        hidden = ops.multiply(act(o), self.activation(carried))
        return hidden, [hidden, carried]

    def _convolve(self, x: Array, kernel: Any, dropped: Array | None, **how: Any) -> Array:
        if dropped is None:
            return ops.conv(x, kernel, data_format=self.data_format, **how)
        parts = ops.split(kernel, 4, axis=-1)
        return ops.concatenate(
            [
                ops.conv(ops.multiply(x, dropped[gate]), part, data_format=self.data_format, **how)
                for gate, part in enumerate(parts)
            ],
            axis=windows.channel_axis(self.data_format),
        )

    def get_initial_state(self, batch_size: int) -> list[Array]:
        """Return zeros for both states."""
        sizes = [s for s in self.compute_output_shape((batch_size, *self._image_shape))[0] if s is not None]
        return [ops.zeros(sizes, dtype=self.compute_dtype) for _ in range(2)]

    def compute_output_shape(self, inputs_shape: Shape, states_shape: Any = None) -> tuple[Shape, Any]:
        """Return the shapes of output and states."""
        shape = windows.sliding_output_shape(
            self.name,
            tuple(inputs_shape),
            self.filters,
            self.kernel_size,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )
        return shape, [shape, shape]
