"""What SpatialDropout1D, 2D and 3D share."""

from __future__ import annotations

from typing import Any

from corne import random
from corne.backend import Array
from corne.layer import InputSpec

from corne_layers._random import RandomLayer


class SpatialDropout(RandomLayer):
    """Base of the layers that drop whole channels."""

    def __init__(
        self,
        rank: int,
        rate: float,
        channel_axis: int,
        seed: int | None,
        name: str | None,
        dtype: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(rate, "rate", seed, name=name, dtype=dtype, **kwargs)
        self.rate = rate
        self.input_spec = InputSpec(ndim=rank + 2)
        self._channel_axis = channel_axis % (rank + 2)

    def perturb(self, inputs: Array) -> Array:
        """Drop channels."""
        shape = tuple(
            size if axis in (0, self._channel_axis) else 1 for axis, size in enumerate(inputs.shape)
        )
        return random.dropout(inputs, self.rate, noise_shape=shape, seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"rate": self.rate, "seed": self.seed, "name": self.name, "dtype": self.dtype_policy.name}
