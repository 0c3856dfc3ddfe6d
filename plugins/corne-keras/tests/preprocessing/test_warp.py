"""Resampling by NumPy against scipy.ndimage, which is the definition."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from corne.errors import MissingPluginError
from corne_keras.preprocessing.image._warp import warp

ndimage = pytest.importorskip("scipy.ndimage")


@pytest.mark.parametrize("dtype", ["float32", "float64", "uint8", "int16"])
@pytest.mark.parametrize("order", [0, 1])
@pytest.mark.parametrize("mode", ["nearest", "constant", "reflect", "wrap"])
def test_as_scipy(mode, order, dtype):
    random = np.random.default_rng(3)
    for number in range(40):
        shape = (*random.integers(1, 20, 2), 2)
        image = random.integers(0, 256, shape).astype(dtype)
        # every fourth map puts points exactly on pixels and edges
        matrix = np.diag([2.0, -1.0]) if number % 4 == 0 else random.normal(size=(2, 2)) + np.eye(2)
        offset = np.round(random.normal(size=2) * 10, 0 if number % 4 == 0 else 8)
        mine = warp(image, matrix, offset, mode, 7.0, order)
        expected = [
            ndimage.affine_transform(image[..., c], matrix, offset, order=order, mode=mode, cval=7.0)
            for c in range(2)
        ]
        assert mine.dtype == image.dtype
        np.testing.assert_allclose(mine, np.stack(expected, axis=2), rtol=1e-6, atol=1e-9)


def test_a_point_just_below_a_pixel():
    # 2 - 2**-52 + 1 rounds to 3; the pixel after floor(2 - 2**-52) = 1 is 2.
    image = np.array([0.0, 1.0, 5.0, 99.0]).reshape(1, 4, 1)
    moved = warp(image, np.eye(2), np.array([0.0, 2 - 2.0**-52]), "nearest", 0.0, 1)
    assert moved[0, 0, 0] == pytest.approx(5.0)


def test_splines_without_scipy(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(MissingPluginError) as error:
        warp(np.zeros((2, 2, 1)), np.eye(2), np.zeros(2), "nearest", 0.0, 3)
    assert error.value.expected == "scipy"
