"""DepthwiseConv1D: convolution of each channel separately."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._depthwise_conv import DepthwiseConv


class DepthwiseConv1D(DepthwiseConv):
    """Slide a window over sequences, with weights of its own for each channel.

    Args:
        kernel_size: Size of the window: one integer.
        strides: How far the window moves: one integer. Default 1.
        padding: "valid" (none) or "same" (zeros, so that there are ``ceil(size / strides)`` windows).
            Default "valid".
        depth_multiplier: Number of output channels for each input channel. Default 1.
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        dilation_rate: Distance of the places in a window: one integer. Default 1.
        activation: Name or function. Default None: none.
        use_bias: Whether ``bias`` is added. Default True.
        depthwise_initializer: Start value of ``kernel``. Default "glorot_uniform".
        bias_initializer: Start value of ``bias``. Default "zeros".
        depthwise_regularizer: Penalty on ``kernel``, added to the loss. Default None.
        bias_regularizer: Penalty on ``bias``, added to the loss. Default None.
        activity_regularizer: Penalty on the output, added to the loss. Default None.
        depthwise_constraint: Applied to ``kernel`` after each update. Default None.
        bias_constraint: Applied to ``bias`` after each update. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input ``(batch, steps, channels)``, or ``(batch, channels, steps)`` for
        "channels_first"; output the same with ``channels * depth_multiplier`` channels; ``kernel``
        ``(*kernel_size, channels, depth_multiplier)``; ``bias`` one value for each output channel.

    Raises:
        ArgumentError: A size is not positive, or both ``strides`` and ``dilation_rate`` are above 1.
        ShapeError: The input has another rank, the window is larger than it, or its channels are not known.

    >>> import numpy as np
    >>> tuple(DepthwiseConv1D(3, depth_multiplier=2)(np.ones((2, 8, 3))).shape)
    (2, 6, 6)
    """

    rank = 1

    def __init__(
        self,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = 1,
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        dilation_rate: int | Sequence[int] = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            kernel_size=kernel_size,
            strides=strides,
            padding=padding,
            depth_multiplier=depth_multiplier,
            data_format=data_format,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            depthwise_initializer=depthwise_initializer,
            bias_initializer=bias_initializer,
            depthwise_regularizer=depthwise_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            depthwise_constraint=depthwise_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )
