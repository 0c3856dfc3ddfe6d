"""The loss of sequences whose alignment is unknown."""

from __future__ import annotations

import math

from corne import dtypes, ops
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, op, to, xp

#: Logarithm of a probability of 0; finite, so that differences have gradients.
_NEVER = -1e30


@op(4)
def ctc_loss(
    target: Array, output: Array, target_length: Array, output_length: Array, mask_index: int = 0
) -> Array:
    """Return how unlikely the labels are, summed over all ways to align them with the steps of time.

    Args:
        target: Labels.
        output: Logits of the classes at each step.
        target_length: How many labels count of each sequence.
        output_length: How many steps count of each sequence.
        mask_index: The class that stands for no label. Default 0.

    Shapes:
        target ``(batch, labels)``; output ``(batch, steps, classes)``; lengths ``(batch,)``; result ``(batch,)``.
        Infinity where there are too few steps for the labels.

    Raises:
        ShapeError: Other axes.

    Source: Connectionist Temporal Classification, Graves et al. 2006, https://doi.org/10.1145/1143844.1143891

    >>> loss = ctc_loss([[1]], [[[0.0, 0.0]]], [1], [1])
    >>> round(float(loss[0]), 4)  # one step, two classes: log(2)
    0.6931
    """
    if len(output.shape) != 3 or len(target.shape) != 2 or target.shape[0] != output.shape[0]:
        raise ShapeError(
            "ops.ctc_loss(target, output)", "(batch, labels) and (batch, steps, classes)",
            f"shapes {tuple(target.shape)} and {tuple(output.shape)}",
        )  # fmt: skip
    space = xp()
    output = to(output, dtypes.result_type(dtype_of(output), "float32"))
    target, target_length, output_length = (to(x, "int64") for x in (target, target_length, output_length))
    scores = ops.log_softmax(output, axis=-1)
    batch, labels = target.shape
    # Labels with a mask before, between and behind them: (batch, 2 * labels + 1).
    masks = space.full((batch, labels), mask_index, dtype=target.dtype)
    states = space.reshape(space.stack([masks, target], axis=-1), (batch, 2 * labels))
    states = space.concat([states, masks[:, :1] if labels else space.full((batch, 1), mask_index, dtype=target.dtype)],
                          axis=1)  # fmt: skip
    never = to(_NEVER, dtype_of(output))
    place = space.arange(2 * labels + 1)[None, :]
    earlier = space.concat([states[:, :1], states[:, :1], states[:, :-2]], axis=1) if labels else states
    may_skip = (states != mask_index) & (states != earlier) & (place >= 2)
    emitted = space.take_along_axis(
        scores, space.broadcast_to(states[:, None, :], (batch, scores.shape[1], 2 * labels + 1)), axis=2
    )
    alpha = space.where(place < 2, emitted[:, 0, :], never)
    column = space.full((batch, 2), _NEVER, dtype=output.dtype)
    for step in range(1, scores.shape[1]):
        padded = space.concat([column, alpha], axis=1)
        one, two = padded[:, 1:-1], padded[:, :-2]
        ways = space.stack([alpha, one, space.where(may_skip, two, never)], axis=-1)
        peak = space.max(ways, axis=-1)
        following = (
            peak + space.log(space.sum(space.exp(ways - peak[..., None]), axis=-1)) + emitted[:, step, :]
        )
        following = space.clip(following, _NEVER, None)
        alpha = space.where((step < output_length)[:, None], following, alpha)
    last = 2 * target_length
    ends = (place == last[:, None]) | ((place == last[:, None] - 1) & (target_length > 0)[:, None])
    total = ops.logsumexp(space.where(ends, alpha, never), axis=1)
    return space.where(total < _NEVER / 2, to(math.inf, dtype_of(output)), -total)
