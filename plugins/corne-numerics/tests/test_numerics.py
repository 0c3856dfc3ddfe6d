"""Values that arithmetic gives, and errors, of operations that the sweep doesn't call."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend, ops
from corne.errors import ArgumentError, BackendError, DTypeError, ShapeError


def values(x: object) -> object:
    return ops.convert_to_numpy(x).tolist()  # type: ignore[no-untyped-call]


def test_running_totals(engine: str) -> None:
    x = np.arange(1, 8)
    assert values(ops.associative_scan(lambda a, b: a + b, x)) == [1, 3, 6, 10, 15, 21, 28]
    assert values(ops.associative_scan(lambda a, b: a + b, x, reverse=True)) == [28, 27, 25, 22, 18, 13, 7]


def test_running_totals_of_pairs(engine: str) -> None:
    # x -> a x + b composed from left to right: (2, 1) then (3, 0) is x -> 3 (2 x + 1) = 6 x + 3.
    first, second = ops.associative_scan(
        lambda one, two: (one[0] * two[0], one[1] * two[0] + two[1]), (np.array([2, 3]), np.array([1, 0]))
    )
    assert (values(first), values(second)) == ([2, 6], [1, 3])


def test_a_matrix_product_scans_along_another_axis(engine: str) -> None:
    x = np.random.default_rng(0).random((3, 5)).astype("float32")
    scanned = ops.convert_to_numpy(ops.associative_scan(lambda a, b: a * b, x, axis=1))
    assert np.allclose(scanned, np.cumprod(x, axis=1), rtol=1e-5)


def test_the_next_number(engine: str) -> None:
    for dtype in ("float32", "float64"):
        one = np.ones((), dtype)
        assert ops.convert_to_numpy(ops.nextafter(one, one * 2)) == np.nextafter(one, one * 2)


def test_complex_numbers_and_their_parts(engine: str) -> None:
    z = np.array([1 + 2j, -3j], "complex64")
    assert values(ops.view_as_real(z)) == [[1, 2], [0, -3]]
    assert values(ops.conj(z)) == [1 - 2j, 3j]
    with pytest.raises(DTypeError):
        ops.view_as_real(np.ones(2))


def test_a_function_of_vectors_is_mapped(engine: str) -> None:
    dot = ops.vectorize(lambda a, b: ops.sum(a * b), signature="(n),(n)->()")
    assert values(dot(np.array([[1, 2], [3, 4]]), np.array([1, 10]))) == [21, 43]
    both = ops.vectorize(lambda a, b: a - b)
    assert values(both(np.array([[1], [2]]), np.array([3, 4]))) == [[-2, -3], [-1, -2]]
    scaled = ops.vectorize(lambda a, factor: a * factor, excluded={1})
    assert values(scaled(np.array([1, 2]), 3)) == [3, 6]


def test_derivative_along_a_direction() -> None:
    if "cpu" not in backend.available():
        pytest.skip("needs an engine with forward differentiation")
    with backend.use("cpu"):
        x, v = np.array([1.0, 2.0], "float32"), np.array([1.0, 10.0], "float32")
        value, slope = ops.jvp(lambda x: x * x, [x], [v])
        assert (values(value), values(slope)) == ([1, 4], [2, 40])
        *_, aux = ops.jvp(lambda x: (x * x, x), [x], [v], has_aux=True)
        assert values(aux) == [1, 2]
    with backend.use("numpy"), pytest.raises(BackendError):
        ops.jvp(lambda x: x, [x], [v])


def test_limits_are_kept(engine: str) -> None:
    x = np.array([-1e20, -1.5, np.nan, 3e9, np.inf], "float32")
    assert values(ops.saturate_cast(x, "int32")) == [-(2**31), -1, 0, 2**31 - 1, 2**31 - 1]


def test_a_short_time_transform_and_back(engine: str) -> None:
    x = np.random.default_rng(0).normal(size=(2, 64)).astype("float32")
    back = ops.istft(ops.stft(x, 16, 4, 16), 16, 4, 16, length=64)
    assert np.allclose(ops.convert_to_numpy(back), x, atol=1e-5)


def test_factors_multiply_to_the_matrix(engine: str) -> None:
    x = np.random.default_rng(0).normal(size=(3, 4, 4)).astype("float32")
    u, s, vh = (ops.convert_to_numpy(part) for part in ops.svd(x))
    assert np.allclose(u @ (s[..., None] * vh), x, atol=1e-5)
    w, v = (ops.convert_to_numpy(part) for part in ops.eig(x))
    assert np.allclose(x @ v, v * w[:, None, :], atol=1e-4)
    w, v = (ops.convert_to_numpy(part) for part in ops.eigh(x + np.swapaxes(x, 1, 2)))
    assert np.allclose(v * w[:, None, :] @ np.swapaxes(v, 1, 2), x + np.swapaxes(x, 1, 2), atol=1e-4)


@pytest.mark.parametrize(
    ("call", "kind", "where"),
    [
        (lambda: ops.inv(np.zeros((2, 2))), ArgumentError, "ops.inv(x)"),
        (lambda: ops.cholesky(-np.eye(2)), ArgumentError, "ops.cholesky(x)"),
        (lambda: ops.det(np.zeros((2, 3))), ShapeError, "ops.det(x)"),
        (lambda: ops.solve(np.eye(2), np.zeros(3)), ShapeError, "ops.solve(b)"),
        (lambda: ops.fft(np.zeros((3, 2))), ArgumentError, "ops.fft(x)"),
        (lambda: ops.gcd(np.array([1.5]), np.array([2])), DTypeError, "ops.gcd"),
        (lambda: ops.rot90(np.zeros(3)), ShapeError, "ops.rot90(array)"),
        (lambda: ops.rearrange(np.zeros((2, 3)), "a b -> b c"), ArgumentError, "ops.rearrange(pattern)"),
        (lambda: ops.rearrange(np.zeros((2, 3)), "a (b c) -> a b c", b=2), ShapeError, "ops.rearrange(tensor)"),
        (lambda: ops.percentile(np.zeros(3), 5, method="other"), ArgumentError, "ops.quantile(method=…)"),
        (lambda: ops.extract_sequences(np.zeros(3), 5, 1), ShapeError, "ops.extract_sequences(x)"),
        (lambda: ops.ctc_decode(np.zeros((1, 2, 3)), [2], "best"), ArgumentError, "ops.ctc_decode(strategy=…)"),
        (lambda: ops.argpartition(np.zeros(3), 7), ArgumentError, "ops.argpartition(kth=…)"),
        (lambda: ops.histogram(np.zeros(3), bins=0), ArgumentError, "ops.histogram(bins=…)"),
    ],
)  # fmt: skip
def test_mistakes(engine: str, call: object, kind: type[Exception], where: str) -> None:
    with pytest.raises(kind) as caught:
        call()  # type: ignore[operator]
    assert caught.value.where == where  # type: ignore[attr-defined]
