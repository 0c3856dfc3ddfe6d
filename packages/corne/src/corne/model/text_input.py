"""Text as input of a subclassed model: as numbers through the training loop, as text again in ``call``."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corne import backend as backends
from corne.model.host_part import on_host
from corne.text_array import TextArray
from corne.training.adapters.staged import staged

#: Begins the key of text that is coded; no input has such a name.
_KEY = "corne:text/"


class TextInput:
    """What a model without a graph does with text; mixed into Model.

    Data adapters, shuffling and prefetching see arrays of code points, ``(…, characters)`` of int32: four bytes for
    each character of the longest text, as in NumPy's own arrays of text.
    """

    if TYPE_CHECKING:  # what a layer and the steps add
        name: str
        _corne_reads_text: bool

        def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]: ...

    def _corne_takes_text(self) -> bool:
        """Whether a layer takes text in ``call``."""
        return any(getattr(layer, "runs_on_host", False) for layer in self._flatten_layers(False))

    def _corne_as_text(self, x: Any) -> Any:
        """Return an argument with text, coded or not, as arrays that reach ``call`` as they are."""
        return _as_text(x) if _has_text(x) and self._corne_takes_text() else x

    def _corne_staged_text(self, data: Any) -> Any:
        """Return data with text coded, if a layer takes text."""
        return staged(data, self._corne_code) if self._corne_takes_text() else data

    def _corne_code(self, x: Any) -> Any:
        arrays = on_host(x)
        if not _has_text(arrays):
            return x
        if not self._corne_reads_text:
            self._corne_reads_text = True
            warnings.warn(
                f"{self.name} calls layers on text inside call(), so its steps run eagerly. A functional model with "
                "the same layers runs them ahead of the step, which is then recorded or compiled.",
                stacklevel=2,
            )
        return _coded(arrays)


def _as_text(x: Any) -> Any:
    if isinstance(x, dict):
        if list(x) == [_KEY]:
            return _decoded(x[_KEY])
        return {
            k.removeprefix(_KEY) if _is_key(k) else k: _decoded(v) if _is_key(k) else _as_text(v)
            for k, v in x.items()
        }
    if type(x) in (list, tuple):
        return type(x)(map(_as_text, x))
    return x.view(TextArray) if _is_text(x) else x


def _has_text(x: Any) -> bool:
    if isinstance(x, dict):
        return any(_is_key(key) or _has_text(value) for key, value in x.items())
    return any(map(_has_text, x)) if type(x) in (list, tuple) else _is_text(x)


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and key.startswith(_KEY)


def _is_text(x: Any) -> bool:
    if not isinstance(x, np.ndarray):
        return False
    return x.dtype.kind in "US" or (
        x.dtype == object and x.size > 0 and all(isinstance(each, (str, bytes)) for each in x.flat)
    )


def _coded(x: Any) -> Any:
    if isinstance(x, dict):
        return {
            f"{_KEY}{k}" if _is_text(v) else k: _codes(v) if _is_text(v) else _coded(v) for k, v in x.items()
        }
    if type(x) in (list, tuple):
        return type(x)(map(_coded, x))
    return {_KEY: _codes(x)} if _is_text(x) else x


def _codes(text: NDArray[Any]) -> NDArray[np.int32]:
    """Return each character's code point along a new last axis, padded with 0."""
    if text.dtype.kind != "U":
        plain = [each.decode("utf-8", "replace") if isinstance(each, bytes) else each for each in text.flat]
        text = np.array(plain, dtype=str).reshape(text.shape)
    text = np.ascontiguousarray(text, dtype=f"<U{max(1, text.dtype.itemsize // 4)}")
    return text.view(np.int32).reshape(*text.shape, -1)


def _decoded(codes: Any) -> NDArray[Any]:
    backend = backends.active()
    numbers = backend.to_numpy(codes) if backend.is_array(codes) else codes
    numbers = np.ascontiguousarray(numbers, dtype=np.int32)
    return numbers.view(f"<U{numbers.shape[-1]}")[..., 0].view(TextArray)
