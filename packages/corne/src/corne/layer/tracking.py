"""Finding a layer's variables and sublayers by looking at its attributes.

Whatever is held as an attribute, directly or in lists, tuples and dicts, belongs to the layer. It is
looked up when somebody asks, so lists may be filled at any time and need no special container.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corne.variable import Variable

#: Attributes that hold other objects without owning them, or nothing but numbers.
NOT_OWNED = frozenset({
    "inbound_nodes", "_corne_accepted", "_corne_build_shapes", "_corne_init_arguments", "_corne_input_spec_met", "_corne_last_call", "_corne_loss_call",
    "_corne_losses", "_corne_trained",
})  # fmt: skip
#: Types of most attributes' values, which are passed by quickly: every epoch looks for metrics.
_PLAIN = frozenset({bool, bytes, float, int, str, type(None)})
_CONTAINERS = (list, tuple, set, dict)


class Transient:
    """Variables that a layer changes as it runs and that are no weights: files and optimizers pass them by.

    Held as an attribute, as ``self.memory = Transient([variable, ...])``.

    Args:
        variables: The variables.
    """

    def __init__(self, variables: list[Variable]) -> None:
        self.variables = variables


def held(layer: Any) -> Iterator[Any]:
    """Yield the objects in ``layer``'s attributes, containers opened, in order of assignment; no plain numbers."""
    for name, value in list(vars(layer).items()):  # another thread may be building it
        if type(value) in _PLAIN or name in NOT_OWNED:
            continue
        if isinstance(value, _CONTAINERS):
            yield from _open(value)
        else:
            yield value


def _open(container: Any, around: tuple[int, ...] = ()) -> Iterator[Any]:
    around = (*around, id(container))
    for value in container.values() if isinstance(container, dict) else container:
        if not isinstance(value, _CONTAINERS):
            yield value
        elif id(value) not in around:  # else a container that holds itself
            yield from _open(value, around)


def unique(items: Iterator[Any]) -> list[Any]:
    """Return the items without repetitions of one object, first occurrences kept."""
    return list({id(item): item for item in items}.values())


def own_variables(layer: Any) -> list[Variable]:
    """Return the variables that are the layer's own, trainable ones first, sublayers' not included."""
    found = unique(item for item in held(layer) if isinstance(item, Variable))
    return [v for v in found if v.trainable] + [v for v in found if not v.trainable]


def own_objects(layer: Any, kind: type) -> list[Any]:
    """Return the objects of one class that the layer holds, not itself and not its sublayers'."""
    return unique(item for item in held(layer) if isinstance(item, kind) and item is not layer)
