"""Values, gradients, shapes and configs of the convolution layers against Keras's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytestmark = pytest.mark.oracle

SIZES = {1: (9,), 2: (9, 8), 3: (7, 6, 5)}


def images(rank: int, data_format: str, channels: int = 4) -> np.ndarray:
    x = np.random.default_rng(rank).normal(size=(2, *SIZES[rank], channels)).astype("float32")
    return x if data_format == "channels_last" else np.ascontiguousarray(np.moveaxis(x, -1, 1))


GRID = [
    {"kernel_size": 3},
    {"kernel_size": 2, "padding": "same"},
    {"kernel_size": 3, "strides": 2},
    {"kernel_size": 3, "strides": 2, "padding": "same"},
    {"kernel_size": 2, "strides": 3, "padding": "same"},
    {"kernel_size": 3, "dilation_rate": 2, "padding": "same", "activation": "relu"},
    {"kernel_size": 2, "dilation_rate": 2, "use_bias": False},
]
CASES = list(itertools.product((1, 2, 3), ("channels_last", "channels_first"), GRID))
FLAT_CASES = [case for case in CASES if case[0] < 3]  # not all layers exist for volumes


@pytest.mark.parametrize("rank, data_format, arguments", CASES)
def test_conv(backend, same_as_keras, rank, data_format, arguments):
    same_as_keras(
        f"Conv{rank}D", {"filters": 6, "data_format": data_format, **arguments}, images(rank, data_format)
    )


@pytest.mark.parametrize(
    "rank, data_format", list(itertools.product((1, 2, 3), ("channels_last", "channels_first")))
)
def test_groups(backend, same_as_keras, rank, data_format):
    arguments = {"filters": 6, "kernel_size": 3, "groups": 2, "data_format": data_format}
    same_as_keras(f"Conv{rank}D", arguments, images(rank, data_format))


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("more", [{}, {"strides": 2}, {"dilation_rate": 3}])
def test_causal(backend, same_as_keras, data_format, more):
    arguments = {"filters": 3, "kernel_size": 3, "padding": "causal", "data_format": data_format, **more}
    same_as_keras("Conv1D", arguments, images(1, data_format))


def test_uneven_window(backend, same_as_keras):
    arguments = {"filters": 5, "kernel_size": (1, 4), "strides": (3, 2), "padding": "same"}
    same_as_keras("Conv2D", arguments, images(2, "channels_last"))


def test_every_argument_of_conv2d_is_in_the_config(backend, same_as_keras):
    arguments = {
        "filters": 4, "kernel_size": (3, 2), "strides": (2, 1), "padding": "same", "groups": 2,
        "activation": "gelu", "kernel_initializer": "he_normal", "bias_initializer": "ones",
        "kernel_regularizer": "l2", "bias_regularizer": "l1", "activity_regularizer": "l2",
        "kernel_constraint": "non_neg", "bias_constraint": "max_norm", "trainable": False,
    }  # fmt: skip
    same_as_keras("Conv2D", arguments, images(2, "channels_last"))


@pytest.mark.parametrize("rank, data_format, arguments", FLAT_CASES)
@pytest.mark.parametrize("depth_multiplier", [1, 3])
def test_depthwise_conv(backend, same_as_keras, rank, data_format, arguments, depth_multiplier):
    arguments = {"depth_multiplier": depth_multiplier, "data_format": data_format, **arguments}
    same_as_keras(f"DepthwiseConv{rank}D", arguments, images(rank, data_format))


@pytest.mark.parametrize("rank, data_format, arguments", FLAT_CASES)
def test_separable_conv(backend, same_as_keras, rank, data_format, arguments):
    arguments = {"filters": 5, "depth_multiplier": 2, "data_format": data_format, **arguments}
    same_as_keras(f"SeparableConv{rank}D", arguments, images(rank, data_format), tolerance=2e-5)


TRANSPOSED = [*GRID, {"kernel_size": 1, "strides": 2}, {"kernel_size": 5, "strides": 2, "padding": "same"}]


@pytest.mark.parametrize(
    "rank, data_format, arguments",
    list(itertools.product((1, 2, 3), ("channels_last", "channels_first"), TRANSPOSED)),
)
def test_conv_transpose(backend, same_as_keras, rank, data_format, arguments):
    same_as_keras(
        f"Conv{rank}DTranspose",
        {"filters": 3, "data_format": data_format, **arguments},
        images(rank, data_format),
    )


@pytest.mark.parametrize("rank", [1, 2, 3])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("output_padding", [0, 1])
def test_output_padding(backend, same_as_keras, rank, padding, output_padding):
    arguments = {
        "filters": 3, "kernel_size": 3, "strides": 2, "padding": padding, "output_padding": output_padding,
    }  # fmt: skip
    same_as_keras(f"Conv{rank}DTranspose", arguments, images(rank, "channels_last"))


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("Conv2D", {"filters": 3}),
        ("Conv2DTranspose", {"filters": 3}),
        ("DepthwiseConv2D", {}),
        ("SeparableConv2D", {"filters": 3}),
    ],
)
def test_mixed_precision(backend, same_as_keras, name, arguments):
    x = images(2, "channels_last") / 4  # sums of a hundred products, to half precision
    same_as_keras(name, {"kernel_size": 3, **arguments, "dtype": "mixed_float16"}, x, tolerance=2e-2)
