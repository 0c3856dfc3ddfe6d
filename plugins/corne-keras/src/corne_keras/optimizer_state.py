"""An optimizer's state in a legacy file."""

from __future__ import annotations

import re
import warnings
from typing import Any

from corne.saving.tensors import Tensor

from corne_keras.legacy_file import Stored
from corne_keras.origin import Origin
from corne_keras.weights import Plan

#: Old names of the parts of an optimizer's state, and today's.
_KINDS = {
    "m": "momentum", "v": "velocity", "vhat": "velocity_hat", "rms": "velocity", "mg": "average_gradient",
    "momentum": "momentum", "momentums": "momentum", "velocity": "velocity", "velocity_hat": "velocity_hat",
    "accumulator": "accumulator", "accum_grad": "accumulated_grad", "accum_var": "accumulated_delta_var",
    "average_gradient": "average_gradient", "accumulated_grad": "accumulated_grad", "norm": "norm",
    "accumulated_delta_var": "accumulated_delta_var", "linear": "linear",
}  # fmt: skip
_ALIASES = {"Adamax": {"velocity": "norm"}}
_COUNTERS = ("iteration", "iterations", "iter")
#: Numbers in addition to the state of single weights; the product of Nadam's momentums has had several names.
_OTHERS = ("learning_rate",)


def restore(model: Any, stored: Stored, plan: Plan, origin: Origin, where: str) -> None:
    """Load an optimizer's state from a file into a compiled model.

    Ambiguous state is skipped with a warning; training then continues with a new state.

    Args:
        model: A compiled model with the file's weights.
        stored: The state in the file.
        plan: The assignment of the file's weights, which determines the order of the state.
        origin: Who wrote it.
        where: The file, for messages.
    """
    optimizer = model.optimizer
    if _is_same_state(stored, optimizer.variables):
        values = [tensor.read() for _, tensor in stored]
        for variable, value in zip(optimizer.variables, values, strict=True):
            variable.assign(value)
        return
    counters = [tensor for name, tensor in stored if _last(name) in _COUNTERS and tensor.shape == ()]
    slots = [(name, t) for name, t in stored if _last(name) not in (*_COUNTERS, *_OTHERS)]
    if not counters and stored and stored[0][1].shape == () and stored[0][1].dtype.startswith("int"):
        counters, slots = [stored[0][1]], stored[1:]  # Keras 1 called everything a Variable
    product = [(name, t) for name, t in slots if t.shape == () and _kind(name) is None]
    if len(product) == 1 and len(slots) > 1:
        slots = [pair for pair in slots if pair[1] is not product[0][1]]
    trainable = {id(v) for v in model.trainable_variables}
    trained = [(variable, name) for variable, _, name in plan.pairs if id(variable) in trainable]
    orders = [
        [variable for variable, _ in trained],
        [v for v, _ in sorted(trained, key=lambda pair: pair[1])],
    ]
    if origin.sorts_state is not None:
        del orders[not origin.sorts_state]
    found = [_pairs(optimizer, slots, order) for order in orders]
    fitting = [pairs for pairs in found if pairs is not None]
    if not fitting or any(pairs != fitting[0] for pairs in fitting):
        warnings.warn(
            f"{where}: skipped the optimizer's state, which does not fit {optimizer.name} and the weights; "
            "training starts with a new state",
            stacklevel=2,
        )
        return
    pairs = fitting[0]
    for tensor in counters[:1]:
        pairs.append((optimizer._iterations, tensor))
    own = [v for v in optimizer.variables if v.shape == () and _last(v.path) == "u_product"]
    pairs += [(variable, tensor) for variable in own for _, tensor in product[:1]]
    for variable, value in [(variable, tensor.read()) for variable, tensor in pairs]:
        variable.assign(value)


def _is_same_state(stored: Stored, variables: list[Any]) -> bool:
    """Return whether a file has an optimizer's variables one by one, as Keras 3 writes them: kinds and shapes agree."""
    return len(stored) == len(variables) and all(
        _end(name) == _end(variable.path) and tensor.shape == tuple(variable.shape)
        for (name, tensor), variable in zip(stored, variables, strict=True)
    )


def _end(name: str) -> str:
    """Return the last word of a variable's name, which says its kind: ``adam/dense_1_kernel_average``."""
    return _last(name).rpartition("_")[2]


def _pairs(optimizer: Any, slots: Stored, order: list[Any]) -> list[tuple[Any, Tensor]] | None:
    own = _own_slots(optimizer)
    if not own or not slots:  # it has none, or never made a step
        return []
    if len(order) != len(optimizer._trainable_variables) or not order:
        return None
    kinds = [_kind(name) for name, _ in slots]
    groups: dict[str, list[Tensor]] = {}
    if None in kinds:  # all of one kind, then all of the next
        slots = slots[: len(own) * len(order)]  # Adam's placeholders for AMSGrad come last
        if len(slots) != len(own) * len(order):
            return None
        for number, part in enumerate(own):
            groups[part] = [tensor for _, tensor in slots[number * len(order) : (number + 1) * len(order)]]
    else:
        aliases = _ALIASES.get(type(optimizer).__name__, {})
        for (_, tensor), kind in zip(slots, kinds, strict=True):
            groups.setdefault(aliases.get(str(kind), str(kind)), []).append(tensor)
    if groups.keys() != own.keys() or any(len(group) != len(order) for group in groups.values()):
        return None
    places = [optimizer._index[id(variable)] for variable in order]
    pairs = [
        (own[kind][place], tensor)
        for kind, group in groups.items()
        for place, tensor in zip(places, group, strict=True)
    ]
    return pairs if all(tensor.shape == tuple(v.shape) for v, tensor in pairs) else None


def _own_slots(optimizer: Any) -> dict[str, list[Any]]:
    """Return the optimizer's state by kind, each with one variable for each weight."""
    found: dict[str, list[Any]] = {}
    for variable in optimizer.variables:
        kind = re.search(r"_(" + "|".join(sorted(_KINDS, key=len, reverse=True)) + r")$", variable.path)
        if kind is not None:
            found.setdefault(kind[1], []).append(variable)
    return found


def _last(name: str) -> str:
    return re.sub(r"_\d+$", "", name.split(":")[0].split("/")[-1])


def _kind(name: str) -> str | None:
    """Return the part of the state for a name.

    Names are ``Adam/dense/kernel/m``, ``Adam/m/dense/kernel`` or ``adam/dense_kernel_momentum``.
    """
    parts = name.split(":")[0].split("/")
    for part in (_last(name), *parts[1:2], *parts[2:3]):
        if part in _KINDS:
            return _KINDS[part]
    end = re.search(r"_(" + "|".join(sorted(_KINDS, key=len, reverse=True)) + r")$", parts[-1])
    return None if end is None else _KINDS[end[1]]
