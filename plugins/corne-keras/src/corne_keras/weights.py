"""Assign a file's weights to a model's variables."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

from corne import dtypes
from corne.errors import ShapeError
from corne.layer import tracking
from corne.saving.tensors import Tensor

from corne_keras import layouts
from corne_keras.legacy_file import LegacyFile, Stored
from corne_keras.origin import Origin

_NUMBERS = dtypes.NAMES - {"string"}
_COMPLEX = frozenset({"complex64", "complex128"})

#: A variable, its values, and their name in the file.
Pair = tuple[Any, Tensor, str]


@dataclass
class Plan:
    """An assignment of values to variables.

    Args:
        pairs: Variables, their values and the values' names in the file, in the file's order.
        problems: Mismatches, for messages.
    """

    pairs: list[Pair] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def carry_out(self, where: str, model: Any, skip_mismatch: bool = False) -> None:
        """Read everything, then assign it.

        Args:
            where: The file, for messages.
            model: The model that the variables are of.
            skip_mismatch: Warn about problems and assign the rest. Default False: raise an error.

        Raises:
            ShapeError: There are problems.
            FileFormatError: Values can't be read.
        """
        if self.problems and not skip_mismatch:
            raise ShapeError(
                f"{where} into {model.name}", "the same layers with the same shapes", "; ".join(self.problems),
                "Build the model as it was when written, or pass skip_mismatch=True; by_name=True matches "
                "layers by name.",
            )  # fmt: skip
        values = [(variable, tensor.read()) for variable, tensor, _ in self.pairs]
        if self.problems:
            warnings.warn(f"{where}: skipped {'; '.join(self.problems)}", stacklevel=2)
        for variable, value in values:
            variable.assign(value)


def in_order(file: LegacyFile, model: Any) -> Plan:
    """Plan by the order of layers with weights; by their names if those are the same on both sides."""
    own = {layer.name: layer for layer in model.layers if layer.weights}
    stored = {name: weights for name, weights in file.layers.items() if weights}
    plan = Plan()
    if own.keys() == stored.keys():
        pairs = [(own[name], name) for name in stored]
    else:
        pairs = list(zip(own.values(), stored, strict=False))
        for layer in list(own.values())[len(pairs) :]:
            plan.problems.append(f"{layer.name}: has {_listed(variables_of(layer))}, the file has nothing")
        for name in list(stored)[len(pairs) :]:
            plan.problems.append(f"nothing takes {name} of the file, {_listed(t for _, t in stored[name])}")
    for layer, name in pairs:
        _add(plan, layer, name, stored[name], file.origin)
    _add_top_level(plan, model, file)
    return plan


def by_name(file: LegacyFile, model: Any, where: str) -> Plan:
    """Plan for the layers whose names are in the file.

    Raises:
        ShapeError: There are none.
    """
    plan = Plan()
    found = 0
    for layer in model.layers:
        stored = file.layers.get(layer.name)
        if stored is not None and (stored or layer.weights):
            found += 1
            _add(plan, layer, layer.name, stored, file.origin)
    if not found and model.weights:
        raise ShapeError(
            f"{where} into {model.name} by name", "a layer with a name that is in the file",
            f"{[layer.name for layer in model.layers][:20]}, the file has {list(file.layers)[:20]}",
            "Use the file's names for layers, or load without by_name.",
        )  # fmt: skip
    return plan


def _add_top_level(plan: Plan, model: Any, file: LegacyFile) -> None:
    variables = tracking.own_variables(model)
    if file.top_level or variables:
        _match(plan, model.name, model, variables, file.top_level, file.origin)


def _add(plan: Plan, layer: Any, name: str, stored: Stored, origin: Origin) -> None:
    stored = layouts.joined(layer, stored, origin)
    _match(plan, f"{layer.name} ({name} in the file)", layer, variables_of(layer), stored, origin)


def _match(plan: Plan, what: str, layer: Any, variables: list[Any], stored: Stored, origin: Origin) -> None:
    pairs: list[Pair] = []
    if len(variables) == len(stored):
        pairs = _converted(layer, _paired(layer, variables, stored), origin)
    given = [tensor for _, tensor, _ in pairs] or [tensor for _, tensor in stored]
    if len(pairs) == len(stored) and all(_fits(tensor, variable) for variable, tensor, _ in pairs):
        plan.pairs += pairs
    else:
        plan.problems.append(f"{what}: has {_listed(variables)}, the file has {_listed(given)}")


def variables_of(layer: Any) -> list[Any]:
    """Return a layer's weights in the order of legacy files: trainable ones first."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _paired(layer: Any, variables: list[Any], stored: Stored) -> list[Pair]:
    """Pair by the names of layers inside and of weights if both sides have the same, else by order.

    A file's order depends on which weights were trainable when it was written, which may differ from now.
    """
    owners = _owners(layer)
    for own, given in (
        ([(owners[id(v)].name, v.name) for v in variables], [_key(name) for name, _ in stored]),
        ([(v.name,) for v in variables], [_key(name)[-1:] for name, _ in stored]),
    ):
        if len(set(own)) == len(own) and len(set(given)) == len(given) and set(own) == set(given):
            found = dict(zip(own, variables, strict=True))
            return [(found[key], tensor, name) for key, (name, tensor) in zip(given, stored, strict=True)]
    return [(variable, tensor, name) for variable, (name, tensor) in zip(variables, stored, strict=True)]


def _key(name: str) -> tuple[str, ...]:
    """Return the last two parts of a weight's name, without TensorFlow's number of an output."""
    return tuple(name.split(":")[0].split("/")[-2:])


def _owners(layer: Any) -> dict[int, Any]:
    """Return the layer of each variable, by the variable's identity."""
    return {id(v): owner for owner in layer._flatten_layers() for v in tracking.own_variables(owner)}


def _converted(layer: Any, pairs: list[Pair], origin: Origin) -> list[Pair]:
    """Return the pairs with values in today's layout."""
    owners = _owners(layer)
    by_owner: dict[int, list[Pair]] = {}
    for pair in pairs:
        by_owner.setdefault(id(owners[id(pair[0])]), []).append(pair)
    new: dict[int, Tensor] = {}
    for group in by_owner.values():
        group = sorted(group, key=lambda pair: _place(owners[id(pair[0])], pair[0]))
        variables, tensors, _ = zip(*group, strict=True)
        shapes = [tuple(variable.shape) for variable in variables]
        changed = layouts.converted(owners[id(variables[0])], list(tensors), shapes, origin)
        new |= {id(variable): tensor for variable, tensor in zip(variables, changed, strict=True)}
    return [(variable, new[id(variable)], name) for variable, _, name in pairs]


def _place(owner: Any, variable: Any) -> int:
    return next(i for i, own in enumerate(tracking.own_variables(owner)) if own is variable)


def _fits(tensor: Tensor, variable: Any) -> bool:
    if tensor.shape != tuple(variable.shape) or tensor.dtype not in _NUMBERS:
        return False
    return tensor.dtype not in _COMPLEX or variable.dtype in _COMPLEX


def _listed(items: Any) -> str:
    return ", ".join(str(tuple(item.shape)) for item in items) or "nothing"
