"""StochasticDepth: samples that skip a residual block."""

from __future__ import annotations

from typing import Any

from corne import Layer, ops, random
from corne.backend import Array, Shape
from corne.errors import ArgumentError


class StochasticDepth(Layer):
    """In training, set whole samples to zero and enlarge the others to keep the mean.

    Args:
        drop_path_rate: Probability of zero, in [0, 1).
        seed: Seed of the draws. Default None: random.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    Raises:
        ArgumentError: A rate outside of [0, 1).

    Source: Huang et al. 2016, https://arxiv.org/abs/1603.09382

    >>> import numpy as np
    >>> StochasticDepth(0.5)(np.ones((1, 2))).tolist()
    [[1.0, 1.0]]
    """

    def __init__(self, drop_path_rate: float, seed: int | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not 0 <= drop_path_rate < 1:
            raise ArgumentError(
                "StochasticDepth(drop_path_rate=…)", "a probability of 0 or more and below 1",
                repr(drop_path_rate), "",
            )  # fmt: skip
        self.drop_path_rate = drop_path_rate
        self.seed = seed
        self.seed_generator = random.SeedGenerator(seed)

    def call(self, inputs: Array, training: bool = False) -> Array:
        """Drop samples in training, else return the input."""
        if not training or self.drop_path_rate == 0:
            return inputs
        keep = 1.0 - self.drop_path_rate
        one_each: Any = (ops.shape(inputs)[0], *[1] * (len(inputs.shape) - 1))
        draw = random.uniform(one_each, dtype=inputs.dtype, seed=self.seed_generator)
        return ops.multiply(inputs / keep, ops.floor(keep + draw))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = {**super().get_config(), "drop_path_rate": self.drop_path_rate}
        return config if self.seed is None else {**config, "seed": self.seed}  # Keras's layer takes no seed
