"""Normalization: a mean of 0 and a variance of 1, by statistics of the data."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from corne import config, ops
from corne.backend import Array, Shape
from corne.errors import ArgumentError, DataError, ShapeError

from corne_preprocessing.adaptive_layer import AdaptiveLayer
from corne_preprocessing.sources import HostArray

#: Numbers that are summed at a time: 256 KiB as float64 stay in a core's cache.
_CHUNK = 32768


class Moments(NamedTuple):
    """Number of samples, mean and sum of squared differences from the mean, in float64."""

    size: int
    mean: HostArray
    squares: HostArray


class Normalization(AdaptiveLayer):
    """Subtract the mean of the data and divide by their standard deviation.

    ``y = (x - mean) / max(sqrt(variance), epsilon)``

    ``mean`` and ``variance`` are given, or learned by :meth:`adapt`: in float64, from data that need not fit
    into memory. Until then they are 0 and 1.

    Args:
        axis: The axis, or axes, along which each index has a mean and variance of its own. None: one mean
            and variance of everything. Default -1.
        mean: The mean: a number, or one for each index along ``axis``. Default None: learned.
        variance: The variance, in the shape of ``mean``. Default None: learned.
        invert: Whether to do the opposite, ``mean + x * max(sqrt(variance), epsilon)``. Default False.
        **kwargs: As for every :class:`~corne.Layer`.

    Shapes:
        input any, with fixed sizes along ``axis``; output the same, in the compute dtype; ``adapt_mean`` and
        ``adapt_variance`` have the sizes along ``axis``.

    Raises:
        ArgumentError: Only one of ``mean`` and ``variance``, or of different shapes.
        ShapeError: The input lacks an axis, or its size there is not fixed or not that of the data.

    Source: Chan, Golub and LeVeque, "Updating formulae and a pairwise algorithm for computing sample
        variances", 1979, for the merging of moments.

    >>> import numpy as np
    >>> layer = Normalization()
    >>> layer.adapt(np.array([[0.0, 7.0], [2.0, 9.0]]))
    >>> np.asarray(layer(np.array([[0.0, 9.0]]))).tolist()
    [[-1.0, 1.0]]
    """

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = _axes(axis)
        self.input_mean = mean if mean is None else np.asarray(mean)
        self.input_variance = variance if variance is None else np.asarray(variance)
        self.invert = bool(invert)
        self.supports_masking = True
        self._check_given()

    def _check_given(self) -> None:
        mean, variance = self.input_mean, self.input_variance
        if (mean is None) != (variance is None):
            raise ArgumentError(
                f"{self.name}: Normalization(mean=…, variance=…)", "both or neither",
                f"only {'mean' if variance is None else 'variance'}", "",
            )  # fmt: skip
        if mean is None or variance is None:
            return
        if mean.shape != variance.shape or mean.ndim > len(self.axis):
            raise ArgumentError(
                f"{self.name}: Normalization(mean=…, variance=…)",
                f"one shape of at most {len(self.axis)} axes, as axis={self.axis}",
                f"{mean.shape} and {variance.shape}", "",
            )  # fmt: skip

    def build(self, input_shape: Shape) -> None:
        """Make ``mean``, ``variance`` and ``count``, unless they are given."""
        rank = len(input_shape)
        for axis in self.axis:
            if not -rank <= axis < rank:
                raise ShapeError(
                    self.name, f"an input with an axis {axis}", f"shape {tuple(input_shape)}", ""
                )
            if input_shape[axis] is None:
                raise ShapeError(
                    self.name, f"a fixed size of axis {axis}", f"shape {tuple(input_shape)}",
                    "There is one mean for each index: give the model's Input a full shape there.",
                )  # fmt: skip
        self._kept = sorted(axis % rank for axis in self.axis)
        sizes = {axis: int(input_shape[axis] or 0) for axis in self._kept}
        self._broadcast_shape = tuple(sizes.get(axis, 1) for axis in range(rank))
        if self.input_mean is not None:
            self._broadcast(self.input_mean)  # raises here, not in the first call
            return
        shape = tuple(sizes.values())
        self.adapt_mean = self.add_weight(name="mean", shape=shape, initializer="zeros", trainable=False)
        self.adapt_variance = self.add_weight(
            name="variance", shape=shape, initializer="ones", trainable=False
        )
        # Keras's files hold it; neither library counts in it.
        self.count = self.add_weight(
            name="count", shape=(), dtype="int32", initializer="zeros", trainable=False
        )

    def _broadcast(self, given: HostArray) -> HostArray:
        shape = [1] * len(self._broadcast_shape)
        for axis, size in zip(reversed(self._kept), reversed(given.shape)):
            shape[axis] = size
        try:
            return np.broadcast_to(given.reshape(shape), self._broadcast_shape)
        except ValueError as error:
            raise ShapeError(
                f"{self.name}: Normalization(mean=…)", f"what fits the input's {self._broadcast_shape}",
                f"shape {given.shape}", "Correct axis, or pass one number for each index along it.",
            ) from error  # fmt: skip

    def _statistic(self, given: HostArray | None, variable: str) -> Array:
        """Return a statistic in the compute dtype, in a shape that broadcasts with the inputs."""
        if given is not None:
            return ops.convert_to_tensor(self._broadcast(given), dtype=self.compute_dtype)
        value = ops.reshape(getattr(self, variable).value, self._broadcast_shape)
        return ops.cast(value, self.compute_dtype)

    @property
    def mean(self) -> Array | None:
        """The mean, in a shape that broadcasts with the inputs; None before the layer is built."""
        return self._statistic(self.input_mean, "adapt_mean") if self.built else None

    @property
    def variance(self) -> Array | None:
        """The variance, in a shape that broadcasts with the inputs; None before the layer is built."""
        return self._statistic(self.input_variance, "adapt_variance") if self.built else None

    def call(self, inputs: Array) -> Array:
        """Normalize, or do the opposite."""
        inputs = ops.cast(inputs, self.compute_dtype)
        deviation = ops.maximum(ops.sqrt(self.variance), config.epsilon())
        if self.invert:
            return ops.add(self.mean, ops.multiply(inputs, deviation))
        return ops.divide(ops.subtract(inputs, self.mean), deviation)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``input_shape``."""
        return input_shape

    # -- adapt ----------------------------------------------------------------------------------------
    def summarize(self, batch: Any) -> Moments | None:
        """Return the moments of one batch."""
        batch = np.asarray(batch)
        where = f"{self.name}.adapt(data=…)"
        if self.input_mean is not None:
            raise ArgumentError(where, "a layer made without mean and variance", "one made with them", "")
        if batch.dtype.kind not in "biuf":
            batch = self._as_numbers(where, batch)
        if not batch.size:
            return None
        if not self.built:
            self.build((None, *batch.shape[1:]) if 0 not in self._axes_of(batch) else batch.shape)
        sizes = tuple(self._broadcast_shape[axis] for axis in self._kept)
        if batch.ndim != len(self._broadcast_shape) or tuple(batch.shape[a] for a in self._kept) != sizes:
            raise ShapeError(
                where, f"{len(self._broadcast_shape)} axes with sizes {sizes} along axis={self.axis}",
                f"a batch of shape {batch.shape}", "",
            )  # fmt: skip
        moved = np.moveaxis(batch, self._kept, range(-len(self._kept), 0)) if self._kept else batch
        result = _moments(moved.reshape(-1, math.prod(sizes)))
        if np.isnan(result.mean).any():
            raise DataError(
                where, "numbers without gaps", f"NaN in a batch of shape {batch.shape}",
                "Fill or drop missing values, or use utils.FeatureSpace.",
            )  # fmt: skip
        return result

    def _axes_of(self, batch: HostArray) -> set[int]:
        return {axis % batch.ndim for axis in self.axis if -batch.ndim <= axis < batch.ndim}

    def _as_numbers(self, where: str, batch: HostArray) -> HostArray:
        try:
            if batch.dtype.kind == "c":
                raise TypeError("complex numbers")
            return batch.astype("float64")
        except (TypeError, ValueError) as error:
            raise DataError(where, "numbers", f"dtype {batch.dtype}", "") from error

    def merge(self, first: Moments, second: Moments) -> Moments:
        """Return the moments of both parts."""
        count = first.size + second.size
        difference = second.mean - first.mean
        share = second.size / count
        return Moments(
            count,
            first.mean + difference * share,
            first.squares + second.squares + difference**2 * (first.size * share),
        )

    def finish(self, summary: Moments) -> None:
        """Set ``mean`` and ``variance``."""
        shape = tuple(self._broadcast_shape[axis] for axis in self._kept)
        self.adapt_mean.assign(summary.mean.reshape(shape).astype("float32"))
        self.adapt_variance.assign((summary.squares / summary.size).reshape(shape).astype("float32"))

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "axis": list(self.axis),
            "invert": self.invert,
            "mean": None if self.input_mean is None else self.input_mean.tolist(),
            "variance": None if self.input_variance is None else self.input_variance.tolist(),
        }


def _axes(axis: Any) -> tuple[int, ...]:
    if axis is None:
        return ()
    axes = tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
    if not all(isinstance(a, (int, np.integer)) and not isinstance(a, bool) for a in axes):
        raise ArgumentError("Normalization(axis=…)", "an integer, several of them, or None", repr(axis), "")
    return tuple(map(int, axes))


def _moments(rows: HostArray) -> Moments:
    """Return the moments of each column, piece by piece, so that no copy of everything is made."""
    step = max(1, _CHUNK // max(rows.shape[1], 1))
    parts = [_moments_of_piece(rows[start : start + step]) for start in range(0, len(rows), step)]
    counts = np.array([part.size for part in parts], "float64")[:, None]
    means = np.stack([part.mean for part in parts])
    mean = (counts * means).sum(0) / counts.sum()
    squares = np.stack([part.squares for part in parts]).sum(0) + (counts * (means - mean) ** 2).sum(0)
    return Moments(len(rows), mean, squares)


def _moments_of_piece(rows: HostArray) -> Moments:
    wide = rows.astype("float64")
    if wide.shape[1] == 1:
        flat = wide.reshape(-1)
        mean = flat.mean(keepdims=True)
        flat -= mean
        return Moments(len(rows), mean, np.dot(flat, flat).reshape(1))
    mean = wide.mean(0)
    wide -= mean
    return Moments(len(rows), mean, np.einsum("ij,ij->j", wide, wide))
