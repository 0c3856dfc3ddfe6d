"""Updates of all weights at once, in place. ``corne.optimizer`` says what each is to do.

``torch._fused_adam_`` takes epsilon as a number and adds it after the bias correction of the second
moment, where Keras adds it before; so epsilon is corrected here, which takes the step count as a number.
On a processor that is at hand; a GPU would have to be waited for, and a graph that is recorded would
remember the number. There the update is a few ``torch._foreach_`` calls.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch

from corne_torch.abstract import is_abstract, is_for_compiler, is_taped
from corne_torch.kernels._table import kernel
from corne_torch.operations import define

Tensor = torch.Tensor
Tensors = list[Tensor]


def _contiguous(gradients: Tensors) -> list[Tensor]:
    """Return gradients laid out as weights are: the fused functions read memory in order."""
    return [g if g.is_contiguous() else g.contiguous() for g in gradients]


def _is_at_hand(variables: Tensors) -> bool:
    """Whether numbers can be read without waiting, and there are any."""
    return variables[0].device.type == "cpu" and not is_for_compiler() and not is_abstract()


@kernel("sgd_update")
@torch.no_grad()
def sgd_update(
    variables: Tensors,
    gradients: Tensors,
    learning_rate: Tensor,
    *,
    momentums: Tensors | None,
    momentum: float,
    nesterov: bool,
) -> None:
    """Take a step down the gradient, with the velocity of earlier steps if there is momentum."""
    gradients = _contiguous(gradients)
    if momentums is None and _is_at_hand(variables) and not is_taped():
        torch._foreach_add_(variables, gradients, alpha=-float(learning_rate))
        return
    steps = torch._foreach_mul(gradients, learning_rate)
    if momentums is None:
        torch._foreach_sub_(variables, steps)
        return
    torch._foreach_mul_(momentums, momentum)
    torch._foreach_sub_(momentums, steps)
    if nesterov:
        torch._foreach_add_(variables, momentums, alpha=momentum)
        torch._foreach_sub_(variables, steps)
    else:
        torch._foreach_add_(variables, momentums)


@kernel("adam_update")
@torch.no_grad()
def adam_update(
    variables: Tensors,
    gradients: Tensors,
    learning_rate: Tensor,
    *,
    step: Tensor,
    momentums: Tensors,
    velocities: Tensors,
    velocity_hats: Tensors | None,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """Adam, and AMSGrad where there are ``velocity_hats``."""
    if _is_at_hand(variables):
        run = _ADAM if is_taped() else _fused_adam
        run(
            variables, gradients, momentums, velocities, velocity_hats or [], learning_rate, step,
            beta_1, beta_2, epsilon,
        )  # fmt: skip
        return
    gradients = _contiguous(gradients)
    torch._foreach_mul_(momentums, beta_1)
    torch._foreach_add_(momentums, gradients, alpha=1 - beta_1)
    torch._foreach_mul_(velocities, beta_2)
    torch._foreach_addcmul_(velocities, gradients, gradients, 1 - beta_2)
    if velocity_hats is not None:
        torch._foreach_maximum_(velocity_hats, velocities)
    scales = torch._foreach_sqrt(velocities if velocity_hats is None else velocity_hats)
    torch._foreach_add_(scales, epsilon)
    updates = torch._foreach_div(momentums, scales)
    count = step.to(learning_rate.dtype)
    rate = learning_rate * torch.sqrt(_one_minus_power(beta_2, count)) / _one_minus_power(beta_1, count)
    torch._foreach_mul_(updates, rate)
    torch._foreach_sub_(variables, updates)


def _fused_adam(
    variables: Tensors,
    gradients: Tensors,
    momentums: Tensors,
    velocities: Tensors,
    velocity_hats: Tensors,
    learning_rate: Tensor,
    step: Tensor,
    beta_1: float,
    beta_2: float,
    epsilon: float,
) -> None:
    """Update all weights by PyTorch's fused function, on the processor."""
    count = step.to(torch.float32)
    torch._fused_adam_(
        variables, _contiguous(gradients), momentums, velocities, velocity_hats, [count] * len(variables),
        lr=float(learning_rate), beta1=beta_1, beta2=beta_2, weight_decay=0.0,
        eps=epsilon / math.sqrt(1 - beta_2 ** float(count)), amsgrad=bool(velocity_hats), maximize=False,
    )  # fmt: skip


# In a graph it is one operation, which reads the numbers when the graph runs.
_ADAM = define(
    "adam_(Tensor(a!)[] variables, Tensor[] gradients, Tensor(b!)[] momentums, Tensor(c!)[] velocities,"
    " Tensor(d!)[] velocity_hats, Tensor learning_rate, Tensor step, float beta_1, float beta_2,"
    " float epsilon) -> ()",
    _fused_adam,
    lambda *arguments: None,
)


def _one_minus_power(base: float, count: Tensor) -> Tensor:
    return -torch.expm1(count * math.log(base)) if base else torch.ones_like(count)


@kernel("rmsprop_update")
@torch.no_grad()
def rmsprop_update(
    variables: Tensors,
    gradients: Tensors,
    learning_rate: Tensor,
    *,
    velocities: Tensors,
    momentums: Tensors | None,
    average_gradients: Tensors | None,
    rho: float,
    momentum: float,
    epsilon: float,
) -> None:
    """Divide steps by the root of the running mean of squared gradients, or of their variance."""
    gradients = _contiguous(gradients)
    torch._foreach_mul_(velocities, rho)
    torch._foreach_addcmul_(velocities, gradients, gradients, 1 - rho)
    if average_gradients is None:
        scales = torch._foreach_add(velocities, epsilon)
    else:
        torch._foreach_mul_(average_gradients, rho)
        torch._foreach_add_(average_gradients, gradients, alpha=1 - rho)
        scales = torch._foreach_addcmul(velocities, average_gradients, average_gradients, -1.0)
        torch._foreach_add_(scales, epsilon)
    torch._foreach_sqrt_(scales)
    steps = torch._foreach_mul(gradients, learning_rate)
    torch._foreach_div_(steps, scales)
    if momentums is not None:
        torch._foreach_mul_(momentums, momentum)
        torch._foreach_add_(momentums, steps)
        torch._foreach_sub_(variables, momentums)
    else:
        torch._foreach_sub_(variables, steps)


@kernel("weight_decay_update")
@torch.no_grad()
def weight_decay_update(variables: Tensors, rate: Tensor) -> None:
    """Shrink weights by a fraction."""
    torch._foreach_mul_(variables, 1 - rate)


@kernel("ema_update")
@torch.no_grad()
def ema_update(averages: Tensors, variables: Tensors, momentum: Tensor) -> None:
    """Move averages towards weights."""
    torch._foreach_mul_(averages, momentum)
    torch._foreach_add_(averages, torch._foreach_mul(variables, 1 - momentum))


@kernel("update_where")
@torch.no_grad()
def update_where(arrays: Tensors, condition: Tensor, update: Callable[[], None]) -> None:
    """Run ``update`` where the condition is true: at once if that can be read, else undo it where false."""
    if _is_at_hand(arrays):
        if bool(condition):
            update()
        return
    before = [array.clone() for array in arrays]
    update()
    for array, old in zip(arrays, before, strict=True):
        array.copy_(torch.where(condition, array, old))


@kernel("clip_by_norm")
@torch.no_grad()
def clip_by_norm(gradients: Tensors, norm: float) -> list[Tensor]:
    """Shrink each gradient that is longer than ``norm``."""
    scales = [norm / torch.clamp(length, min=norm) for length in torch._foreach_norm(gradients)]
    return list(torch._foreach_mul(gradients, scales))


@kernel("clip_by_global_norm")
@torch.no_grad()
def clip_by_global_norm(gradients: Tensors, norm: float) -> list[Tensor]:
    """Shrink all gradients if together they are longer than ``norm``; NaN shows."""
    lengths = torch._foreach_norm(gradients, dtype=torch.promote_types(gradients[0].dtype, torch.float32))
    length = torch.linalg.vector_norm(torch.stack(list(lengths)))
    scale = norm / torch.clamp(length, min=norm) + (length - length)
    return [g * scale.to(g.dtype) for g in gradients]
