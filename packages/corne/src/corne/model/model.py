"""Model: a layer that can be trained, evaluated, summarized and saved."""

from __future__ import annotations

import inspect
import json
import warnings
from collections.abc import Callable
from typing import Any, Self

import numpy as np

from corne import backend as backends
from corne import masking, serialization, tree
from corne._state import override, state
from corne.backend import TensorSpec
from corne.errors import ArgumentError, ShapeError, StateError, UnknownNameError, nearest
from corne.layer import Layer
from corne.layer.context import CallContext
from corne.layer.shapes import listed_to_shape, map_shapes
from corne.layer.signature import signature_of
from corne.model import functional_config
from corne.model.graph import Graph, check_names
from corne.model.host_part import HostPart, is_staged, on_host
from corne.model.input_layer import Input, InputLayer
from corne.model.input_rank import fit_rank, fits
from corne.model.text_input import TextInput
from corne.naming import unique_name
from corne.plugins import registry
from corne.symbolic import SymbolicTensor, find_symbolic, from_specs, to_specs
from corne.training.adapters.staged import staged
from corne.training.entry import filter_traceback
from corne.training.trainer import Trainer


class Model(TextInput, Trainer, Layer):
    """A model, defined by a graph or written as a subclass.

    As a graph, from symbolic inputs to symbolic outputs; each may be one tensor or any nested structure
    of them. As a subclass, with layers made in ``__init__`` and used in ``call``.

    Args:
        inputs: Symbolic tensors (or a structure of them) where computation starts.
        outputs: Symbolic tensors computed from them.
        name: Default "functional" for a graph, else the class name in snake case, numbered.
        trainable: Whether its weights take part in training. Default True.
        **kwargs: Passed to :class:`corne.Layer`.

    Raises:
        ArgumentError: Only one of inputs and outputs, or something that is not a symbolic tensor.
        StateError: An output needs an input that is not among ``inputs``.

    >>> from corne import Input, Model, ops
    >>> x = Input(shape=(3,))
    >>> Model(x, ops.relu(x)).output_shape
    (None, 3)
    """

    acts_per_sample = True

    _unsaved_attributes = Layer._unsaved_attributes | {
        "_corne_graph_layers",
        "_corne_stack",
        "_corne_input_layer",
        "_loss_tracker",
        "_compile_metrics",
        "_compile_arguments",
    }

    _corne_host_part: HostPart | None = None

    def __init__(
        self,
        inputs: Any = None,
        outputs: Any = None,
        *,
        name: str | None = None,
        trainable: bool = True,
        **kwargs: Any,
    ) -> None:
        if name is None and inputs is not None and type(self) is Model:
            name = unique_name("functional")
        Layer.__init__(self, name=name, trainable=trainable, **kwargs)
        Trainer.__init__(self)
        self._corne_graph: Graph | None = None
        self._corne_moved_to: backends.Backend | None = None
        if (inputs is None) != (outputs is None):
            raise ArgumentError(
                f"{type(self).__name__}(inputs=…, outputs=…)", "both inputs and outputs, or neither (in a subclass)",
                f"only {'outputs' if inputs is None else 'inputs'}", "Pass Model(inputs=…, outputs=…).",
            )  # fmt: skip
        if inputs is not None:
            self._corne_set_graph(inputs, outputs)

    def _corne_set_graph(self, inputs: Any, outputs: Any) -> None:
        for argument, value in (("inputs", inputs), ("outputs", outputs)):
            for leaf in tree.flatten(value):
                if not isinstance(leaf, SymbolicTensor):
                    raise ArgumentError(
                        f"{self.name}: Model({argument}=…)", "symbolic tensors", repr(leaf),
                        "Start with x = corne.Input(shape=…) and call layers on it.",
                    )  # fmt: skip
        if type(outputs) in (list, tuple) and len(outputs) == 1:
            outputs = outputs[0]  # as Keras, which answers with the tensor
        graph = Graph(inputs, outputs, self.name)
        if any(not isinstance(_producer(t), InputLayer) for t in graph.flat_inputs):
            graph = _rewired(graph, self.name)
        self._corne_graph = graph
        self._corne_host_part = HostPart.of(graph, self.name)
        self._corne_graph_layers = [op for op in graph.operations if isinstance(op, Layer)]
        check_names(self.name, self._corne_graph_layers)
        self.supports_masking = True
        self.built = True

    # -- structure ------------------------------------------------------------------------------------
    @property
    def layers(self) -> list[Layer]:
        """The layers directly inside, in order of computation."""
        return self._flatten_layers(include_self=False, recursive=False)

    @property
    def operations(self) -> list[Any]:
        """The layers and bare operations of the graph, in order of computation."""
        return list(self._corne_require_graph("operations").operations)

    def _corne_require_graph(self, what: str) -> Graph:
        if self._corne_graph is None:
            raise StateError(
                f"{self.name}.{what}", "a functional or built Sequential model",
                "a model without a graph",
                "Use Model(inputs, outputs), or start the Sequential model with an Input.",
            )  # fmt: skip
        return self._corne_graph

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The symbolic inputs, as a flat list."""
        return list(self._corne_require_graph("inputs").flat_inputs)

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The symbolic outputs, as a flat list."""
        return list(self._corne_require_graph("outputs").flat_outputs)

    @property
    def input(self) -> Any:
        """The structure of symbolic inputs."""
        return self._corne_require_graph("input").inputs

    @property
    def output(self) -> Any:
        """The structure of symbolic outputs."""
        return self._corne_require_graph("output").outputs

    @property
    def input_shape(self) -> Any:
        """The structure of input shapes."""
        return tree.map_structure(lambda t: t.shape, self.input)

    @property
    def output_shape(self) -> Any:
        """The structure of output shapes."""
        return tree.map_structure(lambda t: t.shape, self.output)

    @property
    def input_names(self) -> list[str]:
        """Names of the inputs, in flat order."""
        return [_producer(t).name for t in self.inputs]

    @property
    def output_names(self) -> list[str]:
        """Names of the outputs: the dict's keys, or the layers that produce them."""
        graph = self._corne_require_graph("output_names")
        if isinstance(graph.outputs, dict):
            return [".".join(map(str, path)) for path, _ in tree.flatten_with_path(graph.outputs)]
        return [_producer(t).name for t in graph.flat_outputs]

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """Return the layer called ``name``, or the one at ``index`` of :attr:`layers`.

        Raises:
            ArgumentError: Neither or both are given, or the index is too large.
            UnknownNameError: No layer has that name.
        """
        layers = self.layers
        if (name is None) == (index is None):
            raise ArgumentError(
                f"{self.name}.get_layer(…)", "name or index", "neither" if name is None else "both",
                "Call get_layer('dense') or get_layer(index=0).",
            )  # fmt: skip
        if index is not None:
            if not -len(layers) <= index < len(layers):
                raise ArgumentError(
                    f"{self.name}.get_layer(index=…)", f"an index below {len(layers)}", str(index),
                    "model.summary() lists the layers.",
                )  # fmt: skip
            return layers[index]
        for layer in layers:
            if layer.name == name:
                return layer
        names = [layer.name for layer in layers]
        raise UnknownNameError(
            f"{self.name}.get_layer(…)", f"one of {names}", repr(name),
            f"model.summary() lists the names.{nearest(str(name), names)}",
        )  # fmt: skip

    # -- computing ------------------------------------------------------------------------------------
    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Compute the outputs. A subclass without a graph overrides this."""
        if self._corne_graph is None:
            raise NotImplementedError(
                f"{type(self).__name__} has no call(): write def call(self, inputs), or pass inputs and outputs."
            )
        if self._corne_host_part is not None and is_staged(inputs):
            return self._corne_host_part.run(inputs)
        values = self._corne_graph_values(inputs)
        if mask is not None:
            for value, one in zip(values, tree.flatten(mask), strict=True):
                masking.set_mask(value, one)
        return self._corne_graph.run(values)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            if self._corne_host_part is not None and args and not find_symbolic(args):
                args = (self._corne_stage(args[0]), *args[1:])
            elif self._corne_graph is None and args and isinstance(args[0], (np.ndarray, dict, list, tuple)):
                args = (self._corne_as_text(args[0]), *args[1:])
            if self._corne_moved_to is None or state.backend is self._corne_moved_to:
                return super().__call__(*args, **kwargs)
            with backends.use(self._corne_moved_to):
                return super().__call__(*args, **kwargs)
        except Exception as error:
            filter_traceback(error)
            raise

    def _corne_stage(self, inputs: Any) -> Any:
        """Compute the part of the graph that handles text, if there is one."""
        if self._corne_host_part is None or is_staged(inputs):
            return inputs
        return self._corne_host_part.stage(self._corne_graph_values(on_host(inputs)))

    def _corne_staged(self, data: Any) -> Any:
        if self._corne_host_part is None:
            return data if self._corne_graph is not None else self._corne_staged_text(data)
        return staged(data, self._corne_stage)

    def _corne_graph_values(self, inputs: Any) -> list[Any]:
        """Match the arguments to the graph's inputs and check their shapes."""
        assert self._corne_graph is not None
        tensors = self._corne_graph.flat_inputs
        if len(tensors) == 1 and fits(inputs, tensors[0]):
            return [inputs]
        names = [_producer(t).name for t in tensors]
        if isinstance(inputs, dict):
            keys = sorted(self._corne_graph.inputs) if isinstance(self._corne_graph.inputs, dict) else names
            missing = [key for key in keys if key not in inputs]
            if missing:
                raise ArgumentError(
                    f"{self.name}(…)", f"inputs named {keys}", f"a dict with keys {sorted(inputs)}",
                    f"Add {missing}.",
                )  # fmt: skip
            if len(inputs) > len(keys) and keys is not names:
                warnings.warn(
                    f"{self.name} takes inputs named {keys}; {sorted(set(inputs) - set(keys))} are left out.",
                    stacklevel=2,
                )
            values = tree.flatten([inputs[key] for key in keys])
        elif isinstance(self._corne_graph.inputs, dict) and len(tensors) > 1:
            raise ArgumentError(
                f"{self.name}(…)", f"a dict of inputs named {sorted(self._corne_graph.inputs)}, as the model was made with",
                f"a {type(inputs).__name__}", "Pass a dict, so that none are taken for another.",
            )  # fmt: skip
        else:
            values = tree.flatten(inputs)
        if len(values) != len(tensors):
            raise ShapeError(
                f"{self.name}(…)", f"{len(tensors)} inputs ({', '.join(names)})", f"{len(values)}",
                "Pass a list with one array per input, or a dict by their names.",
            )  # fmt: skip
        return [fit_rank(value, tensor, self.name) for value, tensor in zip(values, tensors, strict=True)]

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._corne_graph is None:
            return super().compute_output_spec(*args, **kwargs)
        values = self._corne_graph_values(args[0] if args else kwargs["inputs"])
        return self._corne_graph.run(values, call=_spec_of)

    def _corne_infers_outputs(self) -> bool:
        own_spec = type(self).compute_output_spec is not Model.compute_output_spec
        return self._corne_graph is None and not (own_spec or self._corne_writes_output_shape())

    def _corne_writes_output_shape(self) -> bool:
        return type(self).compute_output_shape is not Model.compute_output_shape

    def compute_output_shape(self, input_shape: Any) -> Any:
        """Return the structure of output shapes for a structure of input shapes."""
        if self._corne_graph is None:
            return super().compute_output_shape(input_shape)
        inputs = map_shapes(SymbolicTensor, input_shape)
        return tree.map_structure(lambda t: t.shape, self.compute_output_spec(inputs))

    def build(self, input_shape: Any = None) -> None:
        """Create the weights of a subclassed model by evaluating ``call`` abstractly on ``input_shape``."""
        if self._corne_graph is not None or input_shape is None:
            return
        specs = map_shapes(lambda shape: TensorSpec(shape, self.compute_dtype), input_shape)
        with override(call=state.call or CallContext()):
            arguments = (specs,) if len(signature_of(type(self).call).mask_names) <= 1 else tuple(specs)
            self._corne_infer(arguments, {})

    def _corne_build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if type(self).build is not Model.build:
            super()._corne_build_for(args, kwargs)
        elif self._corne_graph is None:
            bound = signature_of(type(self).call).bind(args, kwargs)
            shapes = self._corne_tensor_shapes(bound)
            alone = len(shapes) == 1 and next(iter(bound), "") + "_shape" in shapes
            self._corne_build_shapes = (
                {"input_shape": next(iter(shapes.values()))} if alone else shapes or None
            )
        self.built = True  # layers inside are built by the call that follows

    def to_torch(self) -> Any:
        """Return a ``torch.nn.Module`` that shares this model's weights, for PyTorch's optimizers and libraries.

        Raises:
            MissingPluginError: corne-torch is not installed.
            StateError: The model is not built.
            BackendError: Its weights are on a backend without PyTorch.
        """
        return registry.get("names", "utils.to_torch")(self)

    def to(self, backend: str) -> Self:
        """Move the weights to another backend, which computes from then on.

        A backend without gradients ("numpy") can evaluate and predict; training it is refused.

        Raises:
            MissingPluginError: The backend's package is not installed.
            BackendError: The backend can't run here.
        """
        target = backends.load(backend)
        for variable in self.variables:
            variable.move(target)
        for variable in getattr(self.optimizer, "variables", None) or []:
            variable.move(target)
        self._corne_moved_to = target
        self._reset_compiled_steps()
        return self

    # -- describing and saving --------------------------------------------------------------------------
    def summary(
        self,
        line_length: int | None = None,
        positions: list[float] | None = None,
        print_fn: Callable[[str], Any] | None = None,
        expand_nested: bool = False,
        show_trainable: bool = False,
        layer_range: tuple[str, str] | None = None,
    ) -> None:
        """Print a table of the layers: name and type, output shape, number of parameters.

        Args:
            line_length: Width in characters. Default: as the names need, at least 80, at most the terminal's.
            positions: Relative or absolute right ends of the columns. Default: fitted.
            print_fn: Called with the text instead of ``print``.
            expand_nested: Whether to list the layers of models inside. Default False.
            show_trainable: Whether to add a column that shows which layers are trained. Default False.
            layer_range: Names (or patterns) of the first and last layer to list. Default: all.
        """
        from corne.model.summary import summarize

        summarize(self, line_length, positions, print_fn, expand_nested, show_trainable, layer_range)

    def get_config(self) -> dict[str, Any]:
        if self._corne_graph is None:
            return super().get_config()
        if not {"inputs", "outputs"} <= signature_of(type(self).__init__).all_names:
            return super().get_config()
        return functional_config.to_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Self:
        """Return a model with the configuration of :meth:`get_config`."""
        if "layers" in config and "input_layers" in config:
            with serialization.custom_object_scope(custom_objects or {}):
                inputs, outputs = functional_config.from_config(config)
            return cls(inputs, outputs, name=config.get("name"), trainable=config.get("trainable", True))
        return super().from_config(config)

    def get_build_config(self) -> dict[str, Any] | None:
        return {"input_shape": None} if self._corne_graph is not None else super().get_build_config()

    def build_from_config(self, config: dict[str, Any]) -> None:
        if (
            self._corne_graph is None
            and config
            and ("input_shape" not in config or config["input_shape"] is not None)
        ):
            if config.get("shapes_dict") and type(self).build is Model.build and not self.built:
                self._corne_build_by_call(listed_to_shape(config["shapes_dict"]))
            else:
                self._corne_check_one_shape_suffices()
                super().build_from_config(config)

    def _corne_check_one_shape_suffices(self) -> None:
        missing = [
            name
            for name, parameter in list(inspect.signature(self.call).parameters.items())[1:]
            if parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        if missing and type(self).build is Model.build:
            raise StateError(
                f"{self.name}.build_from_config(…)", f"the shapes of all of call's arguments, {missing} too",
                "only the first one's, as Keras writes them",
                "Build the model in code, call it once on data, then load_weights() from this file.",
            )  # fmt: skip

    def _corne_build_by_call(self, shapes: dict[str, Any]) -> None:
        """Create the weights by evaluating ``call`` abstractly on arguments of these shapes, by keyword."""
        specs = {
            name.removesuffix("_shape"): map_shapes(lambda s: TensorSpec(s, self.compute_dtype), shape)
            for name, shape in shapes.items()
        }
        with override(call=state.call or CallContext()):
            self._corne_infer((), specs)
        self._corne_build_shapes, self.built = shapes, True

    def to_json(self, **kwargs: Any) -> str:
        """Return the configuration as JSON, which ``corne.models.model_from_json`` reads.

        Args:
            **kwargs: Passed to ``json.dumps`` (``indent=2``).
        """
        return json.dumps(serialization.serialize_object(self), **kwargs)

    def _repr_html_(self) -> str:
        """Return the summary for notebooks."""
        from html import escape

        if not self.built:
            return f"<pre>{escape(repr(self))}: not built</pre>"
        lines: list[str] = []
        self.summary(print_fn=lines.append)
        return f"<pre>{escape(chr(10).join(map(str, lines)))}</pre>"

    def save(self, filepath: Any, overwrite: bool = True, **kwargs: Any) -> None:
        """Save the whole model to a file; see ``corne.saving.save_model``."""
        from corne.saving import save_model

        save_model(self, filepath, overwrite=overwrite, **kwargs)

    def save_weights(
        self, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None
    ) -> None:
        """Save the weights alone; see ``corne.saving.save_weights``."""
        from corne.saving import save_weights

        save_weights(self, filepath, overwrite=overwrite, max_shard_size=max_shard_size)

    def load_weights(
        self,
        filepath: Any,
        skip_mismatch: bool = False,
        by_name: bool = False,
        objects_to_skip: list[Any] | None = None,
    ) -> None:
        """Load weights from a file of :meth:`save_weights` or :meth:`save`.

        Args:
            filepath: A ``.weights.h5``, ``.safetensors``, ``.npz`` or ``.keras`` file, or a plugin's.
            skip_mismatch: Skip layers that don't match, with a warning. Default False: raise an error.
            by_name: Load only layers whose names are in the file; for files of Keras 2. Default False.
            objects_to_skip: Layers that keep their weights. Default: none.
        """
        from corne.saving import load_weights

        load_weights(self, filepath, skip_mismatch, by_name, objects_to_skip)


def _producer(tensor: SymbolicTensor) -> Any:
    return tensor.node.operation if tensor.node is not None else None


def _rewired(graph: Graph, name: str) -> Graph:
    """Start at new Inputs where the given inputs are tensors inside another graph."""
    fresh = [
        t if isinstance(_producer(t), InputLayer) else Input(batch_shape=t.shape, dtype=t.dtype)
        for t in graph.flat_inputs
    ]
    outputs = graph.run(fresh)
    return Graph(tree.pack_sequence_as(graph.inputs, fresh), outputs, name)


def _spec_of(operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Return what a node would produce, without adding to the graph."""
    if isinstance(operation, Layer):
        return operation._corne_symbolic_outputs(args, kwargs)
    return from_specs(backends.active().infer_specs(operation, *to_specs(args), **to_specs(kwargs)))
