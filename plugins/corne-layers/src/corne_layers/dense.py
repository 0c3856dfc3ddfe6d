"""Dense: every output is connected to every input."""

from __future__ import annotations

from typing import Any

from corne import activations, checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ShapeError
from corne.layer import InputSpec, Layer


class Dense(Layer):
    """Multiply the last axis by a learned matrix, add a bias and apply an activation.

    ``y = activation(x @ kernel + bias)``

    Args:
        units: Size of the output's last axis.
        activation: Name or function. Default None: none.
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        bias_initializer: Start value of ``bias``. Default "zeros".
        kernel_regularizer: Penalty on ``kernel``, added to the loss. Default None.
        bias_regularizer: Penalty on ``bias``, added to the loss. Default None.
        activity_regularizer: Penalty on the output, added to the loss. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        lora_rank: Must be None; in the signature because Keras has it.
        lora_alpha: Must be None.
        quantization_config: Must be None.
        **kwargs: As for every :class:`~corne.Layer`: name, dtype, trainable, input_shape, ...

    Shapes:
        input ``(batch, ..., features)``; output ``(batch, ..., units)``; ``kernel``
        ``(features, units)``; ``bias`` ``(units,)``.

    Raises:
        ArgumentError: ``units`` is not a positive integer, or a feature that the layer lacks is asked for.
        ShapeError: The input has fewer than two axes, or its last axis has no fixed size or another one
            than when the layer was built.

    >>> import numpy as np
    >>> tuple(Dense(3)(np.ones((2, 4))).shape)
    (2, 3)
    """

    acts_per_sample = True

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        checks.unsupported("Dense", "low-rank adaptation", {"lora_rank": lora_rank, "lora_alpha": lora_alpha})
        checks.unsupported("Dense", "quantization", {"quantization_config": quantization_config})
        self.units = checks.integer("Dense(units=…)", units, least=1)
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make ``kernel`` and ``bias``."""
        features = input_shape[-1]
        if features is None:
            raise ShapeError(
                self.name, "a last axis of fixed size", f"shape {tuple(input_shape)}",
                "kernel has that size: give the model's Input a full shape there.",
            )  # fmt: skip
        self.kernel = self.add_weight(
            shape=(features, self.units),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            constraint=self.kernel_constraint,
            name="kernel",
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
                name="bias",
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: features})

    def call(self, inputs: Array) -> Array:
        """Compute ``activation(inputs @ kernel + bias)``."""
        return self.activation(ops.dense(inputs, self.kernel, self.bias))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape`` with ``units`` as its last axis."""
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
