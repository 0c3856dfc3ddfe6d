"""Random arrays. Each draw is a function of its key: equal seeds give equal arrays.

``seed`` is an integer (the same array every time), a :class:`SeedGenerator` (a new one every time) or
None (the global generator). A backend may replace a composition with the kernel named there; the
kernel's first argument is the key.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from corne import backend as backends
from corne import config, dtypes, ops
from corne.backend import Array, Key
from corne.errors import ArgumentError
from corne.operation import to
from corne.random.seed_generator import SeedGenerator, draw_seed

Seed = int | SeedGenerator | None


def _float(given: Any, name: str) -> str:
    dtype: str = dtypes.standardize_dtype(given) if given is not None else config.floatx()
    if not dtypes.is_float(dtype):
        raise ArgumentError(
            f"random.{name}(dtype=…)",
            "a floating dtype",
            repr(dtype),
            "Use randint for integers.",
        )
    return dtype


def _size(shape: Any) -> tuple[int, ...]:
    return tuple(int(s) for s in shape) if not isinstance(shape, int) else (shape,)


def _kernel(name: str) -> Any:
    return backends.kernel(backends.active(), f"random_{name}")


def uniform(
    shape: Sequence[int], minval: Any = 0.0, maxval: Any = 1.0, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw from the uniform distribution on ``[minval, maxval)``.

    >>> tuple(uniform((2, 3), seed=1).shape)
    (2, 3)
    """
    if dtype is not None and not dtypes.is_float(dtype):
        return randint(shape, minval, maxval, dtype=dtype, seed=seed)
    dtype = _float(dtype, "uniform")
    drawn = backends.active().random_uniform(draw_seed(seed), _size(shape), dtype)
    if isinstance(minval, (int, float)) and isinstance(maxval, (int, float)):
        if minval == 0 and maxval == 1:
            return drawn
        width: Any = maxval - minval  # a Python number, which keeps bfloat16 and float64
    else:
        minval, maxval = ops.cast(minval, dtype), ops.cast(maxval, dtype)
        width = ops.subtract(maxval, minval)
    return ops.add(ops.multiply(drawn, width), minval)


def normal(
    shape: Sequence[int], mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw from the normal distribution."""
    dtype = _float(dtype, "normal")
    drawn = backends.active().random_normal(draw_seed(seed), _size(shape), dtype)
    return ops.add(ops.multiply(drawn, stddev), mean)


def truncated_normal(
    shape: Sequence[int], mean: float = 0.0, stddev: float = 1.0, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw from the normal distribution within two standard deviations of the mean.

    Kernel ``random_truncated_normal(key, shape, mean, stddev, dtype)``. The composition inverts the
    distribution function at a uniform draw.
    """
    dtype, key, size = _float(dtype, "truncated_normal"), draw_seed(seed), _size(shape)
    kernel = _kernel("truncated_normal")
    if kernel is not None:
        return kernel(key, size, mean, stddev, dtype)
    edge = math.erf(2 / math.sqrt(2))
    drawn = backends.active().random_uniform(key, size, "float64" if dtype == "float64" else "float32")
    value = ops.erfinv(ops.multiply(ops.subtract(ops.multiply(drawn, 2.0), 1.0), edge))
    return ops.cast(
        ops.add(ops.multiply(ops.clip(ops.multiply(value, math.sqrt(2)), -2.0, 2.0), stddev), mean), dtype
    )


def randint(shape: Sequence[int], minval: Any, maxval: Any, dtype: Any = "int32", seed: Seed = None) -> Array:
    """Draw integers from ``[minval, maxval)``, all equally likely.

    Kernel ``random_randint(key, shape, minval, maxval, dtype)``.
    """
    dtype, key, size = dtypes.standardize_dtype(dtype), draw_seed(seed), _size(shape)
    if dtypes.is_float(dtype):
        raise ArgumentError(
            "random.randint(dtype=…)", "an integer dtype", repr(dtype), "Use uniform for floats."
        )
    kernel = _kernel("randint")
    if kernel is not None:
        return kernel(key, size, minval, maxval, dtype)
    span = ops.subtract(maxval, minval)
    drawn = ops.floor(
        ops.multiply(backends.active().random_uniform(key, size, "float64"), ops.cast(span, "float64"))
    )
    return ops.cast(ops.add(ops.minimum(drawn, ops.cast(ops.subtract(span, 1), "float64")), minval), dtype)


def categorical(logits: Array, num_samples: int, dtype: Any = "int32", seed: Seed = None) -> Array:
    """Draw classes for each row of unnormalized log-probabilities, with the Gumbel-max trick.

    Kernel ``random_categorical(key, logits, num_samples, dtype)``.

    Shapes:
        logits ``(batch, classes)``; output ``(batch, num_samples)``.
    """
    logits, dtype, key = ops.convert_to_tensor(logits), dtypes.standardize_dtype(dtype), draw_seed(seed)
    kernel = _kernel("categorical")
    if kernel is not None:
        return kernel(key, logits, num_samples, dtype)
    rows, classes = logits.shape
    drawn = backends.active().random_uniform(key, (rows, num_samples, classes), "float32")
    gumbel = ops.negative(ops.log(ops.negative(ops.log(ops.maximum(drawn, 1e-20)))))
    return ops.cast(ops.argmax(ops.add(ops.expand_dims(logits, 1), gumbel), axis=-1), dtype)


def shuffle(x: Array, axis: int = 0, seed: Seed = None) -> Array:
    """Return the entries of an axis in random order.

    Kernel ``random_shuffle(key, x, axis)``.
    """
    x, key = ops.convert_to_tensor(x), draw_seed(seed)
    kernel = _kernel("shuffle")
    if kernel is not None:
        return kernel(key, x, axis)
    order = ops.argsort(backends.active().random_uniform(key, (x.shape[axis],), "float64"))
    return ops.take(x, order, axis=axis)


def dropout(
    inputs: Array, rate: float, noise_shape: Sequence[int | None] | None = None, seed: Seed = None
) -> Array:
    """Set each element to 0 with probability ``rate`` and divide the others by ``1 - rate``.

    Args:
        inputs: Numbers.
        rate: Probability, from 0 to 1.
        noise_shape: Shape of the mask, broadcast to the inputs; None in it means the input's size.
        seed: See the module.

    Kernel ``random_dropout(key, inputs, rate, noise_shape)``.
    """
    inputs, key = ops.convert_to_tensor(inputs), draw_seed(seed)
    shape = tuple(inputs.shape)
    if noise_shape is not None:
        shape = tuple(full if size is None else size for size, full in zip(noise_shape, shape, strict=True))
    kernel = _kernel("dropout")
    if kernel is not None:
        return kernel(key, inputs, rate, shape)
    dtype = backends.active().dtype_name(inputs)
    kept = ops.greater_equal(backends.active().random_uniform(key, shape, "float32"), rate)
    scaled = ops.multiply(inputs, 1 / (1 - rate) if rate < 1 else 0.0)
    return ops.where(kept, scaled, to(0, dtype))


def gamma(shape: Sequence[int], alpha: Any, dtype: Any = None, seed: Seed = None) -> Array:
    """Draw from the gamma distribution with shape parameter ``alpha`` and scale 1.

    Kernel ``random_gamma(key, shape, alpha, dtype)``. The composition is Marsaglia and Tsang's rejection
    method, "A simple method for generating gamma variables", 2000, with 16 tries for each element,
    rarely more than two of them needed; ``alpha`` below 1 is boosted as they describe in section 6.
    """
    return _gamma(draw_seed(seed), _size(shape), alpha, _float(dtype, "gamma"))


def _gamma(key: Key, size: tuple[int, ...], alpha: Any, dtype: str) -> Array:
    kernel = _kernel("gamma")
    if kernel is not None:
        return kernel(key, size, alpha, dtype)
    backend, tries = backends.active(), 16
    alpha = ops.broadcast_to(ops.cast(ops.convert_to_tensor(alpha), "float32"), size)
    small = ops.less(alpha, 1.0)
    d = ops.subtract(ops.where(small, ops.add(alpha, 1.0), alpha), 1 / 3)
    c = ops.divide(1 / 3, ops.sqrt(d))
    x = backend.random_normal(key, (tries, *size), "float32")
    u = backend.random_uniform((key[0] ^ 0x5DEECE66, key[1]), (tries + 1, *size), "float32")
    v = ops.power(ops.add(1.0, ops.multiply(c, x)), 3)
    positive = ops.greater(v, 0.0)
    logs = ops.log(ops.where(positive, v, 1.0))
    bound = ops.add(ops.multiply(0.5, ops.square(x)), ops.multiply(d, ops.add(ops.subtract(1.0, v), logs)))
    accepted = ops.logical_and(positive, ops.less(ops.log(ops.maximum(u[:tries], 1e-20)), bound))
    first = ops.argmax(ops.cast(accepted, "int32"), axis=0)
    chosen = ops.take_along_axis(v, ops.expand_dims(first, 0), axis=0)[0]
    drawn = ops.multiply(d, chosen)
    boost = ops.power(ops.maximum(u[tries], 1e-20), ops.divide(1.0, ops.maximum(alpha, 1e-6)))
    return ops.cast(ops.where(small, ops.multiply(drawn, boost), drawn), dtype)


def beta(shape: Sequence[int], alpha: Any, beta: Any, dtype: Any = None, seed: Seed = None) -> Array:
    """Draw from the beta distribution: ``a / (a + b)`` of two gamma draws.

    Kernel ``random_beta(key, shape, alpha, beta, dtype)``.
    """
    dtype, key, size = _float(dtype, "beta"), draw_seed(seed), _size(shape)
    kernel = _kernel("beta")
    if kernel is not None:
        return kernel(key, size, alpha, beta, dtype)
    one = _gamma((key[0] ^ 0x3C6EF372, key[1]), size, alpha, "float32")
    two = _gamma((key[0] ^ 0x1A2B3C4D, key[1]), size, beta, "float32")
    return ops.cast(ops.divide(one, ops.add(one, two)), dtype)


def binomial(
    shape: Sequence[int], counts: Any, probabilities: Any, dtype: Any = None, seed: Seed = None
) -> Array:
    """Draw the number of successes in ``counts`` trials, as floats.

    Kernel ``random_binomial(key, shape, counts, probabilities, dtype)``. The composition counts uniform
    draws below the probability, so its cost grows with the largest count.
    """
    dtype, key, size = _float(dtype, "binomial"), draw_seed(seed), _size(shape)
    kernel = _kernel("binomial")
    if kernel is not None:
        return kernel(key, size, counts, probabilities, dtype)
    counts = ops.broadcast_to(ops.cast(ops.convert_to_tensor(counts), "float32"), size)
    chance = ops.broadcast_to(ops.cast(ops.convert_to_tensor(probabilities), "float32"), size)
    most = int(ops.convert_to_numpy(ops.max(counts)))
    drawn = backends.active().random_uniform(key, (max(most, 1), *size), "float32")
    turn = ops.reshape(ops.arange(max(most, 1), dtype="float32"), (-1, *(1,) * len(size)))
    hits = ops.logical_and(ops.less(drawn, chance), ops.less(turn, counts))
    return ops.sum(ops.cast(hits, dtype), axis=0)
