"""What all convolution layers share: window, bias and activation."""

from __future__ import annotations

from typing import Any, ClassVar

from corne import activations, checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.kernels import windows
from corne.layer import InputSpec, Layer
from corne.variable import Variable


class WindowLayer(Layer):
    """Base of the layers whose window slides over images.

    Args:
        kernel_size: Size of the window: one integer or one for each spatial axis.
        strides: How far the window moves.
        padding: "valid" or "same"; "causal" where a subclass allows it.
        data_format: "channels_last", "channels_first" or None for the configured one.
        dilation_rate: Distance of the places in a window.
        activation: Name or function, or None.
        use_bias: Whether a bias is added.
        bias_initializer: Start value of the bias.
        bias_regularizer: Penalty on the bias.
        bias_constraint: Applied to the bias after each update.
        **kwargs: As for every :class:`~corne.Layer`.
    """

    rank: ClassVar[int]  # number of spatial axes
    paddings: ClassVar[tuple[str, ...]] = ("valid", "same")
    bias: Variable | None

    def __init__(
        self,
        kernel_size: Any,
        strides: Any,
        padding: str,
        data_format: str | None,
        dilation_rate: Any,
        activation: Any,
        use_bias: bool,
        bias_initializer: Any,
        bias_regularizer: Any,
        bias_constraint: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        name = type(self).__name__
        self.kernel_size = windows.as_sizes(f"{name}(kernel_size=…)", kernel_size, self.rank)
        self.strides = windows.as_sizes(f"{name}(strides=…)", strides, self.rank)
        self.dilation_rate = windows.as_sizes(f"{name}(dilation_rate=…)", dilation_rate, self.rank)
        self.padding = windows.as_padding(f"{name}(padding=…)", padding, self.paddings)
        self.data_format = checks.data_format(f"{name}(data_format=…)", data_format)
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            raise ArgumentError(
                f"{name}(…)", "strides or dilation_rate above 1",
                f"strides={self.strides} and dilation_rate={self.dilation_rate}", "Leave one of them at 1.",
            )  # fmt: skip
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.bias_initializer = initializers.get(bias_initializer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self.rank + 2)
        self._spans = tuple(
            (k - 1) * d + 1 for k, d in zip(self.kernel_size, self.dilation_rate, strict=True)
        )

    def fix_channels(self, input_shape: Shape) -> int:
        """Return the number of channels of ``input_shape`` and expect it from now on."""
        axis = windows.channel_axis(self.data_format)
        channels = input_shape[axis]
        if channels is None:
            raise ShapeError(
                self.name, f"a fixed number of channels at axis {axis}", f"shape {tuple(input_shape)}",
                "kernel depends on it: give the model's Input a full shape there.",
            )  # fmt: skip
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={axis: channels})
        return channels

    def add_bias_weight(self, size: int) -> None:
        """Make ``bias``, or set it to None without ``use_bias``."""
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(size,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )

    def finish(self, outputs: Array) -> Array:
        """Add the bias and apply the activation."""
        if self.bias is not None:
            bias: Any = self.bias
            if self.data_format == "channels_first":
                bias = ops.reshape(bias, (-1, *(1,) * self.rank))
            outputs = ops.add(outputs, bias)
        return self.activation(outputs)

    def check_window(self, inputs: Array) -> None:
        """Raise when the window is larger than these images."""
        if self.padding == "valid":
            shape = tuple(inputs.shape)
            sizes = shape[1:-1] if self.data_format == "channels_last" else shape[2:]
            for size, span in zip(sizes, self._spans, strict=True):
                if size < span:
                    self.sliding_shape(shape, None)

    def sliding_shape(self, input_shape: Shape, channels: int | None) -> Shape:
        """Return the shape of the output with that many channels."""
        return windows.sliding_output_shape(
            self.name,
            input_shape,
            channels,
            self.kernel_size,
            self.strides,
            self.padding,
            self.data_format,
            self.dilation_rate,
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "kernel_size": self.kernel_size,
            "strides": self.strides,
            "padding": self.padding,
            "data_format": self.data_format,
            "dilation_rate": self.dilation_rate,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
