"""Initializers that draw from a distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import dtypes, ops, random, serialization
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError
from corne.initializers._base import Initializer
from corne.random.seed_generator import SeedGenerator, make_default_seed


class RandomInitializer(Initializer):
    """Base of initializers that draw random numbers.

    Args:
        seed: An integer draws the same array every time; a SeedGenerator a new one every time. Default:
            an integer drawn from Python's ``random``.
    """

    def __init__(self, seed: int | SeedGenerator | None = None) -> None:
        if isinstance(seed, dict):  # as get_config returns a generator
            seed = serialization.deserialize_object(seed)
        if (
            seed is not None
            and not isinstance(seed, SeedGenerator)
            and (isinstance(seed, bool) or not isinstance(seed, int))
        ):
            raise ArgumentError(
                f"{type(self).__name__}(seed=…)",
                "an integer, a SeedGenerator or None",
                repr(seed),
            )
        self._given_seed = seed
        self.seed = make_default_seed() if seed is None else seed

    def get_config(self) -> dict[str, Any]:
        return {"seed": serialization.serialize_object(self._given_seed)}


class RandomNormal(RandomInitializer):
    """Draws from a normal distribution.

    Args:
        mean: Its mean. Default 0.
        stddev: Its standard deviation. Default 0.05.
        seed: See :class:`RandomInitializer`.

    >>> tuple(RandomNormal(seed=1)((2, 3)).shape)
    (2, 3)
    """

    def __init__(
        self, mean: float = 0.0, stddev: float = 0.05, seed: int | SeedGenerator | None = None
    ) -> None:
        super().__init__(seed)
        self.mean, self.stddev = mean, stddev

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        return random.normal(shape, self.mean, self.stddev, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


class TruncatedNormal(RandomNormal):
    """Draws from a normal distribution within two standard deviations of its mean.

    Args:
        mean: Its mean. Default 0.
        stddev: Its standard deviation before truncation. Default 0.05.
        seed: See :class:`RandomInitializer`.
    """

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        return random.truncated_normal(shape, self.mean, self.stddev, dtype=dtype, seed=self.seed)


class RandomUniform(RandomInitializer):
    """Draws from a uniform distribution.

    Args:
        minval: Lower end. Default -0.05.
        maxval: Upper end. Default 0.05.
        seed: See :class:`RandomInitializer`.
    """

    def __init__(
        self, minval: float = -0.05, maxval: float = 0.05, seed: int | SeedGenerator | None = None
    ) -> None:
        super().__init__(seed)
        self.minval, self.maxval = minval, maxval

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        return random.uniform(shape, self.minval, self.maxval, dtype=dtype, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"minval": self.minval, "maxval": self.maxval, **super().get_config()}


class VarianceScaling(RandomInitializer):
    """Draws with a variance of ``scale / n``, where n is the number of inputs, outputs or their mean.

    Args:
        scale: Positive. Default 1.
        mode: The meaning of n: "fan_in", "fan_out" or "fan_avg". Default "fan_in".
        distribution: "truncated_normal", "untruncated_normal" or "uniform". Default "truncated_normal".
        seed: See :class:`RandomInitializer`.
        input_axes: List of the axes that are inputs; n counts these alone. Default: the last but one, times
            the axes before, which are a kernel's window.
        output_axes: List of the axes that are outputs, given together with ``input_axes``. Default: the last,
            times the window.

    Raises:
        ArgumentError: A scale that is not positive, an unknown mode or distribution, or only one of the axes.

    Source: He et al. 2015, section 2.2, https://arxiv.org/abs/1502.01852
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: int | SeedGenerator | None = None,
        input_axes: Any = None,
        output_axes: Any = None,
    ) -> None:
        super().__init__(seed)
        if not scale > 0:
            raise ArgumentError(
                "VarianceScaling(scale=…)", "a positive number", repr(scale), "Use scale=2.0, for example."
            )
        distribution = (
            "truncated_normal" if str(distribution).lower() == "normal" else str(distribution).lower()
        )
        for argument, value, allowed in (
            ("mode", mode, ("fan_in", "fan_out", "fan_avg")),
            ("distribution", distribution, ("truncated_normal", "untruncated_normal", "uniform")),
        ):
            if value not in allowed:
                raise ArgumentError(f"VarianceScaling({argument}=…)", f"one of {allowed}", repr(value))
        _check_axes(type(self).__name__, input_axes, output_axes)
        self.scale, self.mode, self.distribution = scale, mode, distribution
        self.input_axes, self.output_axes = input_axes, output_axes

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        fan_in, fan_out = fans(tuple(shape), self.input_axes, self.output_axes)
        n = {"fan_in": fan_in, "fan_out": fan_out, "fan_avg": (fan_in + fan_out) / 2}[self.mode]
        variance = self.scale / max(1.0, n)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.uniform(shape, -limit, limit, dtype=dtype, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random.normal(shape, 0.0, math.sqrt(variance), dtype=dtype, seed=self.seed)
        # 0.8796… is the standard deviation of a standard normal distribution cut at -2 and 2.
        return random.truncated_normal(
            shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype=dtype, seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            **super().get_config(),
            "input_axes": self.input_axes,
            "output_axes": self.output_axes,
        }


def fans(shape: tuple[int, ...], input_axes: Any = None, output_axes: Any = None) -> tuple[int, int]:
    """Return the numbers of inputs and outputs that a weight of ``shape`` connects.

    >>> fans((3, 3, 8, 16))
    (72, 144)
    >>> fans((8, 2, 4), input_axes=[0], output_axes=[1, 2])
    (8, 8)
    """
    if input_axes is not None:
        return math.prod(shape[axis] for axis in input_axes), math.prod(shape[axis] for axis in output_axes)
    if not shape:
        return 1, 1
    if len(shape) == 1:
        return shape[0], shape[0]
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


def _check_axes(where: str, input_axes: Any, output_axes: Any) -> None:
    """Raise an error unless both are None, or both are sequences of integers."""
    both = (input_axes, output_axes)
    if all(axes is None for axes in both):
        return
    if not all(isinstance(axes, (list, tuple)) and all(isinstance(a, int) for a in axes) for axes in both):
        raise ArgumentError(
            f"{where}(input_axes=…, output_axes=…)", "two lists of axes, or neither",
            f"{input_axes!r} and {output_axes!r}", "Pass both, such as input_axes=[0], output_axes=[1, 2].",
        )  # fmt: skip


class _Preset(VarianceScaling):
    """A VarianceScaling with fixed scale, mode and distribution."""

    _SETTINGS: tuple[float, str, str]

    def __init__(
        self, seed: int | SeedGenerator | None = None, input_axes: Any = None, output_axes: Any = None
    ) -> None:
        scale, mode, distribution = self._SETTINGS
        super().__init__(scale, mode, distribution, seed, input_axes, output_axes)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {key: config[key] for key in ("seed", "input_axes", "output_axes")}


class GlorotUniform(_Preset):
    """Uniform with variance ``2 / (inputs + outputs)``.

    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """

    _SETTINGS = (1.0, "fan_avg", "uniform")


class GlorotNormal(_Preset):
    """Truncated normal with variance ``2 / (inputs + outputs)``.

    Source: Glorot and Bengio 2010, https://proceedings.mlr.press/v9/glorot10a.html
    """

    _SETTINGS = (1.0, "fan_avg", "truncated_normal")


class HeUniform(_Preset):
    """Uniform with variance ``2 / inputs``. Source: He et al. 2015, https://arxiv.org/abs/1502.01852"""

    _SETTINGS = (2.0, "fan_in", "uniform")


class HeNormal(_Preset):
    """Truncated normal with variance ``2 / inputs``. Source: He et al. 2015, https://arxiv.org/abs/1502.01852"""

    _SETTINGS = (2.0, "fan_in", "truncated_normal")


class LecunUniform(_Preset):
    """Uniform with variance ``1 / inputs``. Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515"""

    _SETTINGS = (1.0, "fan_in", "uniform")


class LecunNormal(_Preset):
    """Truncated normal with variance ``1 / inputs``. Source: Klambauer et al. 2017, https://arxiv.org/abs/1706.02515"""

    _SETTINGS = (1.0, "fan_in", "truncated_normal")


class Orthogonal(RandomInitializer):
    """An orthogonal matrix, or orthonormal rows or columns where it isn't square, times a factor.

    Axes before the last are taken together.

    Args:
        gain: The factor. Default 1.
        seed: See :class:`RandomInitializer`.

    Raises:
        ShapeError: Fewer than two axes.

    Source: Saxe et al. 2013, https://arxiv.org/abs/1312.6120
    """

    def __init__(self, gain: float = 1.0, seed: int | SeedGenerator | None = None) -> None:
        super().__init__(seed)
        self.gain = gain

    def __call__(self, shape: Sequence[int], dtype: Any = None, **kwargs: Any) -> Array:
        if len(shape) < 2:
            raise ShapeError(
                "Orthogonal initializer",
                "two axes or more",
                f"shape {tuple(shape)}",
            )
        rows, columns = math.prod(shape[:-1]), shape[-1]
        dtype = dtypes.standardize_dtype(dtype)
        wide = "float64" if dtype == "float64" else "float32"  # engines can't factor shorter floats
        drawn = random.normal((max(rows, columns), min(rows, columns)), dtype=wide, seed=self.seed)
        q, r = ops.qr(drawn)
        q = ops.multiply(q, ops.sign(ops.diag(r)))  # makes the distribution uniform
        if rows < columns:
            q = ops.transpose(q)
        return ops.cast(ops.multiply(ops.reshape(q, shape), self.gain), dtype)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, **super().get_config()}
