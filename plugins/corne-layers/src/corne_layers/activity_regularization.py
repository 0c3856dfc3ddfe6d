"""ActivityRegularization: a penalty on what passes through."""

from __future__ import annotations

from typing import Any

from corne import regularizers
from corne.backend import Array, Shape
from corne.layer import Layer


class ActivityRegularization(Layer):
    """Return the input unchanged and add a penalty on its values to the loss.

    ``loss += l1 * sum(abs(x)) + l2 * sum(x**2)``, divided by the batch size where a batch is trained on.

    Args:
        l1: Weight of the sum of absolute values, >= 0. Default 0.
        l2: Weight of the sum of squares, >= 0. Default 0.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same.

    >>> ActivityRegularization(l1=0.1)([[1.0, 2.0]]).tolist()
    [[1.0, 2.0]]
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0, **kwargs: Any) -> None:
        super().__init__(activity_regularizer=regularizers.L1L2(l1=l1, l2=l2), **kwargs)
        self.l1 = l1
        self.l2 = l2
        self.supports_masking = True
        self.built = type(self).build is Layer.build  # nothing to make

    def call(self, inputs: Array) -> Array:
        """Return ``inputs``."""
        return inputs

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        config = super().get_config()
        config.pop("activity_regularizer")
        return {**config, "l1": self.l1, "l2": self.l2}
