"""Conv1D: convolution of sequences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import ops
from corne.backend import Array

from corne_conv._conv import Conv


class Conv1D(Conv):
    """Slide a window with learned weights over sequences.

    ``y[b, p, f] = activation(sum over k, c of x[b, p * strides + k * dilation_rate, c] * kernel[k, c, f]
    + bias[f])``, with ``p`` and ``k`` running over one axis.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the window: one integer.
        strides: How far the window moves: one integer. Default 1.
        padding: "valid" (none) or "same" (zeros, so that there are ``ceil(size / strides)``
            windows), or "causal": zeros in front, so that no
            output depends on later steps. Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        dilation_rate: Distance of the places in a window: one integer. Default 1.
        groups: Number of groups that channels are divided into; each group of filters sees one group of
            channels. Default 1.
        activation: Name or function. Default None: none.
        use_bias: Whether ``bias`` is added. Default True.
        kernel_initializer: Start value of ``kernel``. Default "glorot_uniform".
        bias_initializer: Start value of ``bias``. Default "zeros".
        kernel_regularizer: Penalty on ``kernel``, added to the loss. Default None.
        bias_regularizer: Penalty on ``bias``, added to the loss. Default None.
        activity_regularizer: Penalty on the output, added to the loss. Default None.
        kernel_constraint: Applied to ``kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with ``filters`` channels; ``kernel``
        ``(*kernel_size, channels / groups, filters)``; ``bias`` ``(filters,)``.

    Raises:
        ArgumentError: A size is not positive, ``groups`` does not divide ``filters``, or both ``strides``
            and ``dilation_rate`` are above 1.
        ShapeError: The input has another rank, the window is larger than it, its channels are not known or
            not divisible by ``groups``.

    >>> import numpy as np
    >>> tuple(Conv1D(4, 3)(np.ones((2, 8, 3))).shape)
    (2, 6, 4)
    """

    acts_per_sample = True

    rank = 1
    paddings = ("valid", "same", "causal")

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        groups: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters=filters,
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
            groups=groups,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )

    def call(self, inputs: Array) -> Array:
        """Convolve, add the bias and apply the activation."""
        if self.padding != "causal":
            return super().call(inputs)
        before = (self._spans[0] - 1, 0)
        last = self.data_format == "channels_last"
        inputs = ops.pad(inputs, ((0, 0), before, (0, 0)) if last else ((0, 0), (0, 0), before))
        return self.finish(
            ops.conv(inputs, self.kernel, self.strides, "valid", self.data_format, self.dilation_rate)
        )
