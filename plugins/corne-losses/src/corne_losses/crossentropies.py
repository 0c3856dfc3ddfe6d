"""The crossentropies of one sample each: the operations that losses average."""

from __future__ import annotations

from corne import config
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, op, promoted_float, xp
from corne.ops.neural import log_softmax, relu


def _same_shape(target: Array, output: Array, name: str) -> None:
    if tuple(target.shape) != tuple(output.shape):
        raise ShapeError(
            f"ops.{name}", "target and output of one shape", f"{tuple(target.shape)} and {tuple(output.shape)}",
            "Are the targets class indices? Then use the sparse variant, or one-hot encode them.",
        )  # fmt: skip


@op(2)
def binary_crossentropy(target: Array, output: Array, from_logits: bool = False) -> Array:
    """Return ``-t log(p) - (1 - t) log(1 - p)`` of each element.

    Args:
        target: Probabilities, in the output's shape.
        output: Probabilities, or logits.
        from_logits: Whether ``output`` is logits. Default False; then it is limited to [epsilon, 1 - epsilon].
    """
    output, target = promoted_float(output, target)
    _same_shape(target, output, "binary_crossentropy")
    if from_logits:
        return relu(output) - output * target + xp().log1p(xp().exp(-xp().abs(output)))
    output = xp().clip(output, config.epsilon(), 1 - config.epsilon())
    return -(target * xp().log(output) + (1 - target) * xp().log(1 - output))


@op(2)
def categorical_crossentropy(
    target: Array, output: Array, from_logits: bool = False, axis: int = -1
) -> Array:
    """Return ``-sum(t log(p))`` over the class axis.

    Args:
        target: One-hot or soft classes, in the output's shape.
        output: Probabilities (they are divided by their sum), or logits.
        from_logits: Whether ``output`` is logits. Default False.
        axis: Axis that holds the classes. Default -1.
    """
    output, target = promoted_float(output, target)
    _same_shape(target, output, "categorical_crossentropy")
    if not output.shape:
        raise ShapeError(
            "ops.categorical_crossentropy", "at least one axis", "a number", "Add the class axis."
        )
    return -xp().sum(target * _log_probabilities(output, from_logits, axis), axis=axis)


@op(2)
def sparse_categorical_crossentropy(
    target: Array, output: Array, from_logits: bool = False, axis: int = -1
) -> Array:
    """Return ``-log(p)`` of the class that each integer target names.

    Args:
        target: Class indices, in the output's shape without the class axis (or with size 1 there).
        output: Probabilities (they are divided by their sum), or logits.
        from_logits: Whether ``output`` is logits. Default False.
        axis: Axis that holds the classes. Default -1.
    """
    from corne.ops.indexing import one_hot

    (output,) = promoted_float(output)
    if len(target.shape) == len(output.shape) and target.shape[axis] == 1:
        target = xp().squeeze(target, axis=axis)
    shape = list(output.shape)
    if not shape:
        raise ShapeError(
            "ops.sparse_categorical_crossentropy", "at least one axis", "a number", "Add the class axis."
        )
    classes = shape.pop(axis)
    if list(target.shape) != shape:
        raise ShapeError(
            "ops.sparse_categorical_crossentropy", f"targets of shape {tuple(shape)}", f"{tuple(target.shape)}",
            "Targets are class indices: are they one-hot? Then use categorical_crossentropy.",
        )  # fmt: skip
    hot = one_hot(target, classes, axis=axis, dtype=dtype_of(output))
    return -xp().sum(hot * _log_probabilities(output, from_logits, axis), axis=axis)


def _log_probabilities(output: Array, from_logits: bool, axis: int) -> Array:
    if from_logits:
        return log_softmax(output, axis=axis)
    output = output / xp().sum(output, axis=axis, keepdims=True)
    return xp().log(xp().clip(output, config.epsilon(), 1 - config.epsilon()))
