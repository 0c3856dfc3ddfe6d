"""Weights to a safetensors file and back, and as the library itself sees them."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from corne.errors import FileFormatError
from corne.saving import weight_files
from corne.saving.tensors import Tensor, Weights
from corne_safetensors.format import FORMAT
from safetensors.numpy import load_file, save_file


@pytest.mark.parametrize("dtype", ["float32", "int8", "bool", "bfloat16"])
def test_there_and_back(dtype, tmp_path):
    values = np.arange(6).reshape(2, 3).astype(getattr(ml_dtypes, dtype, dtype))
    path = tmp_path / "w.safetensors"
    weight_files.format_for(path).save(path, Weights({"vars/0": Tensor.of(values)}, {"": "name"}))
    with FORMAT.open(path) as weights:
        again = weights.tensors["vars/0"].read()
        assert weights.layers == {"": "name"}
    assert again.dtype == values.dtype
    np.testing.assert_array_equal(again, values)


def test_other_tools_files(tmp_path):
    values = np.array([1.5, 2.5], "float32")
    save_file({"a": values}, tmp_path / "theirs.safetensors")
    with weight_files.opened(tmp_path / "theirs.safetensors") as weights:
        np.testing.assert_array_equal(weights.tensors["a"].read(), values)
    FORMAT.save(tmp_path / "ours.safetensors", Weights({"a": Tensor.of(values)}))
    np.testing.assert_array_equal(load_file(tmp_path / "ours.safetensors")["a"], values)


def test_each_byte_counts(tmp_path):
    path = tmp_path / "w.safetensors"
    FORMAT.save(path, Weights({"a": Tensor.of(np.zeros(3, "float32"))}))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(FileFormatError), FORMAT.open(path):
        pass
