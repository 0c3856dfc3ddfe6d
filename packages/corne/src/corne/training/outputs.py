"""The outputs of a model as a flat list with names, and what users give for them brought into that order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corne import tree
from corne.errors import ArgumentError, DataError, nearest


class Outputs:
    """The outputs in flat order, with the names that logs call them by.

    Args:
        y_pred: The predictions, or anything with their structure.
        layer_names: Names of the layers that make them, in flat order, where there is a graph.

    Attributes:
        names: What to call each output in messages.
        keys: Names by which a dict may hold something for each output; None where there is none.
        prefixes: What the log names of each output's metrics begin with; None: nothing.

    >>> Outputs({"b": 0, "a": 1}).names
    ['a', 'b']
    """

    def __init__(self, y_pred: Any, layer_names: Sequence[str] | None = None) -> None:
        self._structure = tree.map_structure(lambda _: None, y_pred)
        self.paths = [path for path, _ in tree.flatten_with_path(y_pred)]
        self.count = len(self.paths)
        self._is_leaf = not tree.is_nested(y_pred)
        self.is_deep = any(len(path) > 1 for path in self.paths)
        known: list[str | None] = [None] * self.count
        if layer_names is not None and len(layer_names) == self.count:
            known = _distinct(layer_names)
        self._layers = known
        if isinstance(y_pred, Mapping) and not self.is_deep:
            known = [str(path[0]) for path in self.paths]
        self.keys = known
        self.prefixes: list[str | None] = known if self.count > 1 else [None]
        self.names = [key if key is not None else f"output_{i}" for i, key in enumerate(known)]

    def loss_name(self, i: int, loss_name: str) -> str:
        """Return what the mean of an output's loss is called, without ``_loss``."""
        if not self.is_deep:
            return self.keys[i] or loss_name
        *parents, last = self.paths[i]
        if isinstance(last, int):
            last = self._layers[i] or loss_name
        return "/".join(map(str, [*parents, last]))

    def flat(self, y_pred: Any) -> list[Any]:
        """Return predictions in flat order."""
        return [y_pred] if self._is_leaf else tree.flatten(y_pred)

    def spread(self, argument: str, given: Any, is_one: Callable[[Any], bool]) -> list[Any]:
        """Return an item for each output: from one for all, from a list or dict, or from their structure.

        Args:
            argument: What it was passed as, for messages.
            given: What was passed.
            is_one: Tells whether something is a single item.

        Raises:
            ArgumentError: It doesn't have the outputs' structure.
        """
        if given is None:
            return [None] * self.count
        if is_one(given):
            return [given] * self.count
        if self.is_deep:
            return self._along(argument, self._structure, given, is_one, "")
        if isinstance(given, Mapping):
            if self.count == 1 and len(given) == 1 and self.keys[0] is None:
                return list(given.values())
            for key in given:
                if key not in self.keys:
                    raise ArgumentError(
                        f"compile({argument}=…)", f"names of outputs, {self.names}", repr(key),
                        nearest(str(key), self.names).strip(),
                    )  # fmt: skip
            return [given.get(key) for key in self.keys]
        if len(given) != self.count:
            raise ArgumentError(
                f"compile({argument}=…)", f"{self.count} entries, one for each output {self.names}", f"{len(given)}",
                "Add or remove some, or pass a dict by the outputs' names.",
            )  # fmt: skip
        return list(given)

    def _along(
        self, argument: str, structure: Any, given: Any, is_one: Callable[[Any], bool], path: str
    ) -> list[Any]:
        """Return what ``given`` holds for each output within a part of their structure."""
        if not tree.is_nested(structure):
            return [given]
        if given is None:
            return [None] * len(tree.flatten(structure))
        if is_one(given) and len(tree.flatten(structure)) == 1:
            return [given]
        by_name = isinstance(structure, Mapping)
        fits = (
            isinstance(given, Mapping) and set(given) <= set(structure)
            if by_name
            else isinstance(given, (list, tuple)) and len(given) == len(structure)
        )
        if not fits or is_one(given):
            wanted = f"a dict with keys among {sorted(structure)}" if by_name else f"{len(structure)} entries"
            raise ArgumentError(
                f"compile({argument}=…){path}", f"{wanted}, as the outputs are nested there", repr(given),
                "Give it the structure of the model's outputs.",
            )  # fmt: skip
        parts = sorted(structure) if by_name else range(len(structure))
        return [
            item
            for part in parts
            for item in self._along(
                argument,
                structure[part],
                given.get(part) if by_name else given[part],
                is_one,
                f"{path}[{part!r}]",
            )
        ]

    def match(self, what: str, value: Any, needed: Sequence[bool] = (), for_all: bool = False) -> list[Any]:
        """Return each output's part of the targets or weights of a batch.

        Args:
            what: "y" or "sample_weight", for messages.
            value: What the data hold.
            needed: Which outputs must have a part, and the others may be left out. Default: none.
            for_all: Whether a single array is meant for every output.

        Raises:
            DataError: They are fewer or more than the outputs, or lack a name.
        """
        if value is None:
            return [None] * self.count
        if not tree.is_nested(value):
            if self.count == 1 or for_all:
                return [value] * self.count
            flat = [value]
        elif isinstance(value, Mapping) and not self.is_deep:
            return self._by_key(what, value, needed)
        elif self.is_deep:
            held = dict(tree.flatten_with_path(value))
            if set(held) == set(self.paths):
                return [held[path] for path in self.paths]
            flat = list(held.values())
        else:
            flat = tree.flatten(value)
            if len(flat) == self.count:
                return flat
        if len(flat) == sum(needed):
            rest = iter(flat)
            return [next(rest) if need else None for need in needed]
        if for_all and len(flat) == 1:
            return flat * self.count
        form = (
            f" in the structure {tree.map_structure(lambda _: '*', self._structure)}" if self.is_deep else ""
        )
        raise DataError(
            f"{what} in the data", f"{self.count} entries, one for each output {self.names}{form}", f"{len(flat)}",
            "Pass one for each output, in a list or in a dict by name.",
        )  # fmt: skip

    def _by_key(self, what: str, value: Mapping[Any, Any], needed: Sequence[bool]) -> list[Any]:
        if self.count == 1 and len(value) == 1 and self.keys[0] not in value:
            return list(value.values())
        missing = [name for name, need in zip(self.names, needed, strict=False) if need and name not in value]
        if missing or not any(name in value for name in self.names):
            raise DataError(
                f"{what} in the data", f"entries for the outputs {missing or self.names}", f"a dict with {sorted(value)}",
                "Name them as the outputs are named.",
            )  # fmt: skip
        return [value.get(name) for name in self.names]


def _distinct(names: Sequence[str]) -> list[str | None]:
    """Number the repetitions of a name, as a layer used for two outputs makes them."""
    counts: dict[str, int] = {}
    result: list[str | None] = []
    for name in names:
        counts[name] = counts.get(name, -1) + 1
        result.append(f"{name}_{counts[name]}" if counts[name] else name)
    return result
