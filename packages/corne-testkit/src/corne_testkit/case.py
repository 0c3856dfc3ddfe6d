"""Case: one configuration of a layer, and the inputs to try it on."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from inspect import signature
from typing import Any, ClassVar

import numpy as np
from corne import tree
from corne.layer import Layer
from corne.layer.shapes import map_shapes
from corne.layer.signature import signature_of
from corne.plugins import registry

from corne_testkit.conformance import check_skip, shown

ArrayMaker = Callable[[np.random.Generator, tuple[int, ...]], Any]


@dataclass(frozen=True, eq=False)
class Case:
    """A layer, the arguments it is made with, and the inputs it is called on.

    Args:
        layer: The class, or the name it is registered under.
        arguments: Keyword arguments of the constructor, or a function that returns them, for arguments
            that a layer keeps for itself, such as other layers. A parameter ``dtype`` of the function gets
            the dtype that a test asks for, or None, to hand it on to those layers. Default: none.
        input_shape: Shape of the input without the batch axis, every size known and small. A list of
            shapes is passed as one list of arrays. A dict is passed as keyword arguments where its keys
            are parameters of ``call``, else as one dict.
        input_dtype: Dtype of all inputs. Default "float32".
        input_data: Function ``(generator, shape) -> array`` that draws an input; needed for integers,
            whose range only you know. Default: standard normal numbers.
        batch_independent: Whether a sample's output in inference depends on that sample only. Default True.
        differentiable: Whether the output has gradients with respect to floating inputs and trainable
            weights. Default True.
        deterministic: Whether inference gives the same output twice. Default True.
        updates_state: Whether a training step changes weights that are not trainable, as moving averages
            are. Default False.
        tolerance: Largest absolute and relative difference between float32 values that should be equal.
            Default 1e-5.
        skip: Tests to leave out, as ``{"test name": "reason"}``. Default: none.

    Raises:
        TypeError: An integer input without ``input_data``.
        ValueError: A skipped test without a reason.

    >>> from corne.layer import Layer
    >>> str(Case(Layer, {"trainable": False}, input_shape=(4, 3)))
    'Layer(trainable=False) on (4, 3)'
    """

    kind: ClassVar[str] = "layers"

    layer: type[Layer] | str
    arguments: Mapping[str, Any] | Callable[..., Mapping[str, Any]] = field(default_factory=dict)
    input_shape: Any = (4,)
    input_dtype: str = "float32"
    input_data: ArrayMaker | None = None
    batch_independent: bool = True
    differentiable: bool = True
    deterministic: bool = True
    updates_state: bool = False
    tolerance: float = 1e-5
    skip: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.input_data is None and not self.input_dtype.startswith(("float", "bfloat")):
            raise TypeError(
                f"{self}: inputs of dtype {self.input_dtype} need input_data=, a function (generator, shape) -> "
                f"array, such as lambda rng, shape: rng.integers(0, 10, shape)."
            )
        check_skip(self, self.skip)

    def __str__(self) -> str:
        name = self.layer if isinstance(self.layer, str) else self.layer.__name__
        arguments = "…" if callable(self.arguments) else ", ".join(
            f"{key}={shown(value)}" for key, value in self.arguments.items()
        )  # fmt: skip
        return f"{name}({arguments}) on {self.input_shape}"

    # -- making -----------------------------------------------------------------------------------------
    @property
    def layer_class(self) -> type[Layer]:
        """The class of the layer."""
        return registry.get("layers", self.layer) if isinstance(self.layer, str) else self.layer

    @property
    def target(self) -> type[Layer]:
        """The class of the layer, under the name that cases of every kind have it."""
        return self.layer_class

    def constructor_arguments(self, dtype: str | None = None) -> dict[str, Any]:
        """Return the constructor's arguments, new ones at each call if they are made by a function."""
        if not callable(self.arguments):
            return dict(self.arguments)
        wanted = {"dtype": dtype} if "dtype" in signature(self.arguments).parameters else {}
        return dict(self.arguments(**wanted))

    def make(self, **extra: Any) -> Layer:
        """Make the layer, with ``extra`` arguments besides or in place of the case's."""
        return self.layer_class(**{**self.constructor_arguments(extra.get("dtype")), **extra})

    def make_built(self, **extra: Any) -> Layer:
        """Make the layer, build it by a call, and move its weights a little off their start values.

        Start values are often zero or one, which hides mistakes.
        """
        layer = self.make(**extra)
        self.call(layer, self.inputs())
        generator = self.generator(1)
        for weight in layer.weights:
            if "float" in weight.dtype:
                weight.assign(np.float64(weight.numpy()) + generator.uniform(0.05, 0.25, weight.shape))
        return layer

    def generator(self, number: int = 0) -> np.random.Generator:
        """Return a generator that depends on the case and a number, and on nothing else."""
        return np.random.default_rng((zlib.crc32(str(self).encode()), number))

    def inputs(self, batch: int = 3, number: int = 0, dtype: str | None = None) -> Any:
        """Return the structure of NumPy arrays that the layer takes."""
        generator = self.generator(100 + number)

        def one(shape: Any) -> np.ndarray[Any, Any]:
            shape = (batch, *shape)
            drawn = (
                generator.normal(size=shape) if self.input_data is None else self.input_data(generator, shape)
            )
            return np.asarray(drawn, dtype or self.input_dtype)

        return map_shapes(one, self.input_shape)

    def symbolic_inputs(self, batch: int | None = None) -> Any:
        """Return the structure of ``Input`` tensors that the layer takes."""
        from corne.model import Input

        return map_shapes(
            lambda shape: Input(shape=shape, batch_size=batch, dtype=self.input_dtype), self.input_shape
        )

    # -- calling ----------------------------------------------------------------------------------------
    def call(self, layer: Any, inputs: Any, **options: Any) -> Any:
        """Call the layer on a structure of inputs, as ``input_shape`` says that it wants them."""
        if isinstance(inputs, dict) and self.takes_keywords:
            first, *_ = signature_of(self.layer_class.call).names
            rest = {key: value for key, value in inputs.items() if key != first}
            return layer(inputs[first], **rest, **options)
        return layer(inputs, **options)

    @property
    def takes_keywords(self) -> bool:
        """Whether several inputs are arguments of ``call``, not items of one argument."""
        return isinstance(self.input_shape, dict) and set(self.input_shape) <= set(
            signature_of(self.layer_class.call).all_names
        )

    @property
    def has_one_input(self) -> bool:
        """Whether the layer takes one array, so that it can stand in a Sequential model."""
        return isinstance(self.input_shape, tuple)

    def run(self, layer: Any, inputs: Any, **options: Any) -> list[np.ndarray[Any, Any]]:
        """Call the layer and return its outputs as a flat list of NumPy arrays."""
        from corne import backend

        engine = backend.active()
        return [
            engine.to_numpy(y) for y in tree.flatten(self.call(layer, inputs, **options)) if y is not None
        ]
