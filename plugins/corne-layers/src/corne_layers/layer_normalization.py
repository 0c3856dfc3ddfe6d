"""LayerNormalization: mean 0 and deviation 1 within each sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, dtypes, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError

from corne_layers._normalization import ScaleAndOffset


class LayerNormalization(ScaleAndOffset):
    """Subtract the mean and divide by the deviation along ``axis``, then scale and shift.

    ``y = gamma * (x - mean(x)) / sqrt(variance(x) + epsilon) + beta``

    Args:
        axis: Axis, or several, over which mean and variance are taken. Default -1.
        epsilon: Added to the variance. Default 0.001.
        center: Whether ``beta`` is added. Default True.
        scale: Whether ``gamma`` is multiplied by. Default True.
        beta_initializer: Start value of ``beta``. Default "zeros".
        gamma_initializer: Start value of ``gamma``. Default "ones".
        beta_regularizer: Penalty on ``beta``, added to the loss. Default None.
        gamma_regularizer: Penalty on ``gamma``, added to the loss. Default None.
        beta_constraint: Applied to ``beta`` after each update. Default None.
        gamma_constraint: Applied to ``gamma`` after each update. Default None.
        **kwargs: As for every :class:`~corne.Layer`. Also ``rms_scaling`` (default False), which old files
            have: divide by the deviation only, ``y = gamma * x / sqrt(variance(x) + epsilon)``.

    Shapes:
        input ``(batch, ...)``; output the same; ``gamma`` and ``beta`` have the sizes of ``axis``, in the
        order of the axes.

    Raises:
        ArgumentError: ``axis`` is no integer and no sequence of different ones.
        ShapeError: An axis does not exist or has no fixed size.

    Source: Layer Normalization, Ba et al. 2016, https://arxiv.org/abs/1607.06450

    >>> LayerNormalization(epsilon=0.0)([[1.0, 3.0]]).tolist()
    [[-1.0, 1.0]]
    """

    acts_per_sample = True

    def __init__(
        self,
        axis: int | Sequence[int] = -1,
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
        rms_scaling = kwargs.pop("rms_scaling", False)
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        axes = [axis] if isinstance(axis, int) else list(axis) if isinstance(axis, (list, tuple)) else []
        if not axes or not all(isinstance(a, int) for a in axes):
            raise ArgumentError(
                "LayerNormalization(axis=…)", "an integer or several", repr(axis), "Use -1 for the last axis."
            )
        self.axis = axis if isinstance(axis, int) else axes
        self.epsilon = epsilon
        self.rms_scaling = rms_scaling
        self.autocast = False  # half-precision inputs are widened inside

    def build(self, input_shape: Shape) -> None:
        """Make ``gamma`` and ``beta``."""
        axes = [self.axis] if isinstance(self.axis, int) else self.axis
        checks.axes(self.name, axes, input_shape, sized=True)
        self._axes = sorted(axis % len(input_shape) for axis in axes)
        shape: tuple[Any, ...] = tuple(input_shape[axis] for axis in self._axes)
        self.add_scale_and_offset(
            shape, scale=self.scale or self.rms_scaling, center=self.center and not self.rms_scaling
        )

    def call(self, inputs: Array) -> Array:
        """Normalize."""
        if self.rms_scaling:
            outputs = self._scaled(inputs)
        else:
            outputs = ops.layer_normalization(inputs, self.gamma, self.beta, self._axes, self.epsilon)
        return ops.cast(outputs, self.compute_dtype)

    def _scaled(self, inputs: Array) -> Array:
        x = ops.cast(inputs, dtypes.result_type(dtypes.standardize_dtype(inputs.dtype), "float32"))
        variance = ops.var(x, axis=self._axes, keepdims=True)
        sizes = tuple(size if axis in self._axes else 1 for axis, size in enumerate(x.shape))
        return x * ops.rsqrt(variance + self.epsilon) * ops.reshape(self.gamma, sizes)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "rms_scaling": self.rms_scaling,
        }
