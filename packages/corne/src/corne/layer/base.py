"""Layer: a function with weights that are made when its input's shape is known."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from corne import dtype_policies, regularizers, tree
from corne._changes import ChangeTracked
from corne._pickled import Pickled
from corne._state import state
from corne.backend import Array
from corne.errors import ArgumentError, StateError, UnknownArgumentError, nearest
from corne.layer.building import wrap_build
from corne.layer.calling import Calling
from corne.layer.configuration import Configurable
from corne.layer.context import CallContext
from corne.layer.input_spec import InputSpec
from corne.layer.signature import signature_of
from corne.layer.weights import WeightOwner
from corne.naming import to_snake_case, unique_name
from corne.symbolic import Node
from corne.variable import Variable


class Layer(Pickled, ChangeTracked, Calling, WeightOwner, Configurable):
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

    #: Whether each sample of a batch is treated by itself, so that axes before it may be folded into the batch: True,
    #: or "inference" where that holds outside training only. The class that defines ``call`` declares it; the
    #: conformance kit checks it. Default False: unknown.
    acts_per_sample: ClassVar[bool | str] = False
    #: Attributes that hold layers without being where files keep them.
    _unsaved_attributes: ClassVar[frozenset[str]] = frozenset({"_corne_init_arguments"})
    _corne_init_arguments: tuple[tuple[Any, ...], dict[str, Any]] = ((), {})

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        object.__setattr__(self, "_corne_init_arguments", (args, kwargs))
        if kwargs:
            _check_spelling(cls, args, kwargs)
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = wrap_build(cls.__dict__["build"])  # type: ignore[method-assign]

    @classmethod
    def treats_samples_alone(cls, training: bool) -> bool:
        """Return what ``acts_per_sample`` says, as long as no subclass has another ``call`` than it is about."""
        for base in cls.__mro__:
            if "acts_per_sample" in base.__dict__:
                claim = base.__dict__["acts_per_sample"]
                return claim is True or (claim == "inference" and not training)
            if "call" in base.__dict__:
                return False
        return False

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
        self._corne_input_shape_argument: Any = kwargs.pop(
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
        if name and "/" in name:
            raise ArgumentError(
                f"{type(self).__name__}(name=…)", "a name without '/', which separates the parts of paths",
                repr(name), f"Pass name={name.replace('/', '_')!r}.",
            )  # fmt: skip
        self.name = name or unique_name(to_snake_case(type(self).__name__))
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self.dtype_policy = dtype_policies.get(dtype)
        self.autocast = autocast
        self.input_spec: Any = None
        self.built = False
        self.supports_masking = type(self).compute_mask is not Calling.compute_mask
        self.inbound_nodes: list[Node] = []
        self._corne_trainable = bool(trainable)
        self._corne_weights: list[Variable] = []
        self._corne_losses: list[Any] = []
        self._corne_loss_call: CallContext | None = None
        self._corne_last_call: CallContext | None = None
        self._corne_build_shapes: Any = None
        self._corne_input_spec_met: tuple[Any, Any] = (
            None,
            None,
        )  # the latest input_spec and shape that fitted it

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

    # -- losses ---------------------------------------------------------------------------------------
    def add_loss(self, loss: Any) -> None:
        """Add a scalar (or several) to the training loss; meant to be used inside ``call``."""
        if self._corne_loss_call is not state.call or state.call is None:
            self._corne_losses = []
            self._corne_loss_call = state.call
        added = tree.flatten(loss)
        self._corne_losses.extend(added)
        if state.call is not None:
            state.call.losses.extend(added)

    @property
    def losses(self) -> list[Array]:
        """Scalars of the latest call's ``add_loss`` and activity regularizers, then weights' penalties."""
        penalties = [v.regularizer(v.value) for v in self.trainable_weights if v.regularizer is not None]
        return self._corne_added_losses() + penalties

    def _corne_added_losses(self) -> list[Array]:
        call = state.latest  # of this thread; others may call the layer at the same time
        if not _is_of(call, self):
            call = self._corne_last_call
        if call is not None and _is_of(call, self):
            return list(call.losses)
        layers = [layer for layer in self._flatten_layers() if layer._corne_loss_call is call]
        return [loss for layer in layers for loss in layer._corne_losses]

    # -- the graph ------------------------------------------------------------------------------------
    def _corne_only_node(self) -> Node:
        if not self.inbound_nodes:
            raise StateError(
                f"{self.name}.input/output", "a layer that is part of a functional or Sequential model",
                "one that was never called on a symbolic tensor", "Call it on corne.Input(…) first.",
            )  # fmt: skip
        return self.inbound_nodes[0]

    @property
    def input(self) -> Any:
        """The symbolic input of the first call in a graph."""
        node = self._corne_only_node()
        return node.args[0] if node.args and len(node.inputs) <= 1 else node.inputs

    @property
    def output(self) -> Any:
        """The symbolic output of the first call in a graph."""
        return self._corne_only_node().outputs

    @property
    def path(self) -> str:
        """The layer's name; variables' paths begin with it."""
        return self.name

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __str__(self) -> str:
        return repr(self)


def _check_spelling(cls: type[Layer], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Raise for a keyword that looks like a required argument which is missing, as in ``Dense(unit=4)``."""
    signature = signature_of(cls.__init__)
    missing = [name for name in signature.required[len(args) :] if name not in kwargs]
    for word in kwargs if missing else ():
        close = nearest(word, missing)
        if close and word not in signature.all_names:
            raise UnknownArgumentError(
                f"{cls.__name__}(…)", f"the argument {missing[0]!r}", repr(word), close.strip()
            )


def _is_of(call: CallContext | None, layer: Layer) -> bool:
    """Return whether a call was one of this layer, not of one around it."""
    return call is not None and call.root is not None and call.root() is layer


__all__ = ["InputSpec", "Layer"]
