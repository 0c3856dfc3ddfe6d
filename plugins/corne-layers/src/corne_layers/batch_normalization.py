"""BatchNormalization: mean 0 and deviation 1 over the batch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from corne import checks, config, dtypes, initializers, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, ShapeError
from corne.layer import InputSpec

from corne_layers._batch_renorm import check_clipping, correction
from corne_layers._normalization import ScaleAndOffset


class BatchNormalization(ScaleAndOffset):
    """Subtract the mean and divide by the deviation of each channel, then scale and shift.

    ``y = gamma * (x - mean) / sqrt(variance + epsilon) + beta``

    In training, mean and variance are the batch's, and moving averages of them are kept:
    ``moving = momentum * moving + (1 - momentum) * batch``. Otherwise, and where ``trainable`` is off, the
    moving averages are used. Masked steps don't count.

    Args:
        axis: Axis of the channels. Default -1; 1 for "channels_first".
        momentum: Share of the old moving average, from 0 to 1. Default 0.99.
        epsilon: Added to the variance. Default 0.001.
        center: Whether ``beta`` is added. Default True.
        scale: Whether ``gamma`` is multiplied by. Default True.
        beta_initializer: Start value of ``beta``. Default "zeros".
        gamma_initializer: Start value of ``gamma``. Default "ones".
        moving_mean_initializer: Start value of ``moving_mean``. Default "zeros".
        moving_variance_initializer: Start value of ``moving_variance``. Default "ones".
        beta_regularizer: Penalty on ``beta``, added to the loss. Default None.
        gamma_regularizer: Penalty on ``gamma``, added to the loss. Default None.
        beta_constraint: Applied to ``beta`` after each update. Default None.
        gamma_constraint: Applied to ``gamma`` after each update. Default None.
        renorm: Whether to use batch renormalization, for small batches. Default False.
        renorm_clipping: Its limits: a dict with any of "rmin", "rmax", "dmax". Default None: no limits.
        renorm_momentum: As ``momentum``, for the averages that renormalization uses. Default 0.99.
        synchronized: Must be False: statistics are those of one process.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, ...)``, any rank; output the same; mask as the input without the last axis; weights
        ``(channels,)``.

    Raises:
        ArgumentError: ``synchronized`` is True, or ``renorm_clipping`` makes no sense.
        ShapeError: The channel axis does not exist or has no fixed size, or the mask does not fit.

    Source: Batch Normalization, Ioffe and Szegedy 2015, https://arxiv.org/abs/1502.03167; Batch
    Renormalization, Ioffe 2017, https://arxiv.org/abs/1702.03275

    >>> import numpy as np
    >>> layer = BatchNormalization(epsilon=0.0)
    >>> layer(np.array([[1.0], [3.0]]), training=True).tolist()
    [[-1.0], [1.0]]
    """

    acts_per_sample = "inference"

    def __init__(
        self,
        axis: int = -1,
        momentum: float = 0.99,
        epsilon: float = 0.001,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Mapping[str, float] | None = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            center, scale, beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer,
            beta_constraint, gamma_constraint, **kwargs,
        )  # fmt: skip
        if synchronized:
            raise ArgumentError(
                "BatchNormalization(synchronized=…)", "False", repr(synchronized),
                "Statistics over several processes are not supported; leave the argument out.",
            )  # fmt: skip
        self.axis = int(axis)
        self.momentum = float(momentum)
        self.epsilon = float(epsilon)
        self.moving_mean_initializer = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer = initializers.get(moving_variance_initializer)
        self.renorm = renorm
        self.renorm_clipping = check_clipping(renorm_clipping or {}) if renorm else renorm_clipping
        self.renorm_momentum = renorm_momentum
        self.synchronized = synchronized

    def build(self, input_shape: Shape) -> None:
        """Make ``gamma``, ``beta`` and the moving averages."""
        checks.axes(self.name, [self.axis], input_shape, sized=True)
        channels = input_shape[self.axis]
        assert channels is not None
        shape = (channels,)
        self.add_scale_and_offset(shape, scale=self.scale, center=self.center)

        def average(name: str, initializer: Any) -> Any:
            return self.add_weight(
                shape=shape, initializer=initializer, trainable=False, autocast=False, name=name
            )

        self.moving_mean = average("moving_mean", self.moving_mean_initializer)
        self.moving_variance = average("moving_variance", self.moving_variance_initializer)
        if self.renorm:

            def deviation(shape: Shape, dtype: Any = None) -> Array:
                return ops.sqrt(self.moving_variance_initializer(shape, dtype=dtype))

            self.moving_stddev = average("moving_stddev", deviation)
            self.renorm_mean = average("renorm_mean", self.moving_mean_initializer)
            self.renorm_stddev = average("renorm_stddev", deviation)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})

    def call(self, inputs: Array, training: bool = False, mask: Array | None = None) -> Array:
        """Normalize; in training also update the moving averages."""
        x = ops.cast(inputs, dtypes.result_type(dtypes.standardize_dtype(inputs.dtype), "float32"))
        gamma, beta = self.gamma, self.beta
        if training and self.trainable:
            mean, variance = self._batch_moments(x, mask)
            if self.renorm:
                gamma, beta = self._renormalized(mean, variance)
            else:
                self._move(self.moving_mean, mean, self.momentum)
                self._move(self.moving_variance, variance, self.momentum)
        else:
            mean, variance = self.moving_mean.value, self.moving_variance.value
        outputs = ops.batch_normalization(
            x, mean, variance, self.axis, offset=beta, scale=gamma, epsilon=self.epsilon
        )
        return ops.cast(outputs, self.compute_dtype)

    def _move(self, average: Any, value: Array, momentum: float) -> Array:
        moved = average.value * momentum + ops.stop_gradient(value) * (1.0 - momentum)
        average.assign(moved)
        return moved

    def _batch_moments(self, x: Array, mask: Array | None) -> tuple[Array, Array]:
        rank = len(x.shape)
        axes = [axis for axis in range(rank) if axis != self.axis % rank]
        if mask is None:
            mean, variance = ops.moments(x, axes=axes)
            return mean, variance
        if len(mask.shape) != rank - 1:
            raise ShapeError(
                f"{self.name}: mask", f"{rank - 1} axes, for inputs of shape {tuple(x.shape)}",
                f"shape {tuple(mask.shape)}", "The mask says for each step whether it counts.",
            )  # fmt: skip
        real = ops.broadcast_to(ops.expand_dims(ops.cast(mask, "bool"), -1), tuple(x.shape))
        zero = ops.zeros_like(x)
        count = ops.sum(ops.cast(real, x.dtype), axis=axes, keepdims=True) + config.epsilon()
        mean = ops.sum(ops.where(real, x, zero), axis=axes, keepdims=True) / count
        squares = ops.square(ops.where(real, x - mean, zero))
        variance = ops.sum(squares, axis=axes, keepdims=True) / count
        return ops.reshape(mean, (-1,)), ops.reshape(variance, (-1,))

    def _renormalized(self, mean: Array, variance: Array) -> tuple[Array, Array]:
        """Return the scale and offset of batch renormalization, and update its averages."""
        stddev = ops.sqrt(variance + self.epsilon)
        r, d = correction(
            mean,
            stddev,
            self.renorm_mean.value,
            self.renorm_stddev.value,
            self.epsilon,
            self.renorm_clipping or {},
        )
        self._move(self.renorm_mean, mean, self.renorm_momentum)
        self._move(self.renorm_stddev, stddev, self.renorm_momentum)
        self._move(self.moving_mean, mean, self.momentum)
        moved = self._move(self.moving_stddev, stddev, self.momentum)
        self.moving_variance.assign(ops.relu(moved * moved - self.epsilon))
        if self.gamma is not None:
            r, d = ops.multiply(r, self.gamma), ops.multiply(d, self.gamma)
        return r, d if self.beta is None else ops.add(d, self.beta)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return tuple(input_shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "synchronized": self.synchronized,
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
        }
