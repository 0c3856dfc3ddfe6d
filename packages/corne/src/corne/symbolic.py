"""Tensors without values, and the graph that remembers what made them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from corne import tree
from corne.backend import Shape, TensorSpec
from corne.errors import DTypeError
from corne.naming import unique_name
from corne.variable import _operation, install_operators

_names = itertools.count()


class SymbolicTensor:
    """A placeholder for an array: shape, dtype and the node of the graph that produces it.

    Args:
        shape: Sizes; None where any size is allowed.
        dtype: Name of the dtype. Default "float32".
        name: Default: generated.
    """

    #: Higher than NumPy's, so that ``array + tensor`` is ours to compute.
    __array_priority__ = 1000

    def __init__(
        self, shape: Shape, dtype: str = "float32", name: str | None = None, node: Node | None = None
    ) -> None:
        self.shape = tuple(shape)
        self.dtype = dtype
        self.name = name or f"tensor_{next(_names)}"
        self.node = node  # None for a tensor that no recorded operation made
        self.mask: SymbolicTensor | None = None  # see corne.masking

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self.shape)

    @property
    def spec(self) -> TensorSpec:
        """Shape and dtype."""
        return TensorSpec(self.shape, self.dtype)

    def __repr__(self) -> str:
        return f"<SymbolicTensor shape={self.shape}, dtype={self.dtype}, name={self.name}>"

    def __getitem__(self, index: Any) -> Any:
        return _operation("get_item")(self, index)

    def __len__(self) -> int:
        raise self._no_value("len()")

    def __bool__(self) -> bool:
        raise self._no_value("a truth value")

    def __iter__(self) -> Any:
        raise self._no_value("iteration")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise self._no_value("conversion to a NumPy array")

    def __float__(self) -> float:
        raise self._no_value("float()")

    def __int__(self) -> int:
        raise self._no_value("int()")

    def _no_value(self, what: str) -> DTypeError:
        return DTypeError(
            f"symbolic tensor {self.name}", f"an array with values for {what}", repr(self),
            "It only describes what a model will compute: use corne.ops or a layer on it, or move this "
            "code into a layer's call().",
        )  # fmt: skip


class Node:
    """One recorded call: ``outputs = operation(*args, **kwargs)``.

    ``args`` and ``kwargs`` are the call's own, with SymbolicTensors wherever arrays will be.
    """

    def __init__(self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.outputs = outputs
        self.inputs = find_symbolic((args, kwargs))
        for output in tree.flatten(outputs):
            if isinstance(output, SymbolicTensor):
                output.node = self
        if hasattr(operation, "inbound_nodes"):
            operation.inbound_nodes.append(self)


class OpCall:
    """An operation at one place of a graph.

    Args:
        function: The operation.
        name: Unique name of this use of it. Default: generated.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        self.function = function
        self.name = name or unique_name(function.__name__)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<operation {self.function.__name__}>"


def find_symbolic(structure: Any) -> list[SymbolicTensor]:
    """Return the SymbolicTensors in a nested structure, in order."""
    return [leaf for leaf in tree.flatten(structure) if isinstance(leaf, SymbolicTensor)]


def from_specs(specs: Any) -> Any:
    """Turn a structure of TensorSpecs into one of SymbolicTensors."""
    return tree.map_structure(
        lambda s: SymbolicTensor(s.shape, s.dtype) if isinstance(s, TensorSpec) else s, specs
    )


def to_specs(structure: Any) -> Any:
    """Turn the SymbolicTensors of a structure into TensorSpecs; other leaves stay."""
    return tree.map_structure(lambda t: t.spec if isinstance(t, SymbolicTensor) else t, structure)


install_operators(SymbolicTensor, _operation)
