"""Recurrence over time steps; ``xp`` is an array-API namespace, ``scan`` a backend's.

What does not depend on the state (the inputs' products with the kernel) is computed for all steps at once,
before the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from corne.backend import Array

Namespace = Any

Activation = Callable[[Array], Array]
Arrays = tuple[Array, ...]
#: ``step(x, states) -> (outputs, new states)``
Step = Callable[[Any, Arrays], tuple[Arrays, Arrays]]
Scan = Callable[[Callable[[Any, Any], tuple[Any, Any]], Any, Sequence[Any]], tuple[Any, list[Any]]]


class Sequences(NamedTuple):
    """How a recurrence runs over its inputs.

    Attributes:
        mask: ``(batch, steps)``, true for steps that count, or None.
        go_backwards: Whether it starts from the last step; the outputs come in the order they were made.
        return_sequences: Whether it gives the outputs of all steps, or the last one's.
        zero_output_for_mask: Whether a masked step's output is 0 rather than the previous step's.
    """

    mask: Array | None
    go_backwards: bool
    return_sequences: bool
    zero_output_for_mask: bool


def swap_time(xp: Namespace, x: Array) -> Array:
    """Exchange the first two axes."""
    return xp.permute_dims(x, (1, 0, *range(2, x.ndim)))


def steps_of(xp: Namespace, x: Array, go_backwards: bool) -> list[Array]:
    """Return the steps of ``(batch, steps, ...)`` in the order they are taken."""
    x = swap_time(xp, x)
    order = range(x.shape[0] - 1, -1, -1) if go_backwards else range(x.shape[0])
    return [x[index, ...] for index in order]


def fold(
    xp: Namespace,
    scan: Scan,
    step: Step,
    xs: Sequence[Any],
    states: Arrays,
    masks: Sequence[Array] | None,
    zero_output_for_mask: bool,
) -> tuple[list[Arrays], Arrays]:
    """Take the steps and return the outputs of each, and the last states.

    A masked step leaves the states as they are; its outputs are the previous ones, before any step zeros.
    """
    if masks is None:

        def plain(carry: Arrays, x: Any) -> tuple[Arrays, Arrays]:
            outputs, new = step(x, carry)
            return new, outputs

        states, made = scan(plain, states, xs)
        return made, states

    def masked(carry: tuple[Arrays | None, Arrays], pair: tuple[Any, Array]) -> tuple[Any, Arrays]:
        previous, old = carry
        x, mask = pair
        outputs, new = step(x, old)
        if previous is None or zero_output_for_mask:
            previous = tuple(xp.zeros_like(output) for output in outputs)
        outputs = tuple(choose(xp, mask, a, b) for a, b in zip(outputs, previous, strict=True))
        new = tuple(choose(xp, mask, a, b) for a, b in zip(new, old, strict=True))
        return (outputs, new), outputs

    (_, states), made = scan(masked, (None, states), list(zip(xs, masks, strict=True)))
    return made, states


def choose(xp: Namespace, mask: Array, x: Array, otherwise: Array) -> Array:
    """Return ``x`` where ``mask``, whose axes are the first ones of ``x``, is true."""
    missing = x.ndim - mask.ndim
    return xp.where(xp.reshape(mask, (*mask.shape, *(1,) * missing)) if missing > 0 else mask, x, otherwise)


def projected(xp: Namespace, inputs: Array, kernel: Array, bias: Array | None, scale: Array | None) -> Array:
    """Return ``inputs @ kernel + bias`` for all steps and gates.

    ``scale``, the dropout of the inputs, is ``(batch, features)`` or ``(gates, batch, features)``.
    """
    if scale is not None and scale.ndim == 3:
        gates = scale.shape[0]
        size = kernel.shape[-1] // gates
        x = xp.concat(
            [
                xp.matmul(inputs * scale[g, :, None, :], kernel[:, g * size : (g + 1) * size])
                for g in range(gates)
            ],
            axis=-1,
        )
    else:
        x = xp.matmul(inputs if scale is None else inputs * scale[:, None, :], kernel)
    return x if bias is None else x + bias


def recurrent_product(
    xp: Namespace, kernel: Array, bias: Array | None, scale: Array | None
) -> Callable[[Array], Array]:
    """Return a function from the state to ``state @ kernel + bias``.

    ``scale``, the dropout of the state, is ``(batch, units)`` or ``(gates, batch, units)``.
    """
    if scale is None or scale.ndim == 2:

        def product(h: Array) -> Array:
            h = xp.matmul(h if scale is None else h * scale, kernel)
            return h if bias is None else h + bias

        return product

    gates, _, units = scale.shape
    by_gate = xp.permute_dims(xp.reshape(kernel, (units, gates, -1)), (1, 0, 2))

    def product_by_gate(h: Array) -> Array:
        each = xp.matmul(h[None, ...] * scale, by_gate)
        flat = xp.concat([each[g, ...] for g in range(gates)], axis=-1)
        return flat if bias is None else flat + bias

    return product_by_gate


def run(
    xp: Namespace, scan: Scan, step: Step, x: Array, states: Arrays, over: Sequences
) -> tuple[Array, Arrays]:
    """Run a step that has one output over projected inputs; return the output or outputs, and states."""
    masks = None if over.mask is None else steps_of(xp, over.mask, over.go_backwards)
    xs = steps_of(xp, x, over.go_backwards)
    made, states = fold(xp, scan, step, xs, states, masks, over.zero_output_for_mask)
    if over.return_sequences:
        return xp.stack([outputs[0] for outputs in made], axis=1), states
    return made[-1][0], states


def simple_rnn(
    xp: Namespace,
    scan: Scan,
    inputs: Array,
    state: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    scale: Array | None,
    recurrent_scale: Array | None,
    activation: Activation,
    over: Sequences,
) -> tuple[Array, Arrays]:
    """``h' = activation(x @ kernel + h @ recurrent_kernel + bias)``"""
    recurrent = recurrent_product(xp, recurrent_kernel, None, recurrent_scale)

    def step(x: Array, states: Arrays) -> tuple[Arrays, Arrays]:
        h = activation(x + recurrent(states[0]))
        return (h,), (h,)

    return run(xp, scan, step, projected(xp, inputs, kernel, bias, scale), (state,), over)


def lstm(
    xp: Namespace,
    scan: Scan,
    inputs: Array,
    states: tuple[Array, Array],
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    scale: Array | None,
    recurrent_scale: Array | None,
    activation: Activation,
    recurrent_activation: Activation,
    over: Sequences,
) -> tuple[Array, Arrays]:
    """Gates in the order input, forget, candidate, output."""
    recurrent = recurrent_product(xp, recurrent_kernel, None, recurrent_scale)
    units = recurrent_kernel.shape[0]

    def step(x: Array, states: Arrays) -> tuple[Arrays, Arrays]:
        h, c = states
        z = x + recurrent(h)
        take = recurrent_activation(z[:, :units])
        keep = recurrent_activation(z[:, units : 2 * units])
        c = keep * c + take * activation(z[:, 2 * units : 3 * units])
        h = recurrent_activation(z[:, 3 * units :]) * activation(c)
        return (h,), (h, c)

    return run(xp, scan, step, projected(xp, inputs, kernel, bias, scale), states, over)


def gru(
    xp: Namespace,
    scan: Scan,
    inputs: Array,
    state: Array,
    kernel: Array,
    recurrent_kernel: Array,
    bias: Array | None,
    scale: Array | None,
    recurrent_scale: Array | None,
    activation: Activation,
    recurrent_activation: Activation,
    reset_after: bool,
    over: Sequences,
) -> tuple[Array, Arrays]:
    """Gates in the order update, reset, candidate; ``bias`` has two rows where ``reset_after``."""
    units = recurrent_kernel.shape[0]
    two = 2 * units
    input_bias, recurrent_bias = bias, None
    if bias is not None and bias.ndim == 2:
        input_bias, recurrent_bias = bias[0, ...], bias[1, ...]
    x = projected(xp, inputs, kernel, input_bias, scale)

    if reset_after:
        recurrent = recurrent_product(xp, recurrent_kernel, recurrent_bias, recurrent_scale)

        def after(x: Array, states: Arrays) -> tuple[Arrays, Arrays]:
            (h,) = states
            inner = recurrent(h)
            update = recurrent_activation(x[:, :units] + inner[:, :units])
            reset = recurrent_activation(x[:, units:two] + inner[:, units:two])
            candidate = activation(x[:, two:] + reset * inner[:, two:])
            h = update * h + (1 - update) * candidate
            return (h,), (h,)

        return run(xp, scan, after, x, (state,), over)

    gate_scale = last_scale = recurrent_scale
    if recurrent_scale is not None and recurrent_scale.ndim == 3:
        gate_scale, last_scale = recurrent_scale[:2, ...], recurrent_scale[2, ...]
    gates_of = recurrent_product(xp, recurrent_kernel[:, :two], None, gate_scale)
    candidate_of = recurrent_product(xp, recurrent_kernel[:, two:], None, last_scale)

    def before(x: Array, states: Arrays) -> tuple[Arrays, Arrays]:
        (h,) = states
        inner = gates_of(h)
        update = recurrent_activation(x[:, :units] + inner[:, :units])
        reset = recurrent_activation(x[:, units:two] + inner[:, units:])
        candidate = activation(x[:, two:] + candidate_of(reset * h))
        h = update * h + (1 - update) * candidate
        return (h,), (h,)

    return run(xp, scan, before, x, (state,), over)
