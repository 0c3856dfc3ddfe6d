"""PReLU: a rectified linear unit with learned slopes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, constraints, initializers, ops, regularizers
from corne.backend import Array, Shape
from corne.errors import ArgumentError
from corne.layer import InputSpec, Layer


class PReLU(Layer):
    """Return ``x`` where it is positive, else ``alpha * x`` with learned ``alpha``.

    Args:
        alpha_initializer: Start value of ``alpha``. Default "Zeros".
        alpha_regularizer: Penalty on ``alpha``, added to the loss. Default None.
        alpha_constraint: Applied to ``alpha`` after each update. Default None.
        shared_axes: Axes (1 is the first after the batch) along which all places share one slope:
            ``[1, 2]`` for one slope a channel of images. Default None: one slope for each place.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same; ``alpha`` as the input without batch, with 1 for shared
        axes.

    Raises:
        ArgumentError: A shared axis is 0 or does not exist.
        ShapeError: An axis that is not shared has no fixed size.

    Source: Delving Deep into Rectifiers, He et al. 2015, https://arxiv.org/abs/1502.01852

    >>> PReLU(alpha_initializer="ones")([[-1.0, 2.0]]).tolist()
    [[-1.0, 2.0]]
    """

    acts_per_sample = True

    config_kinds = {
        "alpha_initializer": "initializers",
        "alpha_regularizer": "regularizers",
        "alpha_constraint": "constraints",
    }

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: int | Sequence[int] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.alpha_initializer = initializers.get(alpha_initializer)
        self.alpha_regularizer = regularizers.get(alpha_regularizer)
        self.alpha_constraint = constraints.get(alpha_constraint)
        self.shared_axes = (
            [shared_axes] if isinstance(shared_axes, int) else shared_axes and list(shared_axes)
        )
        self.supports_masking = True

    def build(self, input_shape: Shape) -> None:
        """Make ``alpha``."""
        rank = len(input_shape)
        shared = set(self.shared_axes or ())
        if not shared <= set(range(1, rank)):
            raise ArgumentError(
                f"{self.name}: shared_axes", f"axes from 1 to {rank - 1}", f"{self.shared_axes}",
                "Axis 0 is the batch; count from 1.",
            )  # fmt: skip
        own = [axis for axis in range(1, rank) if axis not in shared]
        checks.axes(self.name, own, input_shape, sized=True)
        self.alpha = self.add_weight(
            shape=tuple(1 if axis in shared else input_shape[axis] for axis in range(1, rank)),
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
            name="alpha",
        )
        axes = {axis: input_shape[axis] for axis in own} if shared else {}
        self.input_spec = InputSpec(ndim=rank, axes=axes)

    def call(self, inputs: Array) -> Array:
        """Apply the function."""
        return ops.relu(inputs) - ops.multiply(self.alpha, ops.relu(-inputs))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)
