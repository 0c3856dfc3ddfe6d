"""Hashing: a bin for each value, without a vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from corne import checks, config
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DTypeError
from corne.symbolic import SymbolicTensor

from corne_preprocessing.encoding import encode, encoded_shape, output_mode
from corne_preprocessing.fingerprint64 import fingerprint64
from corne_preprocessing.host_layer import HostLayer, refuse_sparse
from corne_preprocessing.siphash import siphash
from corne_preprocessing.sources import HostArray, to_host
from corne_preprocessing.text import encoded, flat_bytes, is_text


class Hashing(HostLayer):
    """Put values into bins by a hash that is the same on every machine.

    ``bin = hash(x) % num_bins``; integers are hashed as their decimal text, floats as integers.

    Args:
        num_bins: Number of bins, with the one for ``mask_value``.
        mask_value: Value whose bin is 0; the others then share the bins from 1 on. Default None: none.
        salt: Key of SipHash-2-4: two integers, or one for both. Default None: FarmHash's Fingerprint64.
        output_mode: "int" for bins, or "one_hot", "multi_hot" or "count" for vectors. Default "int".
        sparse: Must be False.
        **kwargs: As for every :class:`~corne.Layer`. ``dtype`` is that of the output: by default "int64" in
            mode "int", floatx in others.

    Shapes:
        input any, text or integers; output the same in mode "int"; ``(..., num_bins)`` in others, where a
        last axis of size 1 is taken away first for "one_hot", and the last axis always for "multi_hot" and
        "count".

    Raises:
        ArgumentError: An argument out of its range.

    >>> import numpy as np
    >>> np.asarray(Hashing(3)(["A", "B", "C", "A"])).tolist()
    [1, 0, 1, 1]
    """

    def __init__(
        self,
        num_bins: int,
        mask_value: Any = None,
        salt: Any = None,
        output_mode: str = "int",
        sparse: bool = False,
        **kwargs: Any,
    ) -> None:
        mode = _mode("Hashing(output_mode=…)", output_mode)
        if kwargs.get("dtype") is None:
            kwargs["dtype"] = "int64" if mode == "int" else config.floatx()
        super().__init__(**kwargs)
        refuse_sparse("Hashing", sparse)
        self.num_bins = checks.integer("Hashing(num_bins=…)", num_bins, least=1)
        self.mask_value = mask_value
        self.salt = salt_pair("Hashing(salt=…)", salt)
        self.output_mode = mode
        if mode == "int" and self.dtype not in ("int32", "int64"):
            raise ArgumentError("Hashing(dtype=…)", "'int32' or 'int64' in mode 'int'", repr(self.dtype), "")

    def call(self, inputs: Any) -> Array:
        """Return the bins, or vectors of them."""
        bins = self._bins(inputs)
        return self._to_backend(encode(bins, self.output_mode, self.num_bins), self.dtype)

    def _bins(self, inputs: Any) -> HostArray:
        masked = self.mask_value is not None and self.num_bins > 1
        count = self.num_bins - 1 if masked else self.num_bins
        keys, shape = hash_keys(self.name, inputs)
        found = bucketed(keys, count, self.salt)
        if masked:
            value = self.mask_value
            mask = encoded(value) if isinstance(value, str) else str(value).encode()
            found = np.where([key == mask for key in keys], 0, found + 1) if keys else found
        return found.reshape(tuple(size or 0 for size in shape))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape."""
        return encoded_shape(input_shape, self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> SymbolicTensor:
        """Describe the output."""
        return SymbolicTensor(self.compute_output_shape(inputs.shape), self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(), "num_bins": self.num_bins, "salt": None if self.salt is None else list(self.salt),
            "mask_value": self.mask_value, "output_mode": self.output_mode, "sparse": False,
        }  # fmt: skip


_mode: Callable[..., str] = output_mode


def salt_pair(where: str, salt: Any) -> tuple[int, int] | None:
    """Return the two halves of a key given as two integers or as one for both."""
    if salt is None:
        return None
    pair = tuple(salt) if isinstance(salt, (list, tuple)) else (salt, salt)
    if len(pair) != 2:
        raise ArgumentError(where, "an integer, or two of them", repr(salt), "")
    return checks.integer(where, pair[0]), checks.integer(where, pair[1])


def hash_keys(where: str, inputs: Any) -> tuple[list[bytes], Shape]:
    """Return what is hashed: text, or integers as decimal text.

    Raises:
        DTypeError: Neither.
    """
    if is_text(inputs):
        return flat_bytes(where, inputs)
    array = to_host(where, inputs)
    if is_text(array):
        return flat_bytes(where, array)
    if array.dtype.kind not in "iuf":
        raise DTypeError(where, "text or integers", f"dtype {array.dtype}", "")
    whole = array.astype("int64") if array.dtype.kind == "f" else array
    return [str(value).encode() for value in whole.reshape(-1).tolist()], array.shape


def bucketed(keys: list[bytes], count: int, salt: tuple[int, int] | None = None) -> HostArray:
    """Return ``hash(key) % count`` of each key; equal keys are hashed once."""
    if salt is None:
        known = {key: fingerprint64(key) % count for key in set(keys)}
    else:
        known = {key: siphash(key, salt) % count for key in set(keys)}
    return np.fromiter(map(known.__getitem__, keys), "int64", len(keys))
