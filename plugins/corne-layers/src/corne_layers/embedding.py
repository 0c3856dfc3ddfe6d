"""Embedding: a learned vector for each integer."""

from __future__ import annotations

from typing import Any

from corne import checks, constraints, dtypes, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.layer import Layer


class Embedding(Layer):
    """Replace each integer by a learned vector.

    ``y[..., :] = embeddings[x[...], :]``

    Args:
        input_dim: Number of different integers: the largest one plus 1.
        output_dim: Size of a vector.
        embeddings_initializer: Start value of ``embeddings``. Default "uniform".
        embeddings_regularizer: Penalty on ``embeddings``, added to the loss. Default None.
        embeddings_constraint: Applied to ``embeddings`` after each update. Default None.
        mask_zero: Whether 0 means padding, which later layers then skip. Default False.
        weights: Start value of ``embeddings`` as an array, instead of an initializer. Default None.
        lora_rank: Must be None; in the signature because Keras has it.
        lora_alpha: Must be None.
        quantization_config: Must be None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``, integers from 0 to ``input_dim - 1``; output ``(batch, ..., output_dim)``;
        ``embeddings`` ``(input_dim, output_dim)``.

    Raises:
        ArgumentError: A size is not a positive integer, or a feature that the layer lacks is asked for.
        ShapeError: ``weights`` has another shape than ``embeddings``.

    >>> import numpy as np
    >>> tuple(Embedding(10, 4)(np.array([[1, 2, 0]])).shape)
    (1, 3, 4)
    """

    acts_per_sample = True

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: Any = None,
        lora_rank: None = None,
        lora_alpha: None = None,
        quantization_config: None = None,
        **kwargs: Any,
    ) -> None:
        steps = kwargs.pop("input_length", None)  # Keras 2's way to say input_shape
        if steps is not None:
            kwargs.setdefault("input_shape", tuple(steps) if isinstance(steps, (list, tuple)) else (steps,))
        super().__init__(**kwargs)
        checks.unsupported(
            "Embedding", "low-rank adaptation", {"lora_rank": lora_rank, "lora_alpha": lora_alpha}
        )
        checks.unsupported("Embedding", "quantization", {"quantization_config": quantization_config})
        self.input_dim = checks.integer("Embedding(input_dim=…)", input_dim, least=1)
        self.output_dim = checks.integer("Embedding(output_dim=…)", output_dim, least=1)
        self.embeddings_initializer = initializers.get(embeddings_initializer)
        self.embeddings_regularizer = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        self.autocast = False  # half precision can't hold large integers given as floats
        if weights is not None:
            self.build(None)
            self.set_weights(weights if isinstance(weights, list) and len(weights) == 1 else [weights])

    def build(self, input_shape: Shape | None = None) -> None:
        """Make ``embeddings``; its shape does not depend on the input's."""
        self.embeddings = self.add_weight(
            shape=(self.input_dim, self.output_dim),
            initializer=self.embeddings_initializer,
            regularizer=self.embeddings_regularizer,
            constraint=self.embeddings_constraint,
            name="embeddings",
        )

    def call(self, inputs: Array) -> Array:
        """Look the vectors up; floating inputs are cut to integers."""
        if dtypes.standardize_dtype(inputs.dtype) not in ("int32", "int64"):
            inputs = ops.cast(inputs, "int32")
        return ops.cast(ops.take(self.embeddings, inputs, axis=0), self.compute_dtype)

    def compute_mask(self, inputs: Array, previous_mask: Array | None = None) -> Array | None:
        """Return where ``inputs`` is not 0, if ``mask_zero``."""
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape`` with an axis of ``output_dim`` added."""
        return (*input_shape, self.output_dim)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
        }
