"""GroupNormalization: mean 0 and deviation 1 within groups of channels of each sample."""

from __future__ import annotations

from typing import Any

from corne import checks, dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import InputSpec

from corne_layers._normalization import ScaleAndOffset


class GroupNormalization(ScaleAndOffset):
    """Normalize groups of channels over all places of a sample, then scale and shift each channel.

    ``y = gamma * (x - mean) / sqrt(variance + epsilon) + beta``

    Args:
        groups: Number of groups; 1 normalizes all channels together, -1 each separately. Default 32.
        axis: Axis of the channels. Default -1; 1 for "channels_first".
        epsilon: Added to the variance. Default 0.001.
        center: Whether ``beta`` is added. Default True.
        scale: Whether ``gamma`` is multiplied by. Default True.
        beta_initializer: Start value of ``beta``. Default "zeros".
        gamma_initializer: Start value of ``gamma``. Default "ones".
        beta_regularizer: Penalty on ``beta``, added to the loss. Default None.
        gamma_regularizer: Penalty on ``gamma``, added to the loss. Default None.
        beta_constraint: Applied to ``beta`` after each update. Default None.
        gamma_constraint: Applied to ``gamma`` after each update. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``; output the same; ``gamma`` and ``beta`` ``(channels,)``.

    Raises:
        ArgumentError: ``groups`` is neither positive nor -1.
        ShapeError: The channels can't be divided into that many groups, or their number isn't known.

    Source: Group Normalization, Wu and He 2018, https://arxiv.org/abs/1803.08494

    >>> GroupNormalization(groups=2, epsilon=0.0)([[1.0, 3.0, 5.0, 9.0]]).tolist()
    [[-1.0, 1.0, -1.0, 1.0]]
    """

    acts_per_sample = True

    def __init__(
        self,
        groups: int = 32,
        axis: int = -1,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        if not isinstance(groups, int) or (groups <= 0 and groups != -1):
            raise ArgumentError(
                "GroupNormalization(groups=…)", "a positive integer or -1", repr(groups),
                "Use -1 for one group a channel.",
            )  # fmt: skip
        self.groups = groups
        self.axis = axis
        self.epsilon = epsilon
        self.autocast = False  # half-precision inputs are widened inside

    def build(self, input_shape: Shape) -> None:
        """Make ``gamma`` and ``beta``."""
        checks.axes(self.name, [self.axis], input_shape, sized=True)
        channels = input_shape[self.axis]
        assert channels is not None
        self._groups = channels if self.groups == -1 else self.groups
        if channels % self._groups:
            raise ShapeError(
                self.name, f"a number of channels divisible by groups={self._groups}",
                f"{channels} in shape {tuple(input_shape)}", "Use a divisor of the number of channels.",
            )  # fmt: skip
        self.add_scale_and_offset((channels,), scale=self.scale, center=self.center)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def call(self, inputs: Array) -> Array:
        """Normalize each group."""
        shape = tuple(inputs.shape)
        axis = self.axis % len(shape)
        channels = (self._groups, shape[axis] // self._groups)
        x = ops.cast(inputs, dtypes.result_type(dtypes.standardize_dtype(inputs.dtype), "float32"))
        x = ops.reshape(x, (*shape[:axis], *channels, *shape[axis + 1 :]))
        others = [a for a in range(1, len(shape) + 1) if a != axis]
        mean, variance = ops.moments(x, axes=others, keepdims=True)
        x = (x - mean) * ops.rsqrt(variance + self.epsilon)
        sizes = (*(1 for _ in shape[:axis]), *channels, *(1 for _ in shape[axis + 1 :]))
        if self.gamma is not None:
            x = x * ops.reshape(self.gamma, sizes)
        if self.beta is not None:
            x = x + ops.reshape(self.beta, sizes)
        return ops.cast(ops.reshape(x, shape), self.compute_dtype)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {**super().get_config(), "groups": self.groups, "axis": self.axis, "epsilon": self.epsilon}
