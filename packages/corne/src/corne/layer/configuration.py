"""The side of a layer that can be written down and made anew."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

from corne import dtype_policies, regularizers, serialization
from corne.declared_config import declared_config
from corne.errors import StateError
from corne.layer.shapes import listed_to_shape
from corne.layer.signature import signature_of


class Configurable:
    """``get_config`` and ``from_config``; mixed into Layer."""

    name: str
    built: bool
    trainable: bool
    dtype_policy: Any
    activity_regularizer: Any
    _corne_build_shapes: Any
    #: Kinds of the arguments that are objects: ``{"kernel_initializer": "initializers"}``. A class that has it
    #: keeps every argument in an attribute of its name, and needs no ``get_config``.
    config_kinds: ClassVar[Mapping[str, str]] = MappingProxyType({})
    _corne_init_arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def build(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """Return the arguments that make this layer anew, as JSON can hold them.

        A subclass without its own ``get_config`` gets one made from the arguments of ``__init__``,
        which then must be numbers, strings, layers and the like.
        """
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": dtype_policies.serialize(self.dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        declares = type(self).config_kinds is not Configurable.config_kinds
        if type(self).get_config is Configurable.get_config and not declares:
            config = {**self._corne_arguments_config(), **config}
        return {**config, **declared_config(self, Configurable, ("name", "trainable", "dtype", "autocast"))}

    def _corne_arguments_config(self) -> dict[str, Any]:
        args, kwargs = self._corne_init_arguments
        signature = signature_of(type(self).__init__)
        given = {**dict(zip(signature.names, args, strict=False)), **kwargs}
        try:
            return {key: serialization.serialize_object(value) for key, value in given.items()}
        except (TypeError, ValueError) as error:
            raise StateError(
                f"{self.name}.get_config()", "arguments of __init__ that JSON can hold", str(error),
                f"Write {type(self).__name__}.get_config() and return the arguments yourself.",
            ) from error  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        if cls.get_config is Configurable.get_config:
            config = {
                key: serialization.deserialize_object(value)
                if isinstance(value, dict)
                and "class_name" in value
                and key != "dtype"
                and key not in cls.config_kinds
                else value
                for key, value in config.items()
            }
        return cls(**config)

    def get_build_config(self) -> dict[str, Any] | None:
        """Return what :meth:`build_from_config` needs to make the weights without data.

        As Keras has it: ``{"input_shape": …}``, or ``{"shapes_dict": {…}}`` for several arguments.
        """
        shapes: dict[str, Any] | None = self._corne_build_shapes
        return shapes if shapes is None or set(shapes) == {"input_shape"} else {"shapes_dict": shapes}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Make the weights from what :meth:`get_build_config` returned."""
        shapes = {key: listed_to_shape(value) for key, value in config.items()}
        if self.built:
            return
        if set(shapes) == {"input_shape"}:
            self.build(shapes["input_shape"])
        elif shapes.get("shapes_dict"):
            self.build(**{k: listed_to_shape(v) for k, v in shapes["shapes_dict"].items()})
        elif shapes:
            self.build(**shapes)
