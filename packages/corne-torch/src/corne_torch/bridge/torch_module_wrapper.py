"""TorchModuleWrapper: a module of PyTorch as a layer."""

from __future__ import annotations

import copy
import importlib
import inspect
from collections.abc import Mapping
from typing import Any

import torch
from corne import backend as backends
from corne.backend import Shape
from corne.errors import ArgumentError, BackendError, FileFormatError
from corne.layer import Layer
from corne.serialization import get_custom_objects, get_registered_name, get_registered_object
from corne.symbolic import SymbolicTensor
from corne.variable import Variable, announce

from corne_torch.dtypes import name_of

_PLAIN = (bool, int, float, str, type(None))


class TorchModuleWrapper(Layer):
    """Run a ``torch.nn.Module`` as a layer.

    Its parameters and buffers become variables of the layer: optimizers train them, files keep them, steps are recorded
    and compiled with them.

    A file keeps the module's class and its arguments, never a pickle. That is possible for the modules of ``torch.nn``
    whose arguments can be read off the module, and for classes registered with
    ``corne.saving.register_keras_serializable`` that have ``get_config``; other modules are passed on loading:
    ``load_model(path, custom_objects={"<layer name>": module})``.

    Args:
        module: The module. A lazy one must have run once.
        name: Default: generated.
        output_shape: Shape of the output without the batch axis. Default: found by running on abstract tensors.
        **kwargs: As for every :class:`~corne.Layer`.

    Raises:
        ArgumentError: Not a module, or a lazy one without weights.
        BackendError: The active backend does not run on PyTorch.

    Shapes:
        as the module's.

    >>> import torch
    >>> layer = TorchModuleWrapper(torch.nn.Linear(4, 2))
    >>> tuple(layer(torch.ones(3, 4)).shape)
    (3, 2)
    """

    def __init__(
        self,
        module: torch.nn.Module,
        name: str | None = None,
        output_shape: Shape | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        if not isinstance(module, torch.nn.Module):
            raise ArgumentError("TorchModuleWrapper(module=…)", "a torch.nn.Module", repr(module))
        if isinstance(module, torch.nn.modules.lazy.LazyModuleMixin) and module.has_uninitialized_params():
            raise ArgumentError(
                "TorchModuleWrapper(module=…)", "a module whose parameters exist", "a lazy module",
                "Call the module once on data.",
            )  # fmt: skip
        if backends.active().engine != "torch":
            raise BackendError(
                "TorchModuleWrapper(module=…)", "the backend cpu or cuda", backends.active().name,
                "Use CORNE_BACKEND=cpu in the environment.",
            )  # fmt: skip
        self.output_shape_argument = None if output_shape is None else tuple(output_shape)
        self._module = [module]  # in a list: its own tensors are replaced by the variables in each call
        self.module_variables = {
            name: Variable(tensor.detach(), name=name.replace(".", "_"), trainable=is_parameter)
            for is_parameter, tensors in ((True, module.named_parameters()), (False, module.named_buffers()))
            for name, tensor in tensors
        }
        for name, parameter in module.named_parameters():
            self.module_variables[name].trainable = parameter.requires_grad
        self.built = True

    @property
    def module(self) -> torch.nn.Module:
        """The module that was given. Its tensors have their first values; the layer's variables are trained."""
        return self._module[0]

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: the weights exist."""

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """Run the module in training or evaluation mode, and keep what it does to its buffers."""
        module = self.module
        values = {name: variable.value for name, variable in self.module_variables.items()}
        buffers = {name: values[name].clone() for name, _ in module.named_buffers()}
        modes = {inner: inner.training for inner in module.modules()}
        if training is not None:
            module.train(bool(training))
        try:
            outputs = torch.func.functional_call(module, {**values, **buffers}, args, kwargs)
        finally:
            for inner, mode in modes.items():
                inner.training = mode
        if training is not False:
            for name, buffer in buffers.items():
                self.module_variables[name].assign(buffer.detach())
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """Return a symbolic tensor of the given output shape, or of an abstract run's."""
        if self.output_shape_argument is not None:
            return SymbolicTensor((args[0].shape[0], *self.output_shape_argument), self.compute_dtype)
        return super().compute_output_spec(*args, **kwargs)

    def parameters(self, recurse: bool = True) -> Any:
        """Yield the trained tensors, as PyTorch's optimizers take them."""
        return (v.storage for v in self.module_variables.values() if v.trainable)

    def get_config(self) -> dict[str, Any]:
        """Return the module's class and arguments; only its class's name where the arguments can't be read off."""
        return {
            **super().get_config(),
            "module": _describe(self.module),
            "output_shape": self.output_shape_argument,
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TorchModuleWrapper:
        """Make the layer; its module comes from ``custom_objects`` under the layer's name, or from its description."""
        config = dict(config)
        given = get_custom_objects().get(config.get("name", "")) or _in_scope(config.get("name", ""))
        described = config.pop("module", None)
        module = given if isinstance(given, torch.nn.Module) else _make(described, config.get("name"))
        return cls(copy.deepcopy(module), **config)


def _in_scope(name: str) -> Any:
    try:
        return get_registered_object(name)
    except ValueError:
        return None


def _describe(module: torch.nn.Module) -> dict[str, Any]:
    """Return ``{"class": name, "arguments": {...}}``; without arguments if they can't be read off."""
    cls = type(module)
    if isinstance(module, torch.nn.Sequential):
        return {"class": "torch.nn.Sequential", "modules": [_describe(inner) for inner in module]}
    if getattr(torch.nn, cls.__name__, None) is cls:
        arguments = {}
        for name, parameter in inspect.signature(cls.__init__).parameters.items():
            if name in ("self", "device", "dtype") or parameter.kind in (
                parameter.VAR_KEYWORD,
                parameter.VAR_POSITIONAL,
            ):
                continue
            value = getattr(module, name, parameter.default)
            if name == "bias":
                value = getattr(module, "bias", None) is not None
            if isinstance(value, tuple) and all(isinstance(item, _PLAIN) for item in value):
                value = list(value)
            elif not isinstance(value, _PLAIN):  # or it has no default
                return {"class": f"torch.nn.{cls.__name__}"}
            arguments[name] = value
        return {"class": f"torch.nn.{cls.__name__}", "arguments": arguments}
    own = getattr(module, "get_config", None)
    described: dict[str, Any] = {"class": get_registered_name(cls)}
    return {**described, "arguments": own()} if callable(own) else described


def _make(described: Any, layer: str | None) -> torch.nn.Module:
    """Return the module that a file describes; only classes of ``torch.nn`` and registered ones."""
    if isinstance(described, Mapping) and isinstance(described.get("class"), str):
        name = described["class"]
        if name == "torch.nn.Sequential" and isinstance(described.get("modules"), list):
            return torch.nn.Sequential(*(_make(inner, layer) for inner in described["modules"]))
        arguments = described.get("arguments")
        if isinstance(arguments, Mapping):
            prefix, _, bare = name.rpartition(".")
            cls = (
                getattr(importlib.import_module("torch.nn"), bare, None)
                if prefix == "torch.nn"
                else _in_scope(name)
            )
            if inspect.isclass(cls) and issubclass(cls, torch.nn.Module):
                pairs = {key: tuple(v) if isinstance(v, list) else v for key, v in arguments.items()}
                with torch.device("meta"):  # sizes first: the file may ask for more than it holds
                    for weight, tensor in cls(**pairs).state_dict().items():
                        announce(weight, tuple(tensor.shape), name_of(tensor.dtype))
                return cls(**pairs)
    raise FileFormatError(
        f"TorchModuleWrapper {layer!r}", "a module that the file describes", repr(described)[:200],
        f"Use load_model(…, custom_objects={{{layer!r}: module}}).",
    )  # fmt: skip
