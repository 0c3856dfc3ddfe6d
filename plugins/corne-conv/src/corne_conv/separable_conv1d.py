"""SeparableConv1D: convolution of each channel, then a mixture of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._separable_conv import SeparableConv


class SeparableConv1D(SeparableConv):
    """Slide a window over each channel of sequences, then mix the channels at each place.

    It needs far fewer weights than ``Conv1D``.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the window: one integer.
        strides: How far the window moves: one integer. Default 1.
        padding: "valid" (none) or "same" (zeros, so that there are ``ceil(size / strides)`` windows).
            Default "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        dilation_rate: Distance of the places in a window: one integer. Default 1.
        depth_multiplier: Number of channels for each input channel before they are mixed. Default 1.
        activation: Name or function. Default None: none.
        use_bias: Whether ``bias`` is added. Default True.
        depthwise_initializer: Start value of ``depthwise_kernel``. Default "glorot_uniform".
        pointwise_initializer: Start value of ``pointwise_kernel``. Default "glorot_uniform".
        bias_initializer: Start value of ``bias``. Default "zeros".
        depthwise_regularizer: Penalty on ``depthwise_kernel``, added to the loss. Default None.
        pointwise_regularizer: Penalty on ``pointwise_kernel``, added to the loss. Default None.
        bias_regularizer: Penalty on ``bias``, added to the loss. Default None.
        activity_regularizer: Penalty on the output, added to the loss. Default None.
        depthwise_constraint: Applied to ``depthwise_kernel`` after each update. Default None.
        pointwise_constraint: Applied to ``pointwise_kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with ``filters`` channels; ``depthwise_kernel``
        ``(*kernel_size, channels, depth_multiplier)``; ``pointwise_kernel``
        ``(1, ..., channels * depth_multiplier, filters)``; ``bias`` ``(filters,)``.

    Raises:
        ArgumentError: A size is not positive, or both ``strides`` and ``dilation_rate`` are above 1.
        ShapeError: The input has another rank, the window is larger than it, or its channels are not known.

    Source: Xception, Chollet 2017, https://arxiv.org/abs/1610.02357

    >>> import numpy as np
    >>> tuple(SeparableConv1D(4, 3)(np.ones((2, 8, 3))).shape)
    (2, 6, 4)
    """

    rank = 1

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
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
            depth_multiplier=depth_multiplier,
            activation=activation,
            use_bias=use_bias,
            depthwise_initializer=depthwise_initializer,
            pointwise_initializer=pointwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            pointwise_regularizer=pointwise_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            depthwise_constraint=depthwise_constraint,
            pointwise_constraint=pointwise_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )
