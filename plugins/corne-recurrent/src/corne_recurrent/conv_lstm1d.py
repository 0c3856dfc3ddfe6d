"""ConvLSTM1D: an LSTM over sequences of rows, with convolutions for products."""

from __future__ import annotations

from corne_recurrent._conv_lstm import ConvLSTM


class ConvLSTM1D(ConvLSTM):
    """Run a convolutional LSTM over sequences of rows.

    Each step computes the gates by two convolutions, of the step's rows and of the state before; see
    :class:`~corne_recurrent.conv_lstm_cell.ConvLSTMCell` for the formula.

    Args:
        filters: Channels of the output.
        kernel_size: Size of the window: one integer, or one for each of the 1 spatial axes.
        strides: Step of the window over the inputs. Default 1.
        padding: "valid" or "same", for the inputs. Default "valid".
        data_format: "channels_last", "channels_first" or None for the configured one.
        dilation_rate: Distance of the places in a window over the inputs. Default 1.
        activation: Name or function. Default "tanh".
        recurrent_activation: That of the gates. Default "sigmoid".
        use_bias: Whether a bias is added. Default True.
        kernel_initializer: Start value of the inputs' kernel. Default "glorot_uniform".
        recurrent_initializer: Start value of the state's kernel. Default "orthogonal".
        bias_initializer: Start value of the bias. Default "zeros".
        unit_forget_bias: Whether the forget gate's bias starts at 1. Default True.
        kernel_regularizer: Penalty on the inputs' kernel. Default None.
        recurrent_regularizer: Penalty on the state's kernel. Default None.
        bias_regularizer: Penalty on the bias. Default None.
        activity_regularizer: Penalty on the output. Default None.
        kernel_constraint: Applied to the inputs' kernel after each update. Default None.
        recurrent_constraint: Applied to the state's kernel after each update. Default None.
        bias_constraint: Applied to the bias after each update. Default None.
        dropout: Fraction of the inputs to drop in training, alike in all steps. Default 0.
        recurrent_dropout: Fraction of the state to drop in training where it is convolved. Default 0.
        seed: Start of the random numbers of dropout. Default None: drawn.
        return_sequences: Whether to return the outputs of all steps rather than the last one's. Default False.
        return_state: Whether to return the last states too. Default False.
        go_backwards: Whether to start from the last step. Default False.
        stateful: Whether each batch starts from the states that the one before ended with. Default False.
        **kwargs: ``unroll`` and ``zero_output_for_mask`` as for :class:`RNN`; others as for every layer.

    Shapes:
        input ``(batch, steps, width, channels)``; mask ``(batch, steps)``; output ``(batch, width,
        filters)``, or ``(batch, steps, width, filters)`` with ``return_sequences``, in smaller sizes with
        "valid" padding or strides; with ``return_state`` followed by the two states.

    Raises:
        ArgumentError: A size that is not a positive integer, a fraction that is not from 0 to 1, or strides and
            dilation both above 1.
        ShapeError: The images' size is not fixed, or smaller than the window.

    Source: Shi et al. 2015, https://arxiv.org/abs/1506.04214

    >>> import numpy as np
    >>> tuple(ConvLSTM1D(3, 3)(np.ones((1, 4, 6, 2), "float32")).shape)
    (1, 4, 3)
    """

    rank = 1
