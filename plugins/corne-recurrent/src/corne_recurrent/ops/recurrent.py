"""Recurrence: simple, LSTM and GRU networks over whole sequences, and any other step function.

In ``simple_rnn``, ``lstm`` and ``gru`` the arguments mean the same:

- ``inputs`` has shape ``(batch, steps, features)``, states ``(batch, units)``, ``kernel`` ``(features,
  gates * units)``, ``recurrent_kernel`` ``(units, gates * units)``;
- ``mask`` has shape ``(batch, steps)``: a step where it is false leaves the state as it is, and its output is
  the previous step's (zeros before the first), or zeros with ``zero_output_for_mask``;
- ``dropout_mask`` multiplies every step's inputs, ``recurrent_dropout_mask`` the state where it meets
  ``recurrent_kernel``; both are one for all gates, ``(batch, size)``, or one for each, ``(gates, batch, size)``;
- activations are functions of one array, or one of the names "linear", "relu", "sigmoid" and "tanh";
- ``go_backwards`` starts from the last step and gives the outputs in the order they are made;
- ``return_sequences`` says whether the outputs of all steps are returned, ``(batch, steps, units)``, or the
  last one's, ``(batch, units)``;
- ``fused=False`` keeps a backend from doing it all in one kernel of its engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from corne import backend as backends
from corne import tree
from corne.backend import Array
from corne.errors import ShapeError
from corne.kernels.recurrence import Activation, check
from corne.operation import op, to, xp

from corne_recurrent.kernels import recurrent as kernels
from corne_recurrent.kernels.arguments import as_mask, convert, function_of
from corne_recurrent.kernels.recurrent import Sequences

_ARRAYS = ("kernel", "recurrent_kernel", "bias", "mask", "dropout_mask", "recurrent_dropout_mask")


@op(arrays=("inputs", "initial_state", *_ARRAYS))
def simple_rnn(
    inputs: Array,
    initial_state: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array = None,
    mask: Array = None,
    dropout_mask: Array = None,
    recurrent_dropout_mask: Array = None,
    activation: Activation = "tanh",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> tuple[Array, Array]:
    """Run ``h' = activation(x @ kernel + bias + h @ recurrent_kernel)`` and return ``(outputs, last h)``.

    For the arguments see the module; ``bias`` has shape ``(units,)``.

    Raises:
        ShapeError: Shapes that do not fit each other.

    >>> outputs, state = simple_rnn([[[1.0], [2.0]]], [[0.0]], [[1.0]], [[1.0]], activation="linear")
    >>> outputs.tolist(), state.tolist()
    ([[[1.0], [3.0]]], [[3.0]])
    """
    check("simple_rnn", 1, inputs, (initial_state,), kernel, recurrent_kernel, mask)
    outputs, states = kernels.simple_rnn(
        xp(), backends.active().scan, inputs, initial_state, kernel, recurrent_kernel, bias, dropout_mask,
        recurrent_dropout_mask, function_of(activation),
        Sequences(as_mask(mask), go_backwards, return_sequences, zero_output_for_mask),
    )  # fmt: skip
    return outputs, states[0]


@op(arrays=("inputs", "initial_h", "initial_c", *_ARRAYS))
def lstm(
    inputs: Array,
    initial_h: Array,
    initial_c: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array = None,
    mask: Array = None,
    dropout_mask: Array = None,
    recurrent_dropout_mask: Array = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> tuple[Array, Array, Array]:
    """Run a network of long short-term memory and return ``(outputs, last h, last c)``.

    With ``i, f, g, o`` the four parts of ``x @ kernel + h @ recurrent_kernel + bias``, and s the recurrent
    activation: ``c' = s(f) * c + s(i) * activation(g)``, ``h' = s(o) * activation(c')``.

    For the arguments see the module; ``bias`` has shape ``(4 * units,)``.

    Raises:
        ShapeError: Shapes that do not fit each other.

    Source: Hochreiter and Schmidhuber 1997, https://www.bioinf.jku.at/publications/older/2604.pdf, with the
    forget gate of Gers et al. 2000, https://doi.org/10.1162/089976600300015015
    """
    check("lstm", 4, inputs, (initial_h, initial_c), kernel, recurrent_kernel, mask)
    outputs, states = kernels.lstm(
        xp(), backends.active().scan, inputs, (initial_h, initial_c), kernel, recurrent_kernel, bias,
        dropout_mask, recurrent_dropout_mask, function_of(activation), function_of(recurrent_activation),
        Sequences(as_mask(mask), go_backwards, return_sequences, zero_output_for_mask),
    )  # fmt: skip
    return outputs, states[0], states[1]


@op(arrays=("inputs", "initial_state", *_ARRAYS))
def gru(
    inputs: Array,
    initial_state: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array = None,
    mask: Array = None,
    dropout_mask: Array = None,
    recurrent_dropout_mask: Array = None,
    activation: Activation = "tanh",
    recurrent_activation: Activation = "sigmoid",
    reset_after: bool = True,
    go_backwards: bool = False,
    return_sequences: bool = True,
    zero_output_for_mask: bool = False,
    fused: bool = True,
) -> tuple[Array, Array]:
    """Run a network of gated recurrent units and return ``(outputs, last h)``.

    With s the recurrent activation, and x and h standing for their products with the parts of the kernels:
    ``z = s(x_z + h_z)``, ``r = s(x_r + h_r)``, ``h' = z * h + (1 - z) * activation(x_g + r * h_g)``. Without
    ``reset_after``, ``h_g`` is instead the product of ``r * h``.

    For the arguments see the module; ``bias`` has shape ``(2, 3 * units)`` with ``reset_after``, one row for
    the inputs and one for the state, and ``(3 * units,)`` without.

    Raises:
        ShapeError: Shapes that do not fit each other.

    Source: Cho et al. 2014, https://arxiv.org/abs/1406.1078; ``reset_after`` is the variant of cuDNN.
    """
    check("gru", 3, inputs, (initial_state,), kernel, recurrent_kernel, mask)
    outputs, states = kernels.gru(
        xp(), backends.active().scan, inputs, initial_state, kernel, recurrent_kernel, bias, dropout_mask,
        recurrent_dropout_mask, function_of(activation), function_of(recurrent_activation), reset_after,
        Sequences(as_mask(mask), go_backwards, return_sequences, zero_output_for_mask),
    )  # fmt: skip
    return outputs, states[0]


def rnn(
    step_function: Callable[[Any, Any], tuple[Any, Any]],
    inputs: Any,
    initial_states: Sequence[Any],
    go_backwards: bool = False,
    mask: Array | None = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: int | Array | None = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, list[Any]]:
    """Run a step function over the time steps of sequences.

    Args:
        step_function: ``step_function(inputs of a step, states) -> (outputs, new states)``; outputs may be any
            structure of arrays.
        inputs: Array, or structure of arrays, of shape ``(batch, steps, ...)``.
        initial_states: List of states, each an array or a structure of arrays.
        go_backwards: Whether to start from the last step; outputs come in the order they are made.
            Default False.
        mask: ``(batch, steps)``, true for steps that count. A step that does not leaves the states as they
            are; its outputs are the previous step's, zeros before the first. Default None: all count.
        constants: What every step gets after the states. Default None: nothing.
        unroll: Accepted for Keras's signature; steps are always taken one by one.
        input_length: Number of steps to take; or, where there is no mask, ``(batch,)`` numbers of steps that
            count. Default None: all.
        time_major: Whether inputs, mask and outputs are ``(steps, batch, ...)``. Default False.
        zero_output_for_mask: Whether the outputs of a step that does not count are zeros. Default False.
        return_all_outputs: Whether the outputs of all steps are kept, or the last one's. Default True.

    Returns:
        ``(last outputs, outputs, last states)``; without ``return_all_outputs`` the second has one step.

    Raises:
        ShapeError: Inputs of different lengths, or of none, or a mask of another length.

    >>> add = lambda x, states: (x + states[0], [x + states[0]])
    >>> last, outputs, states = rnn(add, convert([[[1.0], [2.0], [3.0]]]), [convert([[0.0]])])
    >>> outputs.tolist()
    [[[1.0], [3.0], [6.0]]]
    """
    inputs = tree.map_structure(convert, inputs)
    states = tree.map_structure(convert, list(initial_states))
    flat = [x if time_major else kernels.swap_time(xp(), x) for x in tree.flatten(inputs)]
    length = flat[0].shape[0]
    if length == 0 or any(x.shape[0] != length for x in flat):
        raise ShapeError(
            "ops.rnn(inputs=…)", "arrays of one number of steps, at least one",
            f"shapes {[tuple(x.shape) for x in tree.flatten(inputs)]}", "Cut or pad them to one length.",
        )  # fmt: skip
    if mask is not None:
        mask = as_mask(convert(mask))
        mask = mask if time_major else kernels.swap_time(xp(), mask)
    elif input_length is not None and not isinstance(input_length, int):
        lengths = convert(input_length)
        mask = xp().arange(length)[:, None] < to(lengths, "int32")[None, :]
    if mask is not None and mask.shape[0] != length:
        raise ShapeError(
            "ops.rnn(mask=…)", f"{length} steps, as the inputs have", f"{mask.shape[0]}", "Pass their mask."
        )
    taken = min(length, input_length) if isinstance(input_length, int) else length
    order = (range(length - 1, -1, -1) if go_backwards else range(length))[:taken]
    extra = [] if constants is None else list(constants)
    formed: list[Any] = []

    def step(x: Any, flat_states: tuple[Array, ...]) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
        now = tree.pack_sequence_as(states, list(flat_states))
        outputs, new = step_function(tree.pack_sequence_as(inputs, list(x)), [*now, *extra])
        if not formed:
            formed.append(outputs)
        return tuple(tree.flatten(outputs)), tuple(tree.flatten(new))

    made, last = kernels.fold(
        xp(), backends.active().scan, step, [[x[i, ...] for x in flat] for i in order],
        tuple(tree.flatten(states)), None if mask is None else [mask[i, ...] for i in order],
        zero_output_for_mask,
    )  # fmt: skip
    kept = made if return_all_outputs else made[-1:]
    axis = 0 if time_major else 1
    stacked = [xp().stack(list(parts), axis=axis) for parts in zip(*kept, strict=True)]
    return (
        tree.pack_sequence_as(formed[0], list(made[-1])),
        tree.pack_sequence_as(formed[0], stacked),
        tree.pack_sequence_as(states, list(last)),
    )
