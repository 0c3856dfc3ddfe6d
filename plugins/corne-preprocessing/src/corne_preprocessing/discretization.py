"""Discretization: a bin for each number."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne import checks, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DataError, StateError
from corne.symbolic import SymbolicTensor

from corne_preprocessing.adaptive_layer import AdaptiveLayer
from corne_preprocessing.category_encoding import categories, categories_shape
from corne_preprocessing.encoding import output_mode as checked_mode
from corne_preprocessing.host_layer import refuse_sparse
from corne_preprocessing.sources import HostArray


class Discretization(AdaptiveLayer):
    """Replace each number by the bin it falls into.

    Bin ``i`` holds ``bin_boundaries[i - 1] <= x < bin_boundaries[i]``. Boundaries are given, or learned by
    ``adapt``: quantiles, so that bins hold about as many samples each.

    Args:
        bin_boundaries: Ascending numbers; there is one bin more than these. Default None: learned.
        num_bins: Number of bins to learn. Default None.
        epsilon: Largest error of the quantiles, a fraction of the samples; less takes more memory. Default
            0.01.
        output_mode: "int" for bins, or "one_hot", "multi_hot" or "count" for vectors. Default "int".
        sparse: Must be False.
        dtype: As for every layer. Default None.
        name: As for every layer. Default None.

    Shapes:
        input any; output the same in mode "int" (int32); in others as of :class:`CategoryEncoding`.

    Raises:
        ArgumentError: Both or neither of ``bin_boundaries`` and ``num_bins``, or one out of its range.
        StateError: Called before there are boundaries.

    >>> import numpy as np
    >>> layer = Discretization(bin_boundaries=[0.0, 1.0, 2.0])
    >>> np.asarray(layer(np.array([-1.5, 1.0, 3.4]))).tolist()
    [0, 2, 3]
    """

    def __init__(
        self,
        bin_boundaries: Any = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        sparse: bool = False,
        dtype: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, dtype=dtype, **kwargs)
        refuse_sparse("Discretization", sparse)
        if (bin_boundaries is None) == (num_bins is None):
            raise ArgumentError(
                "Discretization(bin_boundaries=…, num_bins=…)", "one of them",
                "neither" if num_bins is None else "both", "",
            )  # fmt: skip
        self.num_bins = (
            num_bins if num_bins is None else checks.integer("Discretization(num_bins=…)", num_bins, least=1)
        )
        self.epsilon = checks.number("Discretization(epsilon=…)", epsilon, least=0, most=1)
        self.output_mode = checked_mode("Discretization(output_mode=…)", output_mode)
        self.bin_boundaries = None if bin_boundaries is None else _ascending(bin_boundaries)

    def call(self, inputs: Array) -> Array:
        """Return the bins, or vectors of them."""
        boundaries = ops.convert_to_tensor(self._ready(), dtype=self.compute_dtype)
        bins = ops.digitize(ops.cast(inputs, self.compute_dtype), boundaries)
        if self.output_mode == "int":
            return bins
        return categories(bins, self.output_mode, self._depth(), self.compute_dtype)

    def _ready(self) -> list[float]:
        if self.bin_boundaries is None:
            raise StateError(
                f"{self.name}(…)",
                "a layer with bin_boundaries",
                "one without",
                f"Call {self.name}.adapt(data) first.",
            )
        return self.bin_boundaries

    def _depth(self) -> int:
        return len(self.bin_boundaries) + 1 if self.bin_boundaries is not None else int(self.num_bins or 0)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the output's shape."""
        if self.output_mode == "int":
            return input_shape
        return categories_shape(tuple(input_shape), self.output_mode, self._depth())

    def compute_output_spec(self, inputs: Any) -> SymbolicTensor:
        """Describe the output."""
        dtype = "int32" if self.output_mode == "int" else self.compute_dtype
        return SymbolicTensor(self.compute_output_shape(inputs.shape), dtype)

    # -- adapt ----------------------------------------------------------------------------------------
    def summarize(self, batch: Any) -> HostArray | None:
        """Return values in ascending order and how many samples each stands for."""
        where = f"{self.name}.adapt(data=…)"
        if self.num_bins is None:
            raise ArgumentError(where, "a layer made with num_bins", "one made with bin_boundaries", "")
        array = np.asarray(batch)
        if array.dtype.kind not in "biuf":
            raise DataError(where, "numbers", f"dtype {array.dtype}", "")
        values = np.sort(array.reshape(-1).astype("float32"))
        if not values.size:
            return None
        if np.isnan(values[-1]):
            raise DataError(where, "numbers without gaps", "NaN", "Fill or drop missing values.")
        step = max(values.size * self.epsilon, 1)
        kept = values[int(step - 1) :: int(step)]
        return np.stack([kept, np.full(kept.shape, step, "float32")])

    def merge(self, first: HostArray, second: HostArray) -> HostArray:
        """Return the summary of both parts; its order matters a little, as in Keras."""
        merged = np.concatenate((second, first), axis=1)
        return _compressed(merged[:, np.argsort(merged[0])], self.epsilon)

    def update_state(self, data: Any) -> None:
        """Add one batch to what :meth:`finalize_state` will learn from."""
        if self._summary is None:
            self._summary = np.zeros((2, 0), "float32")
            had = False
        else:
            had = True
        super().update_state(data)
        if not had and not self._summary.shape[1]:
            self._summary = None

    def finish(self, summary: HostArray) -> None:
        """Take quantiles as boundaries."""
        self.bin_boundaries = _compressed(summary, 1.0 / int(self.num_bins or 1))[0, :-1].tolist()

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments, with boundaries that were learned."""
        return {
            **super().get_config(), "bin_boundaries": self.bin_boundaries, "num_bins": self.num_bins,
            "epsilon": self.epsilon, "output_mode": self.output_mode, "sparse": False,
        }  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Discretization:
        """Make a layer from what :meth:`get_config` returned."""
        learned = config.get("bin_boundaries")
        if learned is None or config.get("num_bins") is None:
            return cls(**config)
        layer = cls(**{**config, "bin_boundaries": None})
        layer.bin_boundaries = _ascending(learned)
        return layer


def _ascending(boundaries: Any) -> list[float]:
    array = np.asarray(boundaries)
    if (
        array.ndim != 1
        or array.dtype.kind not in "biuf"
        or (np.diff(array) < 0).any()
        or np.isnan(array).any()
    ):
        raise ArgumentError("Discretization(bin_boundaries=…)", "ascending numbers", repr(boundaries), "")
    listed: list[float] = array.tolist()
    return listed


def _compressed(summary: HostArray, epsilon: float) -> HostArray:
    """Return a summary of at most about ``1 / epsilon`` values, by interpolation between ranks."""
    if summary.shape[1] * epsilon < 1:
        return summary
    ranks = epsilon + np.arange(0.0, 1.0, epsilon)
    weights = summary[1].cumsum()
    share = weights / weights[-1]
    values = np.interp(ranks, share, summary[0])
    until = np.interp(ranks, share, weights)
    return np.stack((values, np.diff(until, prepend=0))).astype("float32")
