"""SpectralNormalization: a layer whose kernel is kept at spectral norm 1."""

from __future__ import annotations

from typing import Any, Self

from corne import checks, initializers, ops, serialization
from corne.backend import Array
from corne.errors import ArgumentError
from corne.layer import Layer
from corne.variable import Variable


class SpectralNormalization(Layer):
    """Divide a layer's kernel by its largest singular value at each training step.

    The kernel, as a matrix ``W`` of ``(everything else, last axis)``, becomes ``W / (v W u)``; ``v`` and ``u`` are found
    by power iteration, which continues from step to step: ``v = unit(u W.T)``, ``u = unit(v W)``. A kernel of zeros
    stays.

    Args:
        layer: A layer with ``kernel`` or ``embeddings``.
        power_iterations: Iterations in each step, at least 1. Default 1.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        as the layer's.

    Raises:
        ArgumentError: ``layer`` is not a layer, has no such weight, or ``power_iterations`` is not a positive integer.

    Source: Miyato et al. 2018, https://arxiv.org/abs/1802.05957

    >>> import numpy as np
    >>> from corne_layers.dense import Dense
    >>> layer = SpectralNormalization(Dense(3), power_iterations=50)
    >>> _ = layer(np.ones((2, 4)), training=True)
    >>> round(float(np.linalg.norm(layer.layer.kernel.numpy(), 2)), 3)
    1.0
    """

    def __init__(self, layer: Layer, power_iterations: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not isinstance(layer, Layer):
            raise ArgumentError("SpectralNormalization(layer=…)", "a layer", repr(layer))
        self.layer = layer
        self.power_iterations = checks.integer(
            "SpectralNormalization(power_iterations=…)", power_iterations, least=1
        )
        self.supports_masking = layer.supports_masking

    def build(self, input_shape: Any) -> None:
        """Build the layer, and make ``vector_u``."""
        if not self.layer.built:
            self.layer.build(input_shape)
        self.input_spec = self.layer.input_spec
        self.kernel = _weight_of(self.layer)  # Keras's files keep it here too
        self.vector_u = self.add_weight(
            shape=(1, self.kernel.shape[-1]),
            initializer=initializers.TruncatedNormal(stddev=0.02),
            trainable=False,
            name="vector_u",
        )

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Normalize the kernel in training, and call the layer."""
        if training:
            u, kernel = self.normalized_weights()
            self.vector_u.assign(u)
            self.kernel.assign(kernel)
        return ops.cast(self.layer(inputs), inputs.dtype)

    def normalized_weights(self) -> tuple[Array, Array]:
        """Return the next ``vector_u`` and the normalized kernel; both as they are for a kernel of zeros."""
        kernel, u = self.kernel, self.vector_u.value
        matrix = ops.reshape(kernel, (-1, kernel.shape[-1]))
        v = u
        for _ in range(self.power_iterations):
            v = _unit(ops.matmul(u, ops.transpose(matrix)))
            u = _unit(ops.matmul(v, matrix))
        u, v = ops.stop_gradient(u), ops.stop_gradient(v)
        is_zero = ops.all(ops.equal(kernel, 0))
        sigma = ops.reshape(ops.matmul(ops.matmul(v, matrix), ops.transpose(u)), ())
        sigma = ops.where(is_zero, ops.ones_like(sigma), sigma)
        return ops.where(is_zero, self.vector_u.value, u), ops.divide(kernel, sigma)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the layer's output shape."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "layer": serialization.serialize_object(self.layer),
            "power_iterations": self.power_iterations,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Return a layer with the configuration of :meth:`get_config`."""
        config = dict(config)
        return cls(serialization.deserialize_object(config.pop("layer"), kind="layers"), **config)


def _weight_of(layer: Layer) -> Variable:
    """Return the weight that is normalized."""
    kernel = getattr(layer, "kernel", None)
    found = getattr(layer, "embeddings", None) if kernel is None else kernel
    if not isinstance(found, Variable):
        raise ArgumentError(
            "SpectralNormalization(layer=…)", "a layer with a weight named kernel or embeddings", repr(layer)
        )
    return found


def _unit(x: Array) -> Array:
    """Return ``x`` at length 1."""
    return ops.divide(x, ops.sqrt(ops.maximum(ops.sum(ops.square(x)), 1e-24)))
