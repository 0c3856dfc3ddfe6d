"""Dtype policies: in which dtype a layer keeps its weights, and in which it computes."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from corne import config, dtypes
from corne.errors import ArgumentError, nearest

_MIXED = {"mixed_float16": "float16", "mixed_bfloat16": "bfloat16"}
_default: DTypePolicy | None = None


class DTypePolicy:
    """The dtypes of a layer's weights and of its computation.

    Args:
        name: A dtype for both; or "mixed_float16" or "mixed_bfloat16": weights in float32,
            computation in the shorter dtype. Default: the global policy's.

    Raises:
        ArgumentError: An unknown name.

    >>> policy = DTypePolicy("mixed_bfloat16")
    >>> policy.compute_dtype, policy.variable_dtype
    ('bfloat16', 'float32')
    """

    def __init__(self, name: str | None = None) -> None:
        name = dtype_policy().name if name is None else name
        if name not in _MIXED and name not in dtypes.NAMES:
            known = [*_MIXED, *sorted(dtypes.NAMES)]
            raise ArgumentError(
                "DTypePolicy(name=…)", "a dtype's name, 'mixed_float16' or 'mixed_bfloat16'", repr(name),
                nearest(str(name), known).strip(),
            )  # fmt: skip
        self._name = name

    @property
    def name(self) -> str:
        """The policy's name."""
        return self._name

    @functools.cached_property
    def compute_dtype(self) -> str:
        """The dtype that layers compute in."""
        return _MIXED.get(self._name, self._name)

    @functools.cached_property
    def variable_dtype(self) -> str:
        """The dtype of the stored weights."""
        return "float32" if self._name in _MIXED else self._name

    @functools.cached_property
    def autocast_dtype(self) -> str | None:
        """The dtype that weights are cast to when read, if it differs from their own."""
        return _MIXED.get(self._name)

    @property
    def optimizer_wrapper(self) -> str | None:
        """The registered optimizer that ``compile`` wraps the user's in, or None.

        >>> DTypePolicy("mixed_float16").optimizer_wrapper
        'LossScaleOptimizer'
        """
        return "LossScaleOptimizer" if self._name == "mixed_float16" else None

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {"name": self._name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> DTypePolicy:
        """Return a policy with the configuration of :meth:`get_config`."""
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DTypePolicy) and other._name == self._name

    def __hash__(self) -> int:
        return hash(self._name)

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self._name}">'


FloatDTypePolicy = DTypePolicy  # Keras's older name, which files may hold


def dtype_policy() -> DTypePolicy:
    """Return the default policy of layers: the one set, else configured, else floatx."""
    return _default or DTypePolicy(config.default_dtype_policy() or config.floatx())


def set_dtype_policy(policy: Any) -> None:
    """Make ``policy`` (a name or a :class:`DTypePolicy`) the default; None restores the configured one."""
    global _default
    _default = None if policy is None else get(policy)


def get(identifier: Any) -> DTypePolicy:
    """Return the policy for a name, dtype, config or policy; None means the global one."""
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, Mapping):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return DTypePolicy(identifier)
    return DTypePolicy(dtypes.standardize_dtype(identifier))


def serialize(dtype_policy: DTypePolicy) -> dict[str, Any]:
    """Return the policy's config in the form of files."""
    return {
        "module": "keras",
        "class_name": "DTypePolicy",
        "config": dtype_policy.get_config(),
        "registered_name": None,
    }


def deserialize(config: Mapping[str, Any], custom_objects: Any = None) -> DTypePolicy:
    """Return the policy that a config describes.

    Raises:
        ArgumentError: An unsupported policy, such as a quantized one.
    """
    inner = config.get("config")
    if config.get("class_name") not in ("DTypePolicy", "FloatDTypePolicy") or not isinstance(inner, Mapping):
        raise ArgumentError(
            "dtype policy", "the config of a DTypePolicy", repr(config.get("class_name")),
            "Quantized policies are not supported; save the model before quantizing it.",
        )  # fmt: skip
    return DTypePolicy(inner.get("name"))
