"""HashedCrossing: a bin for each combination of values."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DTypeError, ShapeError
from corne.symbolic import SymbolicTensor

from corne_preprocessing.encoding import encode, encoded_shape
from corne_preprocessing.fingerprint64 import fingerprint64, fingerprint_cat64
from corne_preprocessing.host_layer import HostLayer, refuse_sparse
from corne_preprocessing.sources import HostArray, to_host
from corne_preprocessing.text import flat_bytes, is_text

#: TensorFlow's key of crossed columns.
_KEY = 956888297470
_MASK = (1 << 64) - 1


class HashedCrossing(HostLayer):
    """Put combinations of features into bins by a hash.

    The hash of a combination chains the features in their order: text by its Fingerprint64, integers as
    they are.

    Args:
        num_bins: Number of bins.
        output_mode: "int" for bins or "one_hot" for vectors. Default "int".
        sparse: Must be False.
        name: The layer's name. Default None: made from the class.
        dtype: Dtype of the output. Default: "int64" in mode "int", else floatx.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input a list of at least two of shape ``()``, ``(batch,)`` or ``(batch, 1)``; output the same, or
        ``(batch, num_bins)`` in mode "one_hot".

    Raises:
        ArgumentError: Fewer than two inputs, or an argument out of its range.
        ShapeError: Inputs of other or of different shapes.
        DTypeError: Inputs other than text and integers.

    >>> import numpy as np
    >>> np.asarray(HashedCrossing(5)((["A", "B", "A"], [101, 101, 101]))).tolist()
    [1, 4, 1]
    """

    def __init__(
        self,
        num_bins: int,
        output_mode: str = "int",
        sparse: bool = False,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        mode = str(checks.one_of("HashedCrossing(output_mode=…)", output_mode, ("int", "one_hot")))
        super().__init__(name=name, dtype="int64" if mode == "int" and dtype is None else dtype, **kwargs)
        refuse_sparse("HashedCrossing", sparse)
        self.num_bins = checks.integer("HashedCrossing(num_bins=…)", num_bins, least=1)
        self.output_mode = mode

    def call(self, inputs: Any) -> Array:
        """Return the bins of combinations, or vectors of them."""
        self._check_number(inputs)
        columns = [self._fingerprints(x) for x in inputs]
        self._check_shapes([shape for _, shape in columns])
        found = []
        for row in zip(*(values for values, _ in columns), strict=True):
            key = _KEY
            for value in row:
                key = fingerprint_cat64(key, value)
            found.append(key % self.num_bins)
        bins: HostArray = np.array(found, "int64").reshape(tuple(size or 0 for size in columns[0][1]))
        return self._to_backend(encode(bins, self.output_mode, self.num_bins), self.dtype)

    def _fingerprints(self, x: Any) -> tuple[list[int], Shape]:
        if is_text(x):
            keys, shape = flat_bytes(self.name, x)
            return [fingerprint64(key) for key in keys], shape
        array = to_host(self.name, x)
        if array.dtype.kind not in "iu":
            raise DTypeError(
                self.name, "text or integers", f"dtype {array.dtype}", "Discretize floats before."
            )
        return [value & _MASK for value in array.reshape(-1).tolist()], array.shape

    def _check_number(self, inputs: Any) -> None:
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            given = f"{len(inputs)}" if isinstance(inputs, (list, tuple)) else type(inputs).__name__
            raise ArgumentError(self.name, "a list of at least two inputs", given, "")

    def _check_shapes(self, shapes: list[Shape]) -> None:
        first = shapes[0]
        if any(shape != first for shape in shapes) or len(first) > 2 or (len(first) == 2 and first[1] != 1):
            raise ShapeError(
                self.name, "inputs of one shape, which is (), (batch,) or (batch, 1)", str(shapes), ""
            )

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return the output's shape for the list of the inputs' shapes."""
        self._check_number(input_shape)
        self._check_shapes([tuple(shape) for shape in input_shape])
        return encoded_shape(tuple(input_shape[0]), self.output_mode, self.num_bins)

    def compute_output_spec(self, inputs: Any) -> SymbolicTensor:
        """Describe the output."""
        self._check_number(inputs)
        return SymbolicTensor(self.compute_output_shape([x.shape for x in inputs]), self.dtype)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": False,
        }
