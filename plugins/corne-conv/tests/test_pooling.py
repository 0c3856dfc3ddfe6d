"""Pooling, padding and resizing: values from arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import layers


def run(layer, x, **arguments):
    return backends.active().to_numpy(layer(np.asarray(x, "float32"), **arguments))


def test_max_pooling_ignores_what_same_adds(backend):
    layer = layers.MaxPooling1D(2, padding="same")
    assert run(layer, [[[-3], [-1], [-5]]]).tolist() == [[[-1.0], [-5.0]]]


def test_average_pooling_ignores_what_same_adds(backend):
    layer = layers.AveragePooling1D(3, strides=2, padding="same")
    # six places, one is added behind: means of 1 2 3, of 3 4 5, and of 5 6 alone
    assert run(layer, [[[1], [2], [3], [4], [5], [6]]]).tolist() == [[[2.0], [4.0], [5.5]]]


def test_masked_mean_counts_real_steps(backend):
    layer = layers.GlobalAveragePooling1D()
    mask = np.array([[True, True, False]])
    assert run(layer, [[[1], [3], [100]]], mask=mask).tolist() == [[2.0]]


def test_masks_reach_the_mean_by_themselves(backend):
    x = layers.Masking()(np.array([[[1.0], [3.0], [0.0]]], "float32"))
    assert backends.active().to_numpy(layers.GlobalAveragePooling1D()(x)).tolist() == [[2.0]]


def test_zero_padding(backend):
    layer = layers.ZeroPadding2D(((1, 0), (0, 1)))
    assert run(layer, [[[[5]]]]).reshape(2, 2).tolist() == [[0.0, 0.0], [5.0, 0.0]]


def test_nearest_repeats(backend):
    layer = layers.UpSampling2D((1, 2))
    assert run(layer, [[[[1], [2]]]]).ravel().tolist() == [1.0, 1.0, 2.0, 2.0]


def test_bilinear_interpolates_between_pixel_centres(backend):
    layer = layers.UpSampling2D((1, 2), interpolation="bilinear")
    # centres of the new pixels lie at -0.25, 0.25, 0.75 and 1.25 of the old ones
    assert run(layer, [[[[1], [3]]]]).ravel().tolist() == [1.0, 1.5, 2.5, 3.0]


@pytest.mark.parametrize("name", ["MaxPooling2D", "AveragePooling2D", "UpSampling2D", "ZeroPadding2D"])
def test_channels_first_is_the_same_transposed(backend, name):
    x = np.random.default_rng(0).normal(size=(2, 6, 6, 3)).astype("float32")
    arguments = {"pool_size": 2} if "Pooling" in name else {}
    last = run(getattr(layers, name)(**arguments), x)
    first = run(getattr(layers, name)(**arguments, data_format="channels_first"), np.moveaxis(x, -1, 1))
    np.testing.assert_allclose(np.moveaxis(first, 1, -1), last, atol=1e-6)
