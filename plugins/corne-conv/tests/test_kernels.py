"""Default kernels of convolution, pooling and resizing: against their definitions, on two namespaces."""

from __future__ import annotations

import itertools

import array_api_strict
import numpy as np
import pytest
from corne.errors import ArgumentError, ShapeError
from corne.kernels import windows
from corne_conv.kernels import conv, pool, resize

NAMESPACES = pytest.mark.parametrize("xp", [np, array_api_strict], ids=["numpy", "strict"])


def convolved(x, kernel, stride, dilation):
    """Convolve two axes by the definition, one output value at a time, without padding."""
    rows, columns, depth, filters = kernel.shape
    height = (x.shape[1] - (rows - 1) * dilation - 1) // stride + 1
    width = (x.shape[2] - (columns - 1) * dilation - 1) // stride + 1
    groups = x.shape[-1] // depth
    result = np.zeros((x.shape[0], height, width, filters))
    for b, i, j, f in np.ndindex(*result.shape):
        first = f // (filters // groups) * depth  # the group's first channel
        for r, c, d in np.ndindex(rows, columns, depth):
            place = x[b, i * stride + r * dilation, j * stride + c * dilation, first + d]
            result[b, i, j, f] += place * kernel[r, c, d, f]
    return result


@NAMESPACES
@pytest.mark.parametrize("stride, dilation, groups", list(itertools.product((1, 2), (1, 2), (1, 2))))
def test_convolution_is_its_definition(xp, stride, dilation, groups):
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2, 6, 5, 4))
    kernel = generator.normal(size=(2, 3, 4 // groups, 6))
    result = conv.conv(
        xp, xp.asarray(x), xp.asarray(kernel), (stride,) * 2, "valid", "channels_last", (dilation,) * 2
    )
    np.testing.assert_allclose(np.asarray(result), convolved(x, kernel, stride, dilation), atol=1e-12)


@NAMESPACES
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(
    "kernel_size, stride, dilation", [(1, 2, 1), (2, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2)]
)
def test_transposed_convolution_is_the_gradient_of_convolution(xp, padding, kernel_size, stride, dilation):
    # <conv(x), y> = <x, transposed(y)> for all x and y defines the transpose of a linear map.
    generator = np.random.default_rng(1)
    y = generator.normal(size=(1, 4, 3))
    kernel = generator.normal(size=(kernel_size, 2, 3))
    back = np.asarray(
        conv.conv_transpose(
            xp, xp.asarray(y), xp.asarray(kernel), (stride,), padding, None, "channels_last", (dilation,)
        )
    )
    x = generator.normal(size=back.shape)
    there = conv.conv(xp, xp.asarray(x), xp.asarray(kernel), (stride,), padding, "channels_last", (dilation,))
    assert there.shape == y.shape
    np.testing.assert_allclose(np.sum(np.asarray(there) * y), np.sum(x * back), atol=1e-10)


@NAMESPACES
def test_depthwise_convolution_is_one_of_as_many_groups(xp):
    generator = np.random.default_rng(2)
    x, kernel = generator.normal(size=(2, 5, 5, 3)), generator.normal(size=(2, 2, 3, 2))
    result = conv.depthwise_conv(
        xp, xp.asarray(x), xp.asarray(kernel), (1, 1), "valid", "channels_last", (1, 1)
    )
    grouped = kernel.reshape(2, 2, 1, 6)
    np.testing.assert_allclose(np.asarray(result), convolved(x, grouped, 1, 1), atol=1e-12)


@NAMESPACES
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_pooling(xp, data_format):
    x = np.array([[[[1, 5, 2], [3, -4, 0]]]], dtype="float64").reshape(1, 2, 3, 1)  # two rows of three
    moved = x if data_format == "channels_last" else np.moveaxis(x, -1, 1)

    def run(function, *arguments):
        result = np.asarray(function(xp, xp.asarray(moved), *arguments, data_format))
        return result.reshape(
            result.shape[1:-1] if data_format == "channels_last" else result.shape[2:]
        ).tolist()

    # "same" with windows of 2 adds one column behind and nothing below
    assert run(pool.max_pool, (2, 2), (2, 2), "same") == [[5.0, 2.0]]
    assert run(pool.average_pool, (2, 2), (2, 2), "same") == [[1.25, 1.0]]  # 5 / 4, and 2 / 2
    assert run(pool.max_pool, (2, 2), (1, 1), "valid") == [[5.0, 5.0]]


@NAMESPACES
def test_max_pooling_of_integers_pads_with_the_least(xp):
    x = xp.asarray([[[-3], [-2], [-7]]], dtype=xp.int32)
    assert np.asarray(pool.max_pool(xp, x, (2,), (2,), "same", "channels_last")).ravel().tolist() == [-2, -7]


@NAMESPACES
def test_adaptive_pooling_covers_everything(xp):
    x = xp.asarray(np.arange(5.0).reshape(1, 5, 1))
    # windows 0..2 and 2..4
    assert np.asarray(pool.adaptive_pool(xp, xp.mean, x, (2,), "channels_last")).ravel().tolist() == [
        1.0,
        3.0,
    ]


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size, new_size", [(4, 4), (4, 9), (9, 4), (1, 3), (5, 1)])
def test_resizing_keeps_constants(interpolation, antialias, size, new_size):
    matrix = resize.weights(size, new_size, interpolation, antialias)
    np.testing.assert_allclose(matrix.sum(1), np.ones(new_size), atol=1e-12)
    if size == new_size:
        np.testing.assert_allclose(matrix, np.eye(size), atol=1e-12)


@pytest.mark.parametrize("interpolation", ["bilinear", "bicubic"])
def test_resizing_is_symmetric(interpolation):
    matrix = resize.weights(5, 8, interpolation)
    np.testing.assert_allclose(matrix, matrix[::-1, ::-1], atol=1e-12)


@pytest.mark.parametrize("size", range(1, 9))
@pytest.mark.parametrize("kernel, stride, dilation", [(1, 1, 1), (2, 1, 1), (3, 2, 1), (2, 3, 1), (3, 1, 2)])
def test_sizes_agree_with_counting(size, kernel, stride, dilation):
    span = (kernel - 1) * dilation + 1
    count = len([start for start in range(0, size, stride) if start + span <= size])
    assert max(windows.output_size(size, kernel, stride, "valid", dilation), 0) == count
    before, after = windows.same_padding(size, kernel, stride, dilation)
    assert after - before in (0, 1)
    padded = windows.output_size(size + before + after, kernel, stride, "valid", dilation)
    assert padded == windows.output_size(size, kernel, stride, "same", dilation) == -(-size // stride)
    assert windows.output_size(None, kernel, stride, "same", dilation) is None


def test_windows_larger_than_the_images():
    with pytest.raises(ShapeError, match=r"at least \(3, 5\) places"):
        windows.sliding_output_shape(
            "here", (None, 4, 4, 1), 8, (3, 3), (1, 1), "valid", "channels_last", (1, 2)
        )


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3", (1, 2, 3), (1, None), None, ()])
def test_sizes_that_are_none(value):
    with pytest.raises(ArgumentError, match="strides"):
        windows.as_sizes("strides", value, 2)
