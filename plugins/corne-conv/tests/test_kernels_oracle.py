"""Default kernels of convolution, pooling and resizing against Keras's."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from corne_conv.kernels import conv, pool, resize

pytestmark = pytest.mark.oracle

SIZES = {1: (7,), 2: (7, 6), 3: (5, 6, 7)}
GRID = [
    (rank, data_format, kernel, stride, dilation, padding)
    for rank, data_format, kernel, stride, dilation, padding in itertools.product(
        (1, 2, 3), ("channels_last", "channels_first"), (1, 2, 3), (1, 2, 3), (1, 2), ("valid", "same")
    )
    if (stride == 1 or dilation == 1) and (rank < 3 or kernel > 1)
]


@pytest.fixture(scope="module")
def ops():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras").ops


def inputs(rank, data_format, *kernels):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2, *SIZES[rank], 4)).astype("float32")
    made = [generator.normal(size=shape).astype("float32") for shape in kernels]
    return [x if data_format == "channels_last" else np.ascontiguousarray(np.moveaxis(x, -1, 1)), *made]


def assert_same(ours, theirs):
    np.testing.assert_allclose(ours, theirs.detach().numpy(), atol=2e-5, rtol=1e-5)


@pytest.mark.parametrize("rank, data_format, kernel, stride, dilation, padding", GRID)
def test_windows(ops, rank, data_format, kernel, stride, dilation, padding):
    sizes, strides, dilations = ((value,) * rank for value in (kernel, stride, dilation))
    x, grouped, apart, back = inputs(rank, data_format, (*sizes, 2, 6), (*sizes, 4, 3), (*sizes, 5, 4))
    at = (strides, padding, data_format, dilations)
    assert_same(conv.conv(np, x, grouped, *at), ops.conv(x, grouped, stride, padding, data_format, dilation))
    if rank < 3:
        theirs = ops.depthwise_conv(x, apart, stride, padding, data_format, dilation)
        assert_same(conv.depthwise_conv(np, x, apart, *at), theirs)
    for extra in (None, *range(stride)):
        extras = None if extra is None else (extra,) * rank
        ours = conv.conv_transpose(np, x, back, strides, padding, extras, data_format, dilations)
        assert_same(ours, ops.conv_transpose(x, back, stride, padding, extra, data_format, dilation))
    if dilation == 1:
        theirs = ops.max_pool(x, kernel, stride, padding, data_format)
        assert_same(pool.max_pool(np, x, sizes, strides, padding, data_format), theirs)
        if padding == "valid" or kernel < 3:  # Keras on torch counts uneven padding in means
            theirs = ops.average_pool(x, kernel, stride, padding, data_format)
            assert_same(pool.average_pool(np, x, sizes, strides, padding, data_format), theirs)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("new_sizes", [(14, 12), (3, 4), (7, 9), (1, 1), (20, 3)])
def test_resize(ops, interpolation, antialias, new_sizes):
    (x,) = inputs(2, "channels_last")
    ours = resize.resize(np, lambda matrix: matrix.astype("float32"), x, new_sizes, interpolation, antialias)
    theirs = ops.image.resize(x, new_sizes, interpolation, antialias=antialias, data_format="channels_last")
    assert_same(ours, theirs)
