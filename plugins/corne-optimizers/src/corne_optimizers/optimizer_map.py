"""OptimizerMap: which optimizer changes which weights, by their paths."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, MutableMapping
from typing import Any, Self

from corne.errors import ArgumentError
from corne.optimizer import Optimizer
from corne.serialization import deserialize_object, serialize_object
from corne.variable import Variable


class OptimizerMap(MutableMapping[str, Optimizer]):
    """Optimizers by the paths of weights, for :class:`MultiOptimizer`.

    A key is the path of a weight, or a regular expression that matches whole paths: ``"encoder/.*"``.

    Args:
        default_optimizer: The optimizer of weights that no key names.
        optimizer_map: Keys and optimizers. Default None: none yet.

    Raises:
        ArgumentError: Something that is no optimizer, a key that is set already, or a path that several keys match.

    >>> from corne.optimizers import SGD, Adam
    >>> optimizers = OptimizerMap(SGD(), {"encoder/.*": Adam()})
    >>> type(optimizers["encoder/dense/kernel"]).__name__, type(optimizers["decoder/kernel"]).__name__
    ('Adam', 'SGD')
    """

    def __init__(
        self, default_optimizer: Optimizer, optimizer_map: Mapping[str, Optimizer] | None = None
    ) -> None:
        _check_optimizer("OptimizerMap(default_optimizer=…)", default_optimizer)
        if not isinstance(optimizer_map, (Mapping, type(None))):
            raise ArgumentError(
                "OptimizerMap(optimizer_map=…)", "a dict from paths to optimizers", repr(optimizer_map), ""
            )
        self._default_optimizer = default_optimizer
        self._optimizer_map: dict[str, Optimizer] = {}
        for key, optimizer in (optimizer_map or {}).items():
            self[key] = optimizer

    @property
    def default_optimizer(self) -> Optimizer:
        """The optimizer of weights that no key names."""
        return self._default_optimizer

    def __getitem__(self, key: str) -> Optimizer:
        """Return the optimizer of a path: of the key that is equal, else of the one that matches."""
        if key in self._optimizer_map:
            return self._optimizer_map[key]
        matching = [pattern for pattern in self._optimizer_map if re.fullmatch(pattern, key)]
        if len(matching) > 1:
            raise ArgumentError(
                f"OptimizerMap[{key!r}]", "one key that matches", f"{matching}", "Make the patterns narrower."
            )
        return self._optimizer_map[matching[0]] if matching else self._default_optimizer

    def __setitem__(self, key: str, optimizer: Optimizer) -> None:
        """Set the optimizer of a path or pattern."""
        if not isinstance(key, str):
            raise ArgumentError("OptimizerMap[…]", "a path, or a pattern of paths", repr(key), "")
        if key in self._optimizer_map:
            raise ArgumentError(
                f"OptimizerMap[{key!r}]", "a key that isn't set", f"one set to {self._optimizer_map[key].name!r}",
                "Delete it first.",
            )  # fmt: skip
        _check_optimizer(f"OptimizerMap[{key!r}]", optimizer)
        self._optimizer_map[key] = optimizer

    def __delitem__(self, key: str) -> None:
        del self._optimizer_map[key]

    def __len__(self) -> int:
        return len(self._optimizer_map)

    def __iter__(self) -> Iterator[str]:
        return iter(self._optimizer_map)

    def __call__(self, variable: Variable) -> Optimizer:
        """Return the optimizer of a weight."""
        return self[variable.path]

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this map again."""
        return {
            "default_optimizer": serialize_object(self._default_optimizer),
            "optimizer_map": {key: serialize_object(value) for key, value in self._optimizer_map.items()},
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Mapping[str, Any] | None = None) -> Self:
        """Make a map from what :meth:`get_config` returned.

        Args:
            config: The arguments.
            custom_objects: Names that the config may use, besides the registered ones.
        """

        def made(entry: Any) -> Any:
            return deserialize_object(entry, custom_objects=custom_objects, kind="optimizers")

        optimizers = {key: made(entry) for key, entry in config["optimizer_map"].items()}
        return cls(made(config["default_optimizer"]), optimizers)


def _check_optimizer(where: str, optimizer: Any) -> None:
    if (
        not isinstance(optimizer, Optimizer)
        or hasattr(optimizer, "inner_optimizer")
        or hasattr(optimizer, "optimizers")
    ):
        raise ArgumentError(
            where, "an optimizer of its own, which wraps no other", repr(optimizer),
            "Pass an instance such as corne.optimizers.Adam().",
        )  # fmt: skip
