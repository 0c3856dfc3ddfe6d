"""Config: named values that are set as attributes, and can be frozen."""

from __future__ import annotations

import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from corne.errors import ArgumentError, UnknownNameError, nearest


class Config(MutableMapping[str, Any]):
    """Named values, read and set as attributes or as in a dict.

    Args:
        **kwargs: First values.

    Raises:
        UnknownNameError: A value that is not there is read as an attribute.
        ArgumentError: A frozen config is changed.

    >>> config = Config(units=64)
    >>> config.rate = 0.1
    >>> config["units"], config.to_json()
    (64, '{"units": 64, "rate": 0.1}')
    """

    def __init__(self, **kwargs: Any) -> None:
        object.__setattr__(self, "_values", dict(kwargs))
        object.__setattr__(self, "_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return bool(self._frozen)

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Allow changes again."""
        object.__setattr__(self, "_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """Return the values in a dict of their own."""
        return dict(self._values)

    def to_json(self) -> str:
        """Return the values as JSON."""
        return json.dumps(self._values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._check_free(key)
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        self._check_free(key)
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_values":
            raise AttributeError(name)
        if name in self._values:
            return self._values[name]
        raise UnknownNameError("Config", "one of its values", repr(name), nearest(name, self._values).strip())

    __setattr__ = __setitem__
    __delattr__ = __delitem__

    def __repr__(self) -> str:
        return f"<Config {self._values}>"

    def _check_free(self, key: str) -> None:
        if self._frozen:
            raise ArgumentError(
                f"Config[{key!r}]", "a config that is not frozen", "a frozen one", "Call unfreeze()."
            )
