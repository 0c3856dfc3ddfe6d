"""Conv3DTranspose: transposed convolution of volumes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne_conv._conv_transpose import ConvTranspose


class Conv3DTranspose(ConvTranspose):
    """Enlarge volumes: each place spreads learned weights over a window of the output.

    It computes what the gradient of ``Conv3D`` with respect to its input computes.

    Args:
        filters: Number of output channels.
        kernel_size: Size of the window: one integer or 3 of them.
        strides: How far apart the input's places are in the output: one integer or 3 of them.
            Default (1, 1, 1).
        padding: "valid" or "same"; "same" makes the output ``strides`` times as large as the input. Default
            "valid".
        data_format: "channels_last" or "channels_first". Default None: ``config.image_data_format()``.
        output_padding: Places added behind the output, below ``strides``: one integer or 3 of them. Default
            None: from ``padding``.
        dilation_rate: Distance of the places in a window: one integer or 3 of them. Default (1, 1, 1).
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
        input ``(batch, depth, height, width, channels)``, or ``(batch, channels, depth, height, width)`` for
        "channels_first"; output the same, larger and with ``filters`` channels; ``kernel``
        ``(*kernel_size, filters, channels)``; ``bias`` ``(filters,)``.

    Raises:
        ArgumentError: A size is not positive, ``output_padding`` is not below ``strides``, or both
            ``strides`` and ``dilation_rate`` are above 1.
        ShapeError: The input has another rank, or its channels are not known.

    Source: A guide to convolution arithmetic for deep learning, Dumoulin and Visin 2016,
    https://arxiv.org/abs/1603.07285

    >>> import numpy as np
    >>> tuple(Conv3DTranspose(4, 3, strides=2, padding="same")(np.ones((2, 8, 8, 8, 3))).shape)
    (2, 16, 16, 16, 4)
    """

    rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        output_padding: int | Sequence[int] | None = None,
        dilation_rate: int | Sequence[int] = (1, 1, 1),
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
            output_padding=output_padding,
            data_format=data_format,
            dilation_rate=dilation_rate,
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
