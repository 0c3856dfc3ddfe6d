"""Sequential: layers one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from corne import dtype_policies, serialization
from corne._state import override, state
from corne.errors import ArgumentError, StateError
from corne.layer import Layer
from corne.layer.context import CallContext
from corne.model.host_part import on_host
from corne.model.input_layer import Input, InputLayer
from corne.model.model import Model
from corne.symbolic import SymbolicTensor


class Sequential(Model):
    """A model whose layers each take the previous one's output.

    It is built as soon as its input shape is known: from an ``Input``, from the first layer's
    ``input_shape`` or ``input_dim``, from ``build(input_shape)``, or from the first data.

    Args:
        layers: The first layers. Default: none; ``add`` more at any time.
        trainable: Whether its weights take part in training. Default True.
        name: Default "sequential", numbered.

    Raises:
        ArgumentError: An item is not a layer, or two have the same name.

    >>> from corne import Input, Layer, Sequential
    >>> class Double(Layer):
    ...     def call(self, inputs):
    ...         return inputs + inputs
    >>> Sequential([Input(shape=(3,)), Double()]).output_shape
    (None, 3)
    """

    acts_per_sample = True

    def __init__(
        self,
        layers: Sequence[Any] | None = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, trainable=trainable, **kwargs)
        self._corne_input_layer: InputLayer | None = None
        self._corne_stack: list[Layer] = []
        self.supports_masking = True
        for layer in layers or []:
            self.add(layer, rebuild=False)
        self._corne_rebuild()

    @property
    def layers(self) -> list[Layer]:
        """The layers in order, without the input."""
        return list(self._corne_stack)

    def add(self, layer: Any, rebuild: bool = True) -> None:
        """Append a layer (or start with an ``Input``).

        Raises:
            ArgumentError: It is not a layer, its name is taken, or it is an Input that isn't first.
        """
        if isinstance(layer, SymbolicTensor) and layer.node is not None and not layer.node.inputs:
            layer = layer.node.operation
        if not isinstance(layer, Layer):
            raise ArgumentError(
                f"{self.name}.add(…)",
                "a layer",
                repr(layer),
                "Wrap functions in corne.layers.Lambda(function).",
            )
        if isinstance(layer, InputLayer):
            if self._corne_stack or self._corne_input_layer is not None:
                raise ArgumentError(
                    f"{self.name}.add(…)", "an Input only at the start",
                    f"one after {len(self._corne_stack)} layers",
                )  # fmt: skip
            self._corne_input_layer = layer
            return
        if any(existing.name == layer.name for existing in self._corne_stack):
            raise ArgumentError(
                f"{self.name}.add(…)", "layers with different names", f"a second one called {layer.name!r}",
                "Use a new layer or another name: Dense(8, name='other').",
            )  # fmt: skip
        if (
            not self._corne_stack
            and self._corne_input_layer is None
            and layer._corne_input_shape_argument is not None
        ):
            self._corne_input_layer = Input(shape=tuple(layer._corne_input_shape_argument)).node.operation  # type: ignore[union-attr]
        self._corne_stack.append(layer)
        if rebuild:
            self._corne_rebuild()

    def pop(self, rebuild: bool = True) -> Layer:
        """Remove the last layer and return it.

        Raises:
            StateError: There is none.
        """
        if not self._corne_stack:
            raise StateError(
                f"{self.name}.pop()", "at least one layer", "an empty model", "Call add(layer) first."
            )
        layer = self._corne_stack.pop()
        if rebuild:
            self._corne_rebuild()
        return layer

    def _corne_rebuild(self) -> None:
        """Make the graph again if the input shape and at least one layer are known."""
        self._corne_graph = None
        self.built = False
        self._reset_compiled_steps()
        if (
            self._corne_stack
            and self._corne_input_layer is None
            and isinstance(self._corne_stack[0], Model)
            and self._corne_stack[0]._corne_graph
        ):
            first = self._corne_stack[0].inputs
            if len(first) == 1:
                self._corne_input_layer = Input(
                    batch_shape=first[0].shape, dtype=first[0].dtype
                ).node.operation  # type: ignore[union-attr]
        if self._corne_input_layer is None or not self._corne_stack:
            return
        x = self._corne_input_layer.output
        with override(call=state.call or CallContext()):
            state.call.path.append(self.name)
            try:
                inputs = x
                for layer in self._corne_stack:
                    x = layer(x)
            finally:
                state.call.path.pop()
        self._corne_set_graph(inputs, x)
        self._corne_build_shapes = {"input_shape": self._corne_input_layer.batch_shape}

    def build(self, input_shape: Any = None) -> None:
        """Create the weights for inputs of ``input_shape``, which includes the batch axis."""
        if self._corne_graph is not None or input_shape is None:
            return
        if not self._corne_stack:
            raise StateError(
                f"{self.name}.build(…)", "at least one layer", "an empty model", "Call add(layer) first."
            )
        self._corne_input_layer = Input(
            batch_shape=tuple(input_shape), dtype=self.compute_dtype
        ).node.operation  # type: ignore[union-attr]
        self._corne_rebuild()

    def _corne_takes_text(self) -> bool:
        return False  # with a string layer first it becomes a graph, which is cut

    def _corne_staged(self, data: Any) -> Any:
        first = self._corne_stack[0] if self._corne_stack else None
        if self._corne_graph is None and getattr(first, "runs_on_host", False):
            array = on_host(data)
            if hasattr(array, "dtype") and hasattr(array, "shape") and array.dtype.kind in "OSTU":
                text = Input(batch_shape=(None, *array.shape[1:]), dtype="string")
                self._corne_input_layer = text.node.operation  # type: ignore[union-attr]
                self._corne_rebuild()
        return super()._corne_staged(data)

    def _corne_build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        x = args[0] if args else kwargs["inputs"]
        if not hasattr(x, "shape"):
            raise ArgumentError(
                f"{self.name}(…)", "one array", type(x).__name__, "Use a functional Model for several inputs."
            )
        if not self._corne_stack:
            raise StateError(
                f"{self.name}(…)", "at least one layer", "an empty model", "Call add(layer) first."
            )
        dtype = x.dtype if isinstance(x, SymbolicTensor) else self._corne_dtype_of(x)
        self._corne_input_layer = Input(batch_shape=(None, *tuple(x.shape)[1:]), dtype=dtype).node.operation  # type: ignore[union-attr]
        self._corne_rebuild()

    def _corne_dtype_of(self, x: Any) -> str:
        from corne import backend

        return backend.active().dtype_name(x)

    def get_config(self) -> dict[str, Any]:
        layers: list[Layer] = (
            [self._corne_input_layer] if self._corne_input_layer is not None else []
        ) + self._corne_stack
        config = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
            "layers": [serialization.serialize_object(layer) for layer in layers],
        }
        if self._corne_graph is not None and self._corne_input_layer is not None:
            config["build_input_shape"] = list(self._corne_input_layer.batch_shape)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        with serialization.custom_object_scope(custom_objects or {}):
            layers = [serialization.deserialize_object(layer, kind="layers") for layer in config["layers"]]
        model = cls(
            layers,
            name=config.get("name"),
            trainable=config.get("trainable", True),
            dtype=config.get("dtype"),
        )
        if model._corne_graph is None and config.get("build_input_shape"):
            model.build(tuple(config["build_input_shape"]))
        return model

    def get_build_config(self) -> dict[str, Any] | None:
        return (
            {"input_shape": self._corne_input_layer.batch_shape}
            if self._corne_input_layer is not None
            else None
        )

    def build_from_config(self, config: dict[str, Any]) -> None:
        if self._corne_graph is None and config.get("input_shape") is not None:
            self.build(tuple(config["input_shape"]))
