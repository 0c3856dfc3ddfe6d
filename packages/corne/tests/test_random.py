"""Randomness as state, and the distributions: moments from theory, equality from equal keys."""

from __future__ import annotations

import math
import random as python_random

import numpy as np
import pytest
from corne import ops, random, utils
from corne.errors import ArgumentError
from corne.random import SeedGenerator
from corne.variable import StatelessScope

N = 20_000


def drawn(backend, array):
    return backend.to_numpy(array).astype("float64")


def check_moments(sample, mean, deviation, fourth=3.0):
    """Compare with theory, within five standard errors; ``fourth`` bounds the distribution's kurtosis."""
    error = deviation / math.sqrt(sample.size)
    assert abs(sample.mean() - mean) < 5 * error
    # The variance's standard error is deviation**2 * sqrt((kurtosis - 1) / n).
    assert abs(sample.var() - deviation**2) < 5 * deviation**2 * math.sqrt((fourth - 1) / sample.size)


# -- state ------------------------------------------------------------------------------------------------
def test_a_generator_counts(backend):
    generator = SeedGenerator(7)
    assert [generator.next() for _ in range(3)] == [(7, 0), (7, 1), (7, 2)]
    assert generator.state.numpy().tolist() == [7, 3]
    assert (generator.state.dtype, generator.state.shape, generator.state.trainable) == (
        "uint32",
        (2,),
        False,
    )


def test_saved_state_continues_where_it_was(backend):
    generator = SeedGenerator(7)
    random.normal((3,), seed=generator)
    saved = generator.state.numpy()
    expected = drawn(backend, random.normal((3,), seed=generator))
    other = SeedGenerator(1)
    other.state.assign(saved)
    assert np.array_equal(drawn(backend, random.normal((3,), seed=other)), expected)
    other.state.assign(generator.state)
    assert other.next() == generator.next()


def test_state_in_a_scope_leaves_the_generator_alone(backend):
    generator = SeedGenerator(7)
    generator.next()
    plain = drawn(backend, random.uniform((4,), seed=generator))  # the key (7, 1)
    with StatelessScope([(generator.state, backend.asarray(np.array([7, 1], "uint32")))]) as scope:
        inside = drawn(backend, random.uniform((4,), seed=generator))
    assert np.array_equal(plain, inside)
    assert drawn(backend, scope.get(generator.state)).tolist() == [7, 2]
    assert generator.next() == (7, 2)


def test_counters_wrap_at_32_bits():
    generator = SeedGenerator(3)
    generator.state.assign([3, 2**32 - 1])
    assert [generator.next(), generator.next()] == [(3, 2**32 - 1), (3, 0)]


def test_default_seeds_come_from_python():
    python_random.seed(5)
    expected = python_random.randint(1, 10**9)
    python_random.seed(5)
    assert SeedGenerator().get_config() == {"seed": expected}
    assert SeedGenerator.from_config({"seed": 9}).next() == (9, 0)


def test_set_random_seed_repeats_everything(backend):
    def everything():
        generator = SeedGenerator()
        arrays = [random.normal((3,)), random.normal((3,)), random.uniform((3,), seed=generator)]
        return [python_random.random(), np.random.rand(), *(x for a in arrays for x in drawn(backend, a))]

    utils.set_random_seed(11)
    first = everything()
    assert len(set(first)) == len(first)
    utils.set_random_seed(11)
    assert everything() == first
    utils.set_random_seed(12)
    assert everything() != first


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "1", True, None])
def test_set_random_seed_refuses_what_is_no_seed(seed):
    with pytest.raises(ArgumentError, match="an integer from 0 to"):
        utils.set_random_seed(seed)


@pytest.mark.parametrize("seed", [1.5, "1", True])
def test_what_is_no_seed_is_refused(backend, seed):
    with pytest.raises(ArgumentError, match="an integer"):
        SeedGenerator(seed)
    with pytest.raises(ArgumentError, match="an integer, a SeedGenerator or None"):
        random.normal((2,), seed=seed)


def test_a_state_of_another_shape_is_refused():
    with pytest.raises(ArgumentError, match="a seed and a counter"):
        SeedGenerator(1).state.assign([1, 2, 3])


def test_unknown_arguments_of_a_generator_are_refused():
    with pytest.raises(ArgumentError, match="'sed'"):
        SeedGenerator(sed=1)


# -- draws ------------------------------------------------------------------------------------------------
DRAWS = {
    "uniform": lambda shape, **kw: random.uniform(shape, **kw),
    "normal": lambda shape, **kw: random.normal(shape, **kw),
    "truncated_normal": lambda shape, **kw: random.truncated_normal(shape, **kw),
    "gamma": lambda shape, **kw: random.gamma(shape, 2.0, **kw),
    "beta": lambda shape, **kw: random.beta(shape, 2.0, 3.0, **kw),
    "binomial": lambda shape, **kw: random.binomial(shape, 5, 0.3, **kw),
    "randint": lambda shape, **kw: random.randint(shape, 0, 1000, **kw),
}


@pytest.mark.parametrize("name", DRAWS)
def test_equal_keys_give_equal_arrays(backend, name):
    draw = DRAWS[name]
    one, two = (drawn(backend, draw((4, 5), seed=3)) for _ in range(2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, drawn(backend, draw((4, 5), seed=4)))
    generator = SeedGenerator(3)
    assert np.array_equal(one, drawn(backend, draw((4, 5), seed=generator)))  # its first key is (3, 0)
    assert not np.array_equal(one, drawn(backend, draw((4, 5), seed=generator)))


@pytest.mark.parametrize("name", [name for name in DRAWS if name != "randint"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_shapes_and_dtypes(backend, name, dtype):
    for shape in ((), (3,), [2, 3]):
        array = DRAWS[name](shape, dtype=dtype, seed=1)
        assert (tuple(array.shape), backend.dtype_name(array)) == (tuple(shape), dtype)
        assert np.isfinite(drawn(backend, array)).all()


@pytest.mark.parametrize("name", [name for name in DRAWS if name not in ("randint", "uniform")])
def test_integer_dtypes_are_refused(name):
    with pytest.raises(ArgumentError, match="a floating dtype, got 'int32'"):
        DRAWS[name]((2,), dtype="int32", seed=1)


def test_uniform(backend):
    sample = drawn(backend, random.uniform((N,), -1.0, 3.0, seed=1))
    assert sample.min() >= -1
    assert sample.max() < 3
    check_moments(sample, 1.0, 4 / math.sqrt(12), fourth=1.8)


def test_uniform_with_limits_of_arrays(backend):
    low = np.array([0.0, 10.0], "float32")
    sample = drawn(backend, random.uniform((N // 2, 2), low, low + 1, seed=1))
    assert np.all((sample >= low) & (sample <= low + 1))


def test_normal(backend):
    check_moments(drawn(backend, random.normal((N,), 2.0, 3.0, seed=1)), 2.0, 3.0)


def test_truncated_normal(backend):
    sample = drawn(backend, random.truncated_normal((N,), 1.0, 0.5, seed=1))
    assert np.abs(sample - 1).max() <= 2 * 0.5
    check_moments(sample, 1.0, 0.5 * 0.8796256610342398)  # the deviation of a normal cut at two deviations
    assert np.abs(sample - 1).max() > 1.9 * 0.5


def test_randint(backend):
    sample = drawn(backend, random.randint((N,), -2, 3, seed=1))
    assert set(sample) == {-2, -1, 0, 1, 2}
    for value in set(sample):  # a share p = 1/5 has the standard error sqrt(p (1 - p) / n)
        assert abs((sample == value).mean() - 0.2) < 5 * math.sqrt(0.16 / N)
    assert backend.dtype_name(random.randint((2,), 0, 9, dtype="int64", seed=1)) == "int64"
    with pytest.raises(ArgumentError, match="integer dtype"):
        random.randint((2,), 0, 9, dtype="float32")


@pytest.mark.parametrize("alpha", [0.3, 1.0, 4.5])
def test_gamma(backend, alpha):
    sample = drawn(backend, random.gamma((N,), alpha, seed=1))
    assert sample.min() >= 0
    check_moments(sample, alpha, math.sqrt(alpha), fourth=3 + 6 / alpha)


def test_gamma_takes_an_array(backend):
    alpha = np.array([1.0, 50.0], "float32")
    means = drawn(backend, random.gamma((N, 2), alpha, seed=1)).mean(0)
    assert np.all(np.abs(means - alpha) < 5 * np.sqrt(alpha / N))


@pytest.mark.parametrize(("a", "b"), [(2.0, 3.0), (0.5, 0.5)])
def test_beta(backend, a, b):
    sample = drawn(backend, random.beta((N,), a, b, seed=1))
    assert sample.min() >= 0
    assert sample.max() <= 1
    check_moments(sample, a / (a + b), math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))))


def test_binomial(backend):
    sample = drawn(backend, random.binomial((N,), 10, 0.3, seed=1))
    assert set(sample) <= set(range(11))
    check_moments(sample, 3.0, math.sqrt(10 * 0.3 * 0.7))
    each = drawn(backend, random.binomial((500, 2), np.array([0.0, 4.0], "float32"), 1.0, seed=1))
    assert np.array_equal(each, np.tile([0.0, 4.0], (500, 1)))


def test_categorical(backend):
    chances = np.array([[0.1, 0.2, 0.7], [1.0, 0.0, 0.0]])
    with np.errstate(divide="ignore"):
        logits = np.log(chances).astype("float32")
    array = random.categorical(logits, N, seed=1)
    assert (tuple(array.shape), backend.dtype_name(array)) == ((2, N), "int32")
    sample = drawn(backend, array)
    for row, expected in zip(sample, chances, strict=True):
        shares = np.array([(row == c).mean() for c in range(3)])
        assert np.all(np.abs(shares - expected) <= 5 * np.sqrt(expected * (1 - expected) / N))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_shuffle_keeps_the_entries_of_an_axis(backend, axis):
    x = np.arange(60.0, dtype="float32").reshape(5, 4, 3)
    y = drawn(backend, random.shuffle(x, axis=axis, seed=3))
    assert not np.array_equal(x, y)
    assert np.array_equal(np.sort(y, axis=axis), x)


def test_dropout(backend):
    x = np.full((100, N // 100), 2.0, "float32")
    y = drawn(backend, random.dropout(x, 0.25, seed=1))
    assert set(y.ravel()) == {0.0, np.float64(np.float32(2 / 0.75))}
    assert abs((y == 0).mean() - 0.25) < 5 * math.sqrt(0.25 * 0.75 / N)
    for shape in ((None, 1), (100, 1)):
        rows = drawn(backend, random.dropout(x, 0.5, noise_shape=shape, seed=1))
        assert all(len(set(row)) == 1 for row in rows)
    assert np.array_equal(drawn(backend, random.dropout(x, 0.0, seed=1)), x)
    assert not drawn(backend, random.dropout(x, 1.0, seed=1)).any()


def test_drawing_keys_is_host_arithmetic(backend, monkeypatch):
    generator = SeedGenerator(1)
    monkeypatch.setattr(type(backend), "asarray", None)
    monkeypatch.setattr(type(backend), "to_numpy", None)
    assert generator.next() == (1, 0)


def test_negative_integers_are_seeds(backend):
    assert drawn(backend, random.normal((3,), seed=-1)).tolist() == (
        drawn(backend, random.normal((3,), seed=2**32 - 1)).tolist()
    )


def test_random_functions_run_in_a_model(backend):
    assert ops.shape(random.normal(ops.shape(np.zeros((2, 3))), seed=1)) == (2, 3)


def test_a_state_in_a_scope_keeps_its_dtype(backend):
    generator = SeedGenerator(7)
    held = backend.asarray(np.array([7, 2**32 - 1], "uint32"), "uint32")
    with StatelessScope([(generator.state, held)]) as scope:
        random.uniform((4,), seed=generator)
        following = scope.get(generator.state)
    assert backend.dtype_name(following) == backend.dtype_name(held)
