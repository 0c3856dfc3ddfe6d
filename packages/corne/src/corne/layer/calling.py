"""Calling a layer: its entry, its run on arrays and its record in a graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from corne import backend as backends
from corne import dtypes, masking, tree
from corne._state import override, state
from corne.backend import TensorSpec
from corne.errors import StateError, UnknownArgumentError, nearest
from corne.layer.building import making
from corne.layer.context import CallContext
from corne.layer.input_spec import InputSpec, check_inputs
from corne.layer.shapes import as_arguments, map_shapes
from corne.layer.signature import CallSignature, signature_of
from corne.masking import attached
from corne.symbolic import Node, SymbolicTensor, find_symbolic, from_specs, to_specs
from corne.text_array import TextArray
from corne.variable import StatelessScope, Variable


class Calling:
    """``__call__`` in three parts; mixed into Layer.

    ``__call__`` converts the arguments, once. Arrays go to ``_corne_run``, symbolic tensors to ``_corne_call_symbolic``.
    """

    name: str
    built: bool
    autocast: bool
    input_spec: Any
    dtype_policy: Any
    supports_masking: bool
    activity_regularizer: Any
    _corne_input_spec_met: tuple[Any, Any]

    if TYPE_CHECKING:  # what Layer adds

        @property
        def compute_dtype(self) -> str: ...
        def build(self, *args: Any, **kwargs: Any) -> None: ...
        def call(self, *args: Any, **kwargs: Any) -> Any: ...
        def add_loss(self, loss: Any) -> None: ...

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        signature = signature_of(type(self).call)
        if len(args) == 1 and not kwargs:
            x, known = args[0], self.__dict__.get("_corne_accepted")
            if (
                known is not None
                and type(x) is known[0]
                and x.dtype is known[1]
                and self.dtype_policy is known[2]
                and self.autocast is known[3]
                and id(state.backend or backends.active()) == known[4]
            ):
                return self._corne_run(args, kwargs, signature)
            if type(x) is np.ndarray:
                self._corne_check_constructed()
                return self._corne_run((self._corne_converted(x),), kwargs, signature)
        args, kwargs = self._corne_entry(args, kwargs, signature)
        if find_symbolic(args) or (kwargs and find_symbolic(kwargs)):
            return self._corne_call_symbolic(args, kwargs, signature)
        return self._corne_run(args, kwargs, signature)

    def _corne_entry(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], signature: CallSignature
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Check the keywords and convert all arrays in the arguments; numbers count as one."""
        self._corne_check_constructed()
        if kwargs:
            self._corne_check_keywords(signature, kwargs)
            if not args and signature.names and signature.names[0] in kwargs:  # layer(inputs=x)
                args = (kwargs[signature.names[0]],)
                kwargs = {key: value for key, value in kwargs.items() if key != signature.names[0]}
        backend = state.backend or backends.active()
        if args and isinstance(args[0], (int, float, bool)):
            args = (backend.asarray(args[0]), *args[1:])
        if args and isinstance(args[0], (list, tuple)) and _only_numbers(args[0]):
            args = (backend.asarray(args[0]), *args[1:])
        constants = True
        for value in kwargs.values():
            if value is not None and value is not True and value is not False:
                constants = False
        if len(args) == 1 and constants and backend.is_array(args[0]):
            x = self._corne_converted(args[0])
            if x is args[0]:
                self.__dict__["_corne_accepted"] = (
                    type(x), x.dtype, self.dtype_policy, self.autocast, id(backend)
                )  # fmt: skip
            return (x,), kwargs
        convert = self._corne_converted
        return tree.map_structure(convert, args), (tree.map_structure(convert, kwargs) if kwargs else kwargs)

    def _corne_converted(self, x: Any) -> Any:
        """Return an array as the backend's, one of floats in the compute dtype; anything else as it is."""
        backend = state.backend or backends.active()
        if isinstance(x, Variable):
            x = x.value
        elif isinstance(x, TextArray):
            return x
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

    # -- on arrays ------------------------------------------------------------------------------------
    def _corne_run(self, args: tuple[Any, ...], kwargs: dict[str, Any], signature: CallSignature) -> Any:
        """Call ``call`` on converted arguments, in the setting that it is promised."""
        context = state.call
        outermost = context is None
        if context is None:
            context = state.call = CallContext(self)
        previous_training, previous_autocast = context.training, state.autocast_dtype
        if kwargs and "training" in kwargs:
            training = kwargs["training"]
            if training is not None:
                context.training = bool(training)
            if not (signature.has_training or signature.accepts_any_keyword):  # for layers inside
                kwargs = _without_training(kwargs)
        autocast = self.dtype_policy.autocast_dtype
        if autocast is not previous_autocast:
            state.autocast_dtype = autocast
        self.__dict__["_corne_last_call"] = context  # each call: past what watches attributes
        context.path.append(self.name)
        try:
            if not self.built:
                self._corne_build_once(args, kwargs)
            spec = self.input_spec
            if spec is not None:
                inputs, met = args[0] if args else None, self._corne_input_spec_met
                shape = getattr(inputs, "shape", None)
                if shape is None or met[0] is not spec or met[1] != shape:
                    self._corne_check_inputs(inputs)
            if signature.has_training:
                training = kwargs.get("training")
                if training is None:
                    training = context.training
                    if training is None:
                        training = signature.training_default or False
                kwargs = {**kwargs, "training": training}
            if attached:
                kwargs = self._corne_with_masks(args, kwargs, signature)
            outputs = self.call(*args, **kwargs)
            if attached or "mask" in kwargs or type(self).compute_mask is not Calling.compute_mask:
                self._corne_attach_mask(args, kwargs, outputs)
            if self.activity_regularizer is not None:
                self._corne_regularize_activity(outputs)
            return outputs
        except Exception as error:
            if not hasattr(error, "__notes__"):  # the innermost layer says where
                error.add_note(f"Raised in {'/'.join(context.path)}, called on {_describe((args, kwargs))}.")
            raise
        finally:
            context.path.pop()
            context.training = previous_training
            if autocast is not previous_autocast:
                state.autocast_dtype = previous_autocast
            if outermost:
                state.call, state.latest = None, context

    def _corne_check_inputs(self, inputs: Any) -> None:
        """Check against ``input_spec``; :attr:`_corne_input_spec_met` remembers the shape that fitted."""
        spec = self.input_spec
        check_inputs(spec, inputs, self.name)
        shape = getattr(inputs, "shape", None)
        self._corne_input_spec_met = (
            (spec, shape) if type(spec) is InputSpec and shape is not None else (None, None)
        )

    def _corne_with_training(self, kwargs: dict[str, Any], signature: CallSignature) -> dict[str, Any]:
        if not signature.has_training:
            return kwargs
        training = kwargs.get("training")
        if training is None and state.call is not None:
            training = state.call.training
        if training is None:
            training = signature.training_default or False
        return {**kwargs, "training": training}

    def _corne_with_masks(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], signature: CallSignature
    ) -> dict[str, Any]:
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

    def _corne_attach_mask(self, args: tuple[Any, ...], kwargs: dict[str, Any], outputs: Any) -> None:
        if not args or not self.supports_masking:
            return
        flat = tree.flatten(outputs)
        if any(masking.get_mask(x) is not None for x in flat):
            return
        inputs = args[0]
        previous = kwargs.get("mask")
        if previous is None:
            previous = tree.map_structure(masking.get_mask, inputs)
        if find_symbolic(outputs) and type(self).compute_mask is not Calling.compute_mask:
            specs = (to_specs(inputs), to_specs(previous))
            masks = from_specs(backends.active().infer_specs(self.compute_mask, *specs))
        else:
            masks = self.compute_mask(inputs, previous)
        if masks is None:
            return
        backend = state.backend or backends.active()
        for x, mask in zip(flat, tree.flatten(masks), strict=False):
            if mask is not None and (backend.is_array(x) or isinstance(x, SymbolicTensor)):
                masking.set_mask(x, mask)

    def _corne_regularize_activity(self, outputs: Any) -> None:
        for output in tree.flatten(outputs):
            if backends.active().is_array(output):
                penalty = self.activity_regularizer(output)
                # Divided by the batch size, so that it weighs the same in batches of any size.
                self.add_loss(penalty / max(int(output.shape[0]), 1) if output.shape else penalty)

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
            self._corne_build_for(specs, {})
        return tree.map_structure(lambda s: s.shape, self._corne_infer(specs, {}))

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return SymbolicTensors like the outputs that a call with these arguments will have."""
        if self._corne_writes_output_shape():
            shapes = self._corne_tensor_shapes(signature_of(type(self).call).bind(args, kwargs))
            shape = self.compute_output_shape(**as_arguments(self.compute_output_shape, shapes))
            return map_shapes(lambda s: SymbolicTensor(s, self.compute_dtype), shape)
        return from_specs(self._corne_infer(self._corne_cast_specs(args), self._corne_cast_specs(kwargs)))

    # -- on symbolic tensors --------------------------------------------------------------------------
    def _corne_call_symbolic(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], signature: CallSignature
    ) -> Any:
        """Record the call as a node of a graph."""
        with override(call=state.call or CallContext()):
            state.call.path.append(self.name)
            try:
                inner = kwargs
                if "training" in kwargs and not (signature.has_training or signature.accepts_any_keyword):
                    inner = _without_training(kwargs)
                if not self.built:
                    self._corne_build_once(args, inner)
                if self.input_spec is not None:
                    check_inputs(self.input_spec, args[0] if args else None, self.name)
                outputs = self._corne_symbolic_outputs(args, inner)
            finally:
                state.call.path.pop()
        self.built = True
        Node(self, args, kwargs, outputs)
        return outputs

    def _corne_symbolic_outputs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Return symbolic tensors, with their masks, like the outputs of a call with these arguments."""
        given = find_symbolic((args, kwargs))
        has_masks = any(x.mask is not None for x in given)
        masked = self._corne_with_masks(args, kwargs, signature_of(type(self).call)) if has_masks else kwargs
        with override(autocast_dtype=self.dtype_policy.autocast_dtype):
            outputs = self.compute_output_spec(*args, **(masked if self._corne_infers_outputs() else kwargs))
        if outputs is None:
            raise StateError(
                f"{self.name}.call()", "a tensor, or a structure of tensors", "None",
                f"Does {type(self).__name__}.call() return its result?",
            )  # fmt: skip
        identities = {id(x) for x in given}
        if any(id(output) in identities for output in tree.flatten(outputs)):
            outputs = tree.map_structure(
                lambda t: SymbolicTensor(t.shape, t.dtype) if isinstance(t, SymbolicTensor) else t, outputs
            )
        if has_masks or "mask" in kwargs or type(self).compute_mask is not Calling.compute_mask:
            self._corne_attach_mask(args, masked, outputs)
        return outputs

    def _corne_infers_outputs(self) -> bool:
        """Return whether symbolic outputs come from evaluating ``call``, which may need the masks."""
        return (
            type(self).compute_output_spec is Calling.compute_output_spec
            and not self._corne_writes_output_shape()
        )

    def _corne_writes_output_shape(self) -> bool:
        """Return whether the class has a ``compute_output_shape`` of its own."""
        return type(self).compute_output_shape is not Calling.compute_output_shape

    def _corne_infer(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Evaluate ``call`` abstractly, in the setting that a real call has."""

        def run(*call_args: Any, **call_kwargs: Any) -> Any:
            with override(autocast_dtype=self.dtype_policy.autocast_dtype), StatelessScope():
                return self.call(
                    *call_args, **self._corne_with_training(call_kwargs, signature_of(type(self).call))
                )

        backend = backends.active()
        try:
            return backend.infer_specs(run, *args, **kwargs)
        except Exception as error:
            if not backend.lacks_value(error):
                raise
            from corne.layer.graph_errors import explained

            raise explained(self, error) from error

    def _corne_cast_specs(self, structure: Any) -> Any:
        """Describe tensors as ``call`` will see them: floating ones in the compute dtype."""

        def one(spec: Any) -> Any:
            if isinstance(spec, TensorSpec) and self.autocast and dtypes.is_float(spec.dtype):
                return TensorSpec(spec.shape, self.compute_dtype)
            return spec

        return tree.map_structure(one, to_specs(structure))

    # -- building -------------------------------------------------------------------------------------
    def _corne_build_once(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        with making:
            if not self.built:  # another thread may have done it meanwhile
                self._corne_build_for(args, kwargs)

    def _corne_build_for(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Call ``build`` with the shapes of the tensors that are passed."""
        bound = signature_of(type(self).call).bind(args, kwargs)
        shapes = self._corne_tensor_shapes(bound)
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

    def _corne_tensor_shapes(self, arguments: dict[str, Any]) -> dict[str, Any]:
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

    def _corne_check_keywords(self, signature: CallSignature, kwargs: dict[str, Any]) -> None:
        if signature.accepts_any_keyword:
            return
        for word in kwargs:
            if word not in signature.all_names and word != "training":
                raise UnknownArgumentError(
                    f"{self.name}(…)", f"keywords among {sorted(signature.all_names)}", repr(word),
                    f"They are the parameters of {type(self).__name__}.call().{nearest(word, signature.all_names)}",
                )  # fmt: skip

    def _corne_check_constructed(self) -> None:
        if "_corne_weights" not in self.__dict__:
            raise StateError(
                type(self).__name__, "super().__init__() to be called first in __init__", "a layer without it",
                f"Begin {type(self).__name__}.__init__ with super().__init__(**kwargs).",
            )  # fmt: skip


def _without_training(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kwargs.items() if key != "training"}


def _only_numbers(value: Any) -> bool:
    leaves = tree.flatten(value)
    return bool(leaves) and all(isinstance(leaf, (int, float, bool)) for leaf in leaves)


def _describe(structure: Any) -> str:
    shapes = [f"{tuple(x.shape)}" for x in tree.flatten(structure) if hasattr(x, "shape")]
    return f"inputs of shape {', '.join(shapes)}" if shapes else "no arrays"
