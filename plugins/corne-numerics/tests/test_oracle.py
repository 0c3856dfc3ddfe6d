"""Every operation against Keras's: values, dtypes, gradients, symbolic shapes and dtypes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from _oracle import SEEN, check_specs, compare, keras_operation, operation
from cases import ROWS, Row
from corne import backend, ops, tree
from corne_numerics._plugin import corne_ops

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore:.*encountered in:RuntimeWarning")]

#: Operations that the sweep can't call with arrays alone, or whose values Keras draws; tests of their own have them.
ELSEWHERE = {"associative_scan", "conj", "image.elastic_transform", "jvp", "nextafter", "vectorize", "view_as_real",
             "argpartition"}  # fmt: skip

#: Their vectors are unique but for the sign.
UNSIGNED = {"eig", "eigh", "svd"}

#: Rounding of the dtypes of low precision.
LOW = {"float16": 4e-3, "bfloat16": 3e-2}


def _keeps_64_bits(ours: str, theirs: str) -> bool:
    """Return whether dtypes differ only as Corne's and Keras's do: Keras turns 64 bits into 32."""
    return (ours, theirs) in {("float64", "float32"), ("int64", "int32"), ("complex128", "complex64")}


def _ids() -> list[str]:
    return [f"{i}-{row.name}" for i, row in enumerate(ROWS)]


@pytest.fixture(scope="module", autouse=True)
def summary() -> Iterator[None]:
    yield
    print(f"\n{SEEN['count']} arrays compared, largest error {SEEN['largest']:.3g} ({SEEN['where']})")


def arguments(row: Row, dtype: str | None) -> tuple[Any, ...]:
    """Return the row's arguments as NumPy arrays; those of the sweep's dtype as that (bfloat16 as float32)."""
    made = row.make(np.random.default_rng(7))
    held = "float32" if dtype == "bfloat16" else dtype

    def convert(x: Any) -> Any:
        return x.astype(held) if isinstance(x, np.ndarray) and x.dtype != bool and held else x

    return tuple(arg if i in row.fixed else tree.map_structure(convert, arg) for i, arg in enumerate(made))


def to_engine(args: tuple[Any, ...], row: Row, dtype: str | None, asarray: Any) -> tuple[Any, ...]:
    def convert(x: Any, fixed: bool) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        low = dtype == "bfloat16" and x.dtype == np.float32 and not fixed
        return asarray(x, "bfloat16" if low else str(x.dtype))

    return tuple(tree.map_structure(lambda x, i=i: convert(x, i in row.fixed), a) for i, a in enumerate(args))


def keras_tensor(x: np.ndarray[Any, Any], dtype: str) -> Any:
    import torch

    return torch.tensor(x).to(getattr(torch, dtype))


@pytest.mark.parametrize("row", ROWS, ids=_ids())
def test_values_and_dtypes(engine: str, row: Row) -> None:
    compared = 0
    for dtype in row.dtypes or (None,):
        args = arguments(row, dtype)
        theirs = to_engine(args, row, dtype, keras_tensor)
        try:
            expected = keras_operation(row.name)(*theirs, **row.kwargs)
        except (RuntimeError, NotImplementedError, ValueError, TypeError):
            expected = None  # PyTorch lacks it for this dtype; it must run here all the same
        ours = to_engine(args, row, dtype, backend.active().asarray)
        result = operation(row.name)(*ours, **row.kwargs)
        if expected is None:
            continue
        compared += 1
        if row.name in UNSIGNED:
            result = tree.map_structure(ops.abs, result)
            expected = tree.map_structure(abs, expected)
        compare(f"{row.name} {dtype}", result, expected, LOW.get(str(dtype), row.tolerance))
        if row.same_dtype and row.name not in UNSIGNED:
            names = [str(x.dtype).removeprefix("torch.") for x in tree.flatten(expected)]
            mine = [backend.active().dtype_name(x) for x in tree.flatten(result)]
            pairs = [(a, b) for a, b in zip(mine, names, strict=True) if not _keeps_64_bits(a, b)]
            assert [a for a, _ in pairs] == [b for _, b in pairs], f"{row.name} of {dtype}"
    assert compared


@pytest.mark.parametrize("row", ROWS, ids=_ids())
def test_specs(engine: str, row: Row) -> None:
    for dtype in row.dtypes or (None,):
        if dtype == "bfloat16":
            continue
        args = arguments(row, dtype)
        if not any(isinstance(x, np.ndarray) for x in tree.flatten(args)):
            continue
        if row.name == "unique" and "size" not in row.kwargs:
            continue  # depends on values
        result = operation(row.name)(*to_engine(args, row, dtype, backend.active().asarray), **row.kwargs)
        check_specs(row.name, args, row.kwargs, result, unknown=False)
        if row.unknown:
            check_specs(row.name, args, row.kwargs, result, unknown=True)


@pytest.mark.parametrize("row", [r for r in ROWS if r.gradient], ids=lambda r: r.name)
def test_gradients(row: Row) -> None:
    torch = pytest.importorskip("torch")
    dtype = "float64" if "float64" in row.dtypes else "float32"
    args = arguments(row, dtype)

    def run(function: Any) -> list[Any]:
        made = to_engine(args, row, dtype, keras_tensor)
        leaves = [x for i, a in enumerate(made) if i not in row.fixed for x in tree.flatten(a)]
        leaves = [x.requires_grad_() for x in leaves if torch.is_tensor(x) and x.is_floating_point()]
        outputs = [
            x for x in tree.flatten(function(*made, **row.kwargs)) if torch.is_tensor(x) and x.requires_grad
        ]
        total = sum(
            (torch.real(x * torch.cos(torch.arange(x.numel())).reshape(x.shape))).nansum() for x in outputs
        )
        return [g for g in torch.autograd.grad(total, leaves, allow_unused=True) if g is not None]

    with backend.use("cpu"):
        try:
            expected = run(keras_operation(row.name))
        except (RuntimeError, AttributeError) as error:
            pytest.skip(f"Keras has no gradient: {error}")
        compare(f"gradient of {row.name}", run(operation(row.name)), expected, max(row.tolerance, 1e-5))


def test_every_operation_is_compared() -> None:
    assert set(corne_ops()) - {row.name for row in ROWS} == ELSEWHERE


def test_argpartition(engine: str) -> None:
    x = np.random.default_rng(0).integers(0, 50, (4, 9))
    for kth in (0, 3, 8):
        order = ops.convert_to_numpy(operation("argpartition")(x, kth))
        found = np.take_along_axis(x, order, -1)
        assert (found[:, kth] == np.sort(x, -1)[:, kth]).all()
        assert (found[:, :kth] <= found[:, kth : kth + 1]).all()
