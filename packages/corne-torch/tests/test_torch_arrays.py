"""Conversion to and from tensors."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
import torch
from corne import config, errors
from corne.variable import Variable
from corne_torch.backend import TorchBackend
from corne_torch.dtypes import to_torch


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (1.5, torch.float32), (3, torch.int32), (2**40, torch.int64), (True, torch.bool),
        ([1.0, 2.0], torch.float32), ([[1, 2]], torch.int32), ([2**40], torch.int64), ([True], torch.bool),
        ([], torch.float32), ((1, 2.5), torch.float32), (np.float64(1), torch.float32), ([np.float64(1)], torch.float64),
        (np.ones(2), torch.float64), (np.ones(2, "float16"), torch.float16), ([np.ones(2)], torch.float64),
        (np.ones(2, "uint16"), torch.int32), (np.ones(2, "uint32"), torch.int64), (np.ones(2, "uint64"), torch.int64),
        (np.ones(2, ml_dtypes.bfloat16), torch.bfloat16), (np.ones((), ml_dtypes.float8_e4m3fn), torch.float8_e4m3fn),
    ],
    ids=repr,
)  # fmt: skip
def test_dtypes(engine: TorchBackend, value: Any, dtype: torch.dtype) -> None:
    assert engine.asarray(value).dtype == dtype
    assert engine.asarray(value, "float64").dtype == torch.float64


def test_complex_numbers(engine: TorchBackend) -> None:
    assert engine.asarray(1j).dtype == engine.asarray([1j]).dtype == torch.complex64


def test_floatx_decides_for_python_floats(engine: TorchBackend) -> None:
    config.set_floatx("float16")
    try:
        assert engine.asarray([1.0]).dtype == engine.asarray(1.0).dtype == torch.float16
    finally:
        config.set_floatx("float32")


def test_values(engine: TorchBackend) -> None:
    backwards, swapped = np.arange(3)[::-1], np.array([1, 2], ">i4")
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    for array in (backwards, swapped, frozen, np.float32(2.5), np.array([[1 + 2j]])):
        np.testing.assert_array_equal(engine.to_numpy(engine.asarray(array)), array)
    exact = np.array([1.5, -2.25], ml_dtypes.bfloat16)
    result = engine.to_numpy(engine.asarray(exact))
    assert result.dtype == exact.dtype
    assert (result == exact).all()


def test_memory_is_shared_only_one_way(engine: TorchBackend) -> None:
    array = np.zeros(2, "float32")
    tensor = engine.asarray(array)
    array[0] = 1
    assert tensor[0] == 1  # reading a large data set does not copy it
    engine.to_numpy(tensor)[1] = 1
    assert tensor[1] == 0
    storage = engine.variable(tensor, trainable=True)
    array[1] = 5
    assert storage.tolist() == [1, 0]


def test_lists_of_tensors_stay_on_the_tape(engine: TorchBackend) -> None:
    weight = Variable(np.float32(2))
    stacked = engine.asarray([weight, torch.tensor(1.0), 3])
    assert stacked.tolist() == [2, 1, 3]
    assert stacked.requires_grad


def test_other_arrays(engine: TorchBackend) -> None:
    class Foreign:
        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
            return np.array([1, 2], "int16")

    assert engine.asarray(Foreign()).dtype == torch.int16


@pytest.mark.parametrize(
    ("value", "error"),
    [
        ([[1], [1, 2]], errors.DataError), ("text", errors.DTypeError), (np.array(["a"]), errors.DTypeError),
        ([None], errors.DTypeError), (np.array([2**63], "uint64"), errors.DTypeError), (object(), errors.DTypeError),
    ],
    ids=repr,
)  # fmt: skip
def test_what_holds_no_numbers_is_refused(engine: TorchBackend, value: Any, error: type) -> None:
    with pytest.raises(error, match="convert_to_tensor"):
        engine.asarray(value)


def test_names_of_dtypes(engine: TorchBackend) -> None:
    for name in ("bool", "uint8", "int64", "float16", "bfloat16", "complex64", "float8_e5m2"):
        assert engine.dtype_name(to_torch(name)) == name
        assert engine.dtype_name(torch.zeros(1, dtype=to_torch(name))) == name
    assert engine.dtype_name(np.dtype("int8")) == "int8"
    with pytest.raises(errors.DTypeError, match="string"):
        to_torch("string")


def test_cast_leaves_alone_what_fits(engine: TorchBackend) -> None:
    x = torch.ones(2)
    assert engine.cast(x, "float32") is x
    assert engine.cast(x, "int8").dtype == torch.int8


def test_variables_are_leaves_changed_in_place(engine: TorchBackend) -> None:
    storage = engine.variable(torch.ones(2), trainable=True)
    assert storage.is_leaf
    assert storage.requires_grad
    assert engine.assign(storage, storage * 3) is storage
    assert storage.tolist() == [3, 3]
    assert storage.is_leaf
    assert not engine.variable(torch.ones(2, dtype=torch.int32), trainable=True).requires_grad
    transposed = engine.variable(torch.ones(3, 2).T, trainable=True)
    assert transposed.is_contiguous()
