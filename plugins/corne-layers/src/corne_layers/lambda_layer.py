"""Lambda: any function as a layer."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from corne import tree
from corne.backend import Array, Shape
from corne.errors import ArgumentError, FileFormatError, StateError
from corne.layer import Layer
from corne.serialization import deserialize_object, get_registered_object, serialize_object
from corne.symbolic import SymbolicTensor, from_specs, to_specs


class Lambda(Layer):
    """Apply a function without weights.

    A file holds the function's registered name and never its code: write it with ``def`` and register it
    with ``corne.serialization.register_serializable``, or pass it in ``custom_objects`` when loading.

    Args:
        function: Takes the inputs, and ``mask`` and ``training`` if it has parameters of these names.
        output_shape: Shape of a sample (or structure of shapes) that it returns, or a function from input
            shape to output shape, both with the batch. Default None: found by evaluating abstractly.
        mask: The output's mask, or a function ``(inputs, mask) -> mask``. Default None: no mask.
        arguments: More keyword arguments for the function. Default None.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input any; output what the function returns.

    Raises:
        ArgumentError: ``function`` can't be called.
        StateError: Serializing an anonymous function.
        FileFormatError: Reading a config that holds code.

    >>> Lambda(lambda x: x * 2)([1.0, 2.0]).tolist()
    [2.0, 4.0]
    """

    def __init__(
        self,
        function: Callable[..., Any],
        output_shape: Any = None,
        mask: Any = None,
        arguments: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if not callable(function):
            raise ArgumentError(
                "Lambda(function=…)", "a function", repr(function), "Pass it without calling it."
            )
        self.function = function
        self.output_shape = output_shape
        self.mask = mask
        self.arguments = dict(arguments or {})
        self.supports_masking = mask is not None
        self.built = type(self).build is Layer.build  # nothing to make
        try:
            self._wants = {"mask", "training"} & set(inspect.signature(function).parameters)
        except ValueError:  # a builtin without a signature
            self._wants = set()

    def call(self, inputs: Any, mask: Any = None, training: bool | None = None) -> Any:
        """Apply the function."""
        filled = {"mask": mask, "training": training}
        return self.function(inputs, **self.arguments, **{name: filled[name] for name in self._wants})

    def compute_mask(self, inputs: Any, previous_mask: Array | None = None) -> Any:
        """Return the argument ``mask``, or what it returns."""
        return self.mask(inputs, previous_mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the declared shape, or the one found by evaluating abstractly."""
        if self.output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self.output_shape):
            return self.output_shape(input_shape)
        batch = tree.flatten(input_shape)[0]
        return _map_shapes(lambda shape: (batch, *shape), self.output_shape)

    def compute_output_spec(self, inputs: Any, **kwargs: Any) -> Any:
        """Return tensors of the declared shape, or what evaluating abstractly finds."""
        if self.output_shape is None:
            return from_specs(self._corne_infer((to_specs(inputs),), to_specs(kwargs)))
        shape = self.compute_output_shape(tree.map_structure(lambda x: tuple(x.shape), inputs))
        return _map_shapes(lambda s: SymbolicTensor(s, self.compute_dtype), shape)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, functions by their registered names."""
        config = {**super().get_config(), "function": self._by_name("function")}
        if self.output_shape is not None:
            config["output_shape"] = self._by_name("output_shape")
        if self.mask is not None:
            config["mask"] = self._by_name("mask")
        return {**config, "arguments": serialize_object(self.arguments)}

    def _by_name(self, argument: str) -> Any:
        value = getattr(self, argument)
        if getattr(value, "__name__", "") == "<lambda>":
            raise StateError(
                f"{self.name}: {argument}", "a named function, because files hold names and not code", "a lambda",
                "Write it with def and register it with corne.serialization.register_serializable().",
            )  # fmt: skip
        return value if isinstance(value, tuple) else serialize_object(value)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Lambda:
        """Make the layer; functions come from what is registered or from ``custom_objects``.

        Where an old file holds code, a function registered under the layer's name takes its place.
        """
        arguments = dict(config)
        for key in ("function", "output_shape", "mask", "arguments"):
            value = arguments.get(key)
            if isinstance(value, dict) and value.get("class_name") == "__lambda__":
                arguments[key] = _in_place_of_code(str(config.get("name")), key)
            else:
                arguments[key] = deserialize_object(value)
        if isinstance(arguments["output_shape"], list):
            arguments["output_shape"] = _map_shapes(tuple, arguments["output_shape"])
        return cls(**arguments)


def _in_place_of_code(name: str, key: str) -> Any:
    found = get_registered_object(name) if key == "function" else get_registered_object(f"{name}/{key}")
    if found is None:
        wanted = name if key == "function" else f"{name}/{key}"
        raise FileFormatError(
            f"{name}: {key}", "the registered name of a function", "Python bytecode",
            f"Code in files is never run: pass the function itself, custom_objects={{{wanted!r}: function}}.",
        )  # fmt: skip
    return found


def _map_shapes(function: Callable[[Shape], Any], shapes: Any) -> Any:
    """Apply ``function`` to each shape of a structure of shapes."""
    if isinstance(shapes, dict):
        return {key: _map_shapes(function, value) for key, value in shapes.items()}
    if all(size is None or isinstance(size, int) for size in shapes):
        return function(tuple(shapes))
    return [_map_shapes(function, shape) for shape in shapes]
