"""What a layer's ``call`` takes, worked out once per class."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


class CallSignature:
    """The parameters of a method in the terms that calling a layer needs.

    Attributes:
        names: Positional parameters in order, without the first, which is the layer.
        required: Those of ``names`` that have no default.
        has_training: Whether there is a parameter ``training``.
        has_mask: Whether there is a parameter ``mask``.
        mask_names: For each parameter that may hold tensors, the parameter its mask goes to.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        self.signature = inspect.signature(function)
        kinds = inspect.Parameter
        self._parameters = list(self.signature.parameters.values())
        if self._parameters and self._parameters[0].kind in (
            kinds.POSITIONAL_OR_KEYWORD,
            kinds.POSITIONAL_ONLY,
        ):
            del self._parameters[0]  # self, whatever it is called
        parameters = self._parameters
        self.names = [
            p.name for p in parameters if p.kind in (kinds.POSITIONAL_OR_KEYWORD, kinds.POSITIONAL_ONLY)
        ]
        self.required = [
            p.name for p in parameters if p.name in self.names and p.default is inspect.Parameter.empty
        ]
        self.all_names = {
            p.name for p in parameters if p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)
        }
        self.accepts_any_keyword = any(p.kind is kinds.VAR_KEYWORD for p in parameters)
        self.has_training = "training" in self.all_names
        self.has_mask = "mask" in self.all_names
        default = self.signature.parameters["training"].default if self.has_training else None
        self.training_default = default if isinstance(default, bool) else None
        self.mask_names: dict[str, str] = {}
        for index, name in enumerate(self.names):
            if index == 0 and self.has_mask:
                self.mask_names[name] = "mask"
            elif f"{name}_mask" in self.all_names:
                self.mask_names[name] = f"{name}_mask"

    def bind(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return ``{parameter: value}`` for what was passed; TypeError as Python words it."""
        bound = inspect.Signature(self._parameters).bind(*args, **kwargs)
        return dict(bound.arguments)


@functools.cache
def signature_of(function: Callable[..., Any]) -> CallSignature:
    """Return the signature of a plain function (``type(layer).call``), remembered."""
    return CallSignature(function)
