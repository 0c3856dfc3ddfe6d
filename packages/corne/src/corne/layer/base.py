"""Layer: a function with weights that are made when its input's shape is known."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from corne import backend as backends
from corne import dtype_policies, dtypes, regularizers, tree
from corne._settings import Watched
from corne._state import override, state
from corne.backend import Array, TensorSpec
from corne.errors import ArgumentError, StateError, UnknownArgumentError, nearest
from corne.layer import masking
from corne.layer.building import making, wrap_build
from corne.layer.configuration import Configurable
from corne.layer.context import CallContext
from corne.layer.input_spec import InputSpec, check_inputs
from corne.layer.shapes import as_arguments, map_shapes
from corne.layer.signature import CallSignature, signature_of
from corne.layer.weights import WeightOwner
from corne.naming import to_snake_case, unique_name
from corne.symbolic import Node, SymbolicTensor, find_symbolic, from_specs, to_specs
from corne.variable import StatelessScope, Variable


class Layer(Watched, WeightOwner, Configurable):
    """Base of all layers.

    A subclass sets its configuration in ``__init__``, makes weights in ``build`` and computes in
    ``call``, on ``corne.ops``. Everything held as an attribute (variables, layers, seed generators, also
    in lists and dicts) belongs to the layer.

    Args:
        activity_regularizer: Penalty on each output, divided by the batch size and added to the loss.
            Default None.
        trainable: Whether its weights take part in training. Default True.
        dtype: Name of a dtype or dtype policy. Default: the global policy (``float32``).
        autocast: Whether floating inputs are cast to the compute dtype. Default True.
        name: Unique within a model. Default: the class name in snake case, numbered.

    Raises:
        UnknownArgumentError: A keyword that is not an argument.

    >>> import numpy as np
    >>> from corne import Layer, ops
    >>> class Scale(Layer):
    ...     def build(self, input_shape):
    ...         self.gamma = self.add_weight(shape=(input_shape[-1],), initializer="ones")
    ...     def call(self, inputs):
    ...         return ops.multiply(inputs, self.gamma)
    >>> tuple(Scale()(np.ones((2, 3))).shape)
    (2, 3)
    """

    #: Attributes that hold layers without being where files keep them.
    _unsaved_attributes: ClassVar[frozenset[str]] = frozenset({"_init_arguments"})
    _init_arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        object.__setattr__(self, "_init_arguments", (args, kwargs))
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = wrap_build(cls.__dict__["build"])  # type: ignore[method-assign]

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        input_dim = kwargs.pop("input_dim", None)
        self._input_shape_argument: Any = kwargs.pop(
            "input_shape", None if input_dim is None else (input_dim,)
        )
        if kwargs:
            word = next(iter(kwargs))
            known = signature_of(type(self).__init__).all_names | {
                "name",
                "dtype",
                "trainable",
                "activity_regularizer",
            }
            raise UnknownArgumentError(
                f"{type(self).__name__}(…)", f"arguments among {sorted(known)}", f"{word!r}",
                f"Correct or remove it.{nearest(word, known)}",
            )  # fmt: skip
        if name is not None and not isinstance(name, str):
            raise ArgumentError(
                f"{type(self).__name__}(name=…)", "a string", repr(name), "Pass name='my_layer'."
            )
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.input_spec: Any = None
        self.built = False
        self.supports_masking = self._makes_masks
        self.inbound_nodes: list[Node] = []
        self._trainable = bool(trainable)
        self._weights: list[Variable] = []
        self._losses: list[Any] = []
        self._loss_call: CallContext | None = None
        self._last_call: CallContext | None = None
        self._build_shapes: Any = None
        self._input_spec_met: tuple[Any, Any] = (None, None)  # the latest input_spec and shape that fitted it

    # -- what subclasses write ------------------------------------------------------------------------
    def build(self, *args: Any, **kwargs: Any) -> None:
        """Make the weights. A subclass takes ``input_shape``: a shape, or the structure of the inputs' shapes.

        Called once, before the first call. A ``call`` with several tensor arguments may have a ``build``
        with one parameter ``<argument>_shape`` for each. The default makes nothing; sublayers are built
        when they are first called.
        """
        self.built = True

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output. Parameters named ``training`` and ``mask`` are filled in by the caller."""
        raise NotImplementedError(f"{type(self).__name__} has no call(); write def call(self, inputs): ...")

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> Any:
        """Return the output's mask, given the inputs and theirs. Default: the first input's mask."""
        return previous_mask

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """Return the output's shape (or structure of shapes) for input shapes.

        Default: found by evaluating ``call`` abstractly on the backend.
        """
        arguments = [*args, *kwargs.values()]
        specs = tuple(map_shapes(lambda s: TensorSpec(s, self.compute_dtype), shape) for shape in arguments)
        if not self.built:
            self._build_for(specs, {})
        return tree.map_structure(lambda s: s.shape, self._infer(specs, {}))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return SymbolicTensors like the outputs that a call with these arguments will have."""
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            shapes = self._tensor_shapes(self._signature.bind(args, kwargs))
            shape = self.compute_output_shape(**as_arguments(self.compute_output_shape, shapes))
            return map_shapes(lambda s: SymbolicTensor(s, self.compute_dtype), shape)
        return from_specs(self._infer(self._cast_specs(args), self._cast_specs(kwargs)))

    def _cast_specs(self, structure: Any) -> Any:
        """Describe tensors as ``call`` will see them: floating ones in the compute dtype."""

        def one(spec: Any) -> Any:
            if isinstance(spec, TensorSpec) and self.autocast and dtypes.is_float(spec.dtype):
                return TensorSpec(spec.shape, self.compute_dtype)
            return spec

        return tree.map_structure(one, to_specs(structure))

    def _infer(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Evaluate ``call`` abstractly, in the setting that a real call has."""

        def run(*call_args: Any, **call_kwargs: Any) -> Any:
            with override(autocast_dtype=self._autocast_dtype), StatelessScope():
                return self.call(*call_args, **self._with_training(call_kwargs, self._signature))

        return backends.active().infer_specs(run, *args, **kwargs)

    # -- dtype ----------------------------------------------------------------------------------------
    @property
    def dtype(self) -> str:
        """The dtype of the weights."""
        return self.variable_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype that weights are kept in."""
        return str(self.dtype_policy.variable_dtype)

    @property
    def compute_dtype(self) -> str:
        """The dtype that inputs and weights have inside ``call``."""
        return str(self.dtype_policy.compute_dtype)

    @property
    def input_dtype(self) -> str:
        """The dtype that floating inputs are cast to."""
        return self.compute_dtype

    @property
    def _autocast_dtype(self) -> str | None:
        dtype: str | None = self.dtype_policy.autocast_dtype
        return dtype

    # -- losses ---------------------------------------------------------------------------------------
    def add_loss(self, loss: Any) -> None:
        """Add a scalar (or several) to the training loss; meant to be used inside ``call``."""
        if self._loss_call is not state.call or state.call is None:
            self._losses = []
            self._loss_call = state.call
        added = tree.flatten(loss)
        self._losses.extend(added)
        if state.call is not None:
            state.call.losses.extend(added)

    @property
    def losses(self) -> list[Array]:
        """Scalars of the latest call's ``add_loss`` and activity regularizers, then weights' penalties."""
        penalties = [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer is not None]
        return self._added_losses() + penalties

    def _added_losses(self) -> list[Array]:
        call = state.latest  # of this thread; others may call the layer at the same time
        if not _is_of(call, self):
            call = self._last_call
        if call is not None and _is_of(call, self):
            return list(call.losses)
        layers = [layer for layer in self._flatten_layers() if layer._loss_call is call]
        return [loss for layer in layers for loss in layer._losses]

    # -- calling --------------------------------------------------------------------------------------
    @property
    def _makes_masks(self) -> bool:
        return type(self).compute_mask is not Layer.compute_mask

    @property
    def _signature(self) -> CallSignature:
        return signature_of(type(self).call)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        self._check_constructed()
        signature = signature_of(type(self).call)
        if kwargs:
            self._check_keywords(signature, kwargs)
        policy = self.dtype_policy
        if len(args) == 1 and not kwargs and type(args[0]) is np.ndarray:
            args = (self._converted(args[0]),)
        elif not self._is_ready(args, kwargs, policy):
            args, kwargs = self._prepare(args, kwargs)
            if find_symbolic(args) or (kwargs and find_symbolic(kwargs)):
                return self._call_symbolic(args, kwargs)

        context = state.call
        outermost = context is None
        if context is None:
            context = state.call = CallContext(self)
        previous_training, previous_autocast = context.training, state.autocast_dtype
        training = kwargs.get("training")
        if training is not None:
            context.training = bool(training)
        if "training" in kwargs and not (signature.has_training or signature.accepts_any_keyword):
            kwargs = {key: value for key, value in kwargs.items() if key != "training"}  # for layers inside
        state.autocast_dtype = policy.autocast_dtype
        self.__dict__["_last_call"] = context  # each call: past what watches attributes
        context.path.append(self.name)
        try:
            if not self.built:
                self._build_once(args, kwargs)
            if self.input_spec is not None:
                self._check_inputs(args[0] if args else None)
            call_kwargs = self._with_training(kwargs, signature)
            masked = masking.any_masks()
            if masked:
                call_kwargs = self._with_masks(args, call_kwargs)
            outputs = self.call(*args, **call_kwargs)
            if masking.any_masks() or "mask" in call_kwargs or self._makes_masks:
                self._attach_mask(args, call_kwargs, outputs)
            if self.activity_regularizer is not None:
                self._regularize_activity(outputs)
            return outputs
        except Exception as error:
            if not hasattr(error, "__notes__"):  # the innermost layer says where
                error.add_note(f"Raised in {'/'.join(context.path)}, called on {_describe((args, kwargs))}.")
            raise
        finally:
            context.path.pop()
            context.training, state.autocast_dtype = previous_training, previous_autocast
            if outermost:
                state.call, state.latest = None, context

    def _is_ready(self, args: tuple[Any, ...], kwargs: dict[str, Any], policy: Any) -> bool:
        """Tell quickly whether the arguments are one array that needs no cast, and Python's constants."""
        if len(args) != 1:
            return False
        for value in kwargs.values():
            if value is not None and value is not True and value is not False:
                return False
        backend = state.backend or backends.active()
        x = args[0]
        return backend.is_array(x) and (not self.autocast or backend.dtype_name(x) == policy.compute_dtype)

    def _check_inputs(self, inputs: Any) -> None:
        """Check against ``input_spec``, once for a shape that comes again and again."""
        spec, shape = self.input_spec, getattr(inputs, "shape", None)
        checked = self._input_spec_met
        if shape is None or checked[0] is not spec or checked[1] != shape:
            check_inputs(spec, inputs, self.name)
            self._input_spec_met = (spec, shape) if type(spec) is InputSpec else (None, None)

    def _prepare(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Convert all arrays in the arguments; numbers count as one."""
        backend = state.backend or backends.active()
        if args and isinstance(args[0], (int, float, bool)):
            args = (backend.asarray(args[0]), *args[1:])
        if args and isinstance(args[0], (list, tuple)) and _only_numbers(args[0]):
            args = (backend.asarray(args[0]), *args[1:])
        convert = self._converted
        if len(args) == 1 and not kwargs and backend.is_array(args[0]):
            return (convert(args[0]),), kwargs
        return tree.map_structure(convert, args), (tree.map_structure(convert, kwargs) if kwargs else kwargs)

    def _converted(self, x: Any) -> Any:
        """Return an array as the backend's, one of floats in the compute dtype; anything else as it is."""
        backend = state.backend or backends.active()
        if isinstance(x, Variable):
            x = x.value
        if not backend.is_array(x):
            if not hasattr(x, "__array__") or isinstance(x, SymbolicTensor):
                return x
            x = backend.asarray(x)
        name = backend.dtype_name(x)
        if not self.autocast or name == self.compute_dtype or not dtypes.is_float(name):
            return x
        mask = masking.get_mask(x)
        cast = backend.cast(x, self.compute_dtype)
        return cast if mask is None else masking.set_mask(cast, mask)

    def _call_symbolic(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        with override(call=state.call or CallContext()):
            state.call.path.append(self.name)
            try:
                if not self.built:
                    self._build_once(args, kwargs)
                if self.input_spec is not None:
                    check_inputs(self.input_spec, args[0] if args else None, self.name)
                with override(autocast_dtype=self._autocast_dtype):
                    outputs = self.compute_output_spec(*args, **kwargs)
            finally:
                state.call.path.pop()
        self.built = True
        if any(output is x for output in tree.flatten(outputs) for x in find_symbolic((args, kwargs))):
            outputs = tree.map_structure(
                lambda t: SymbolicTensor(t.shape, t.dtype) if isinstance(t, SymbolicTensor) else t, outputs
            )
        Node(self, args, kwargs, outputs)
        return outputs

    def _with_training(self, kwargs: dict[str, Any], signature: CallSignature) -> dict[str, Any]:
        if not signature.has_training:
            return kwargs
        training = kwargs.get("training")
        if training is None and state.call is not None:
            training = state.call.training
        if training is None:
            training = signature.training_default or False
        return {**kwargs, "training": training}

    def _with_masks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        signature = self._signature
        if not signature.mask_names:
            return kwargs
        arguments = {**dict(zip(signature.names, args, strict=False)), **kwargs}
        found = {}
        for name, mask_name in signature.mask_names.items():
            if arguments.get(name) is not None and arguments.get(mask_name) is None:
                masks = tree.map_structure(masking.get_mask, arguments[name])
                if any(m is not None for m in tree.flatten(masks)):
                    found[mask_name] = masks
        return {**kwargs, **found} if found else kwargs

    def _attach_mask(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        if not args or not self.supports_masking:
            return
        flat = tree.flatten(outputs)
        if any(masking.get_mask(x) is not None for x in flat):
            return
        inputs = args[0]
        previous = kwargs.get("mask")
        if previous is None:
            previous = tree.map_structure(masking.get_mask, inputs)
        masks = self.compute_mask(inputs, previous)
        if masks is None:
            return
        flat_masks = tree.flatten(masks)
        for x, mask in zip(flat, flat_masks, strict=False):
            if mask is not None and backends.active().is_array(x):
                masking.set_mask(x, mask)

    def _regularize_activity(self, outputs: Any) -> None:
        for output in tree.flatten(outputs):
            if backends.active().is_array(output):
                penalty = self.activity_regularizer(output)
                # Divided by the batch size, so that it weighs the same in batches of any size.
                self.add_loss(penalty / max(int(output.shape[0]), 1) if output.shape else penalty)

    def _build_once(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        with making:
            if not self.built:  # another thread may have done it meanwhile
                self._build_for(args, kwargs)

    def _build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Call ``build`` with the shapes of the tensors that are passed."""
        bound = self._signature.bind(args, kwargs)
        shapes = self._tensor_shapes(bound)
        if self.input_spec is not None and args:
            check_inputs(self.input_spec, args[0], self.name)
        build = getattr(type(self).build, "__wrapped__", type(self).build)
        wanted = signature_of(build).names
        with override(autocast_dtype=None):
            if len(wanted) > 1:
                self.build(**as_arguments(build, shapes))
            elif shapes:
                self.build(next(iter(shapes.values())))
            else:
                self.built = True

    def _tensor_shapes(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """Return ``{argument + "_shape": shapes}`` for the arguments that hold tensors."""
        shapes = {}
        for name, value in arguments.items():
            if name in ("training", "mask") or name.endswith("_mask"):
                continue
            leaves = tree.flatten(value)
            if leaves and any(hasattr(leaf, "shape") for leaf in leaves):
                shapes[f"{name}_shape"] = tree.map_structure(
                    lambda x: tuple(x.shape) if hasattr(x, "shape") else None, value
                )
        return shapes

    def _check_keywords(self, signature: CallSignature, kwargs: dict[str, Any]) -> None:
        if signature.accepts_any_keyword:
            return
        for word in kwargs:
            if word not in signature.all_names and word != "training":
                raise UnknownArgumentError(
                    f"{self.name}(…)", f"keywords among {sorted(signature.all_names)}", repr(word),
                    f"They are the parameters of {type(self).__name__}.call().{nearest(word, signature.all_names)}",
                )  # fmt: skip

    def _check_constructed(self) -> None:
        if "_weights" not in self.__dict__:
            raise StateError(
                type(self).__name__, "super().__init__() to be called first in __init__", "a layer without it",
                f"Begin {type(self).__name__}.__init__ with super().__init__(**kwargs).",
            )  # fmt: skip

    # -- the graph ------------------------------------------------------------------------------------
    def _only_node(self) -> Node:
        if not self.inbound_nodes:
            raise StateError(
                f"{self.name}.input/output", "a layer that is part of a functional or Sequential model",
                "one that was never called on a symbolic tensor", "Call it on corne.Input(…) first.",
            )  # fmt: skip
        return self.inbound_nodes[0]

    @property
    def input(self) -> Any:
        """The symbolic input of the first call in a graph."""
        node = self._only_node()
        return node.args[0] if node.args and len(node.inputs) <= 1 else node.inputs

    @property
    def output(self) -> Any:
        """The symbolic output of the first call in a graph."""
        return self._only_node().outputs

    @property
    def path(self) -> str:
        """The layer's name; variables' paths begin with it."""
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __str__(self) -> str:
        return repr(self)


def _is_of(call: CallContext | None, layer: Layer) -> bool:
    """Tell whether a call was one of this layer, not of one around it."""
    return call is not None and call.root is not None and call.root() is layer


def _only_numbers(value: Any) -> bool:
    leaves = tree.flatten(value)
    return bool(leaves) and all(isinstance(leaf, (int, float, bool)) for leaf in leaves)


def _describe(structure: Any) -> str:
    shapes = [f"{tuple(x.shape)}" for x in tree.flatten(structure) if hasattr(x, "shape")]
    return f"inputs of shape {', '.join(shapes)}" if shapes else "no arrays"


__all__ = ["InputSpec", "Layer"]
