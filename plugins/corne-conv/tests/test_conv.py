"""Convolution layers: values from arithmetic, aliases, masks, and what they say about bad input."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend as backends
from corne import layers, models
from corne.errors import ArgumentError, CorneError, ShapeError


def run(layer, x, **arguments):
    return backends.active().to_numpy(layer(np.asarray(x, "float32"), **arguments))


def test_conv1d_adds_products(backend):
    layer = layers.Conv1D(1, 2, bias_initializer="ones", kernel_initializer="ones")
    # neighbours' sums 1+2 and 2+4, plus the bias 1
    assert run(layer, [[[1], [2], [4]]]).tolist() == [[[4.0], [7.0]]]


def test_same_padding_adds_more_behind(backend):
    layer = layers.Conv1D(1, 2, padding="same", kernel_initializer="ones")
    # one zero behind: 1+2, 2+4, 4+0
    assert run(layer, [[[1], [2], [4]]]).tolist() == [[[3.0], [6.0], [4.0]]]


def test_causal_output_does_not_see_later_steps(backend):
    layer = layers.Conv1D(1, 2, padding="causal", kernel_initializer="ones")
    # one zero in front: 0+1, 1+2, 2+4
    assert run(layer, [[[1], [2], [4]]]).tolist() == [[[1.0], [3.0], [6.0]]]


def test_groups_do_not_mix(backend):
    layer = layers.Conv1D(2, 1, groups=2, kernel_initializer="ones")
    # group 1 sees channels 0 and 1, group 2 sees 2 and 3
    assert run(layer, [[[1, 2, 10, 20]]]).tolist() == [[[3.0, 30.0]]]


def test_depthwise_keeps_channels_apart(backend):
    layer = layers.DepthwiseConv1D(2, depth_multiplier=2, depthwise_initializer="ones")
    # each channel's sum of neighbours, twice
    assert run(layer, [[[1, 10], [2, 20]]]).tolist() == [[[3.0, 3.0, 30.0, 30.0]]]


def test_transpose_spreads_each_place(backend):
    layer = layers.Conv1DTranspose(1, 3, strides=2, kernel_initializer="ones")
    # places 0..2 get 1, places 2..4 get 5; they overlap at 2
    assert run(layer, [[[1], [5]]]).tolist() == [[[1.0], [1.0], [6.0], [5.0], [5.0]]]


@pytest.mark.parametrize(
    "name, alias",
    [
        ("Conv1D", "Convolution1D"), ("Conv2D", "Convolution2D"), ("Conv3D", "Convolution3D"),
        ("Conv2DTranspose", "Convolution2DTranspose"), ("SeparableConv2D", "SeparableConvolution2D"),
        ("MaxPooling2D", "MaxPool2D"), ("AveragePooling2D", "AvgPool2D"),
        ("GlobalMaxPooling2D", "GlobalMaxPool2D"), ("GlobalAveragePooling2D", "GlobalAvgPool2D"),
    ],
)  # fmt: skip
def test_aliases_are_the_same_class(name, alias):
    assert getattr(layers, name) is getattr(layers, alias)


def test_a_deep_model_is_built_without_convolving(backend):
    model = models.Sequential([layers.Input((4096, 4096, 3))])
    for _ in range(6):
        model.add(layers.Conv2D(8, 3, padding="same"))
        model.add(layers.MaxPooling2D())
    assert model.output_shape == (None, 64, 64, 8)


BAD = [
    (lambda: layers.Conv2D(0, 3), ArgumentError, "Conv2D(filters=…): expected a positive integer"),
    (lambda: layers.Conv2D(-4, 3), ArgumentError, "got -4"),
    (lambda: layers.Conv2D(4.5, 3), ArgumentError, "got 4.5"),
    (lambda: layers.Conv2D(4, 0), ArgumentError, "Conv2D(kernel_size=…)"),
    (lambda: layers.Conv2D(4, (3, 3, 3)), ArgumentError, "got (3, 3, 3)"),
    (lambda: layers.Conv2D(4, 3, strides=0), ArgumentError, "Conv2D(strides=…)"),
    (lambda: layers.Conv2D(4, 3, strides=2, dilation_rate=2), ArgumentError, "Leave one of them at 1"),
    (lambda: layers.Conv2D(4, 3, padding="full"), ArgumentError, "'valid' or 'same'"),
    (lambda: layers.Conv2D(4, 3, padding="causal"), ArgumentError, "'valid' or 'same'"),
    (lambda: layers.Conv2D(4, 3, data_format="NCHW"), ArgumentError, "'channels_last' or 'channels_first'"),
    (lambda: layers.Conv2D(4, 3, groups=3), ArgumentError, "a divisor of filters=4"),
    (lambda: layers.Conv2D(4, 3, groups=0), ArgumentError, "Conv2D(groups=…)"),
    (lambda: layers.Conv2DTranspose(4, 3, strides=2, output_padding=2), ArgumentError, "less than strides"),
    (lambda: layers.DepthwiseConv2D(3, depth_multiplier=0), ArgumentError, "depth_multiplier"),
    (lambda: layers.MaxPooling2D(0), ArgumentError, "MaxPooling2D(pool_size=…)"),
    (lambda: layers.AveragePooling2D(2, strides=-1), ArgumentError, "AveragePooling2D(strides=…)"),
    (lambda: layers.ZeroPadding2D(-1), ArgumentError, "an integer >= 0"),
    (lambda: layers.ZeroPadding2D((1, 2, 3)), ArgumentError, "ZeroPadding2D(padding=…)"),
    (lambda: layers.Cropping2D(-1), ArgumentError, "an integer >= 0"),
    (lambda: layers.UpSampling2D(0), ArgumentError, "UpSampling2D(size=…)"),
    (lambda: layers.UpSampling2D(interpolation="lanczos3"), ArgumentError, "Lanczos"),
    (lambda: layers.Conv2D(4, 3, kernal_initializer="ones"), CorneError, "kernel_initializer"),
]


@pytest.mark.parametrize("make, kind, text", BAD)
def test_bad_arguments(make, kind, text):
    with pytest.raises(kind) as caught:
        make()
    assert text in str(caught.value)


BAD_INPUT = [
    (lambda: layers.Conv2D(4, 5), (2, 3, 8, 1), "at least (5, 5) places"),
    (lambda: layers.Conv2D(4, 3, dilation_rate=4), (2, 8, 8, 1), "at least (9, 9) places"),
    (lambda: layers.MaxPooling2D(4), (2, 3, 8, 1), "at least (4, 4) places"),
    (lambda: layers.Conv2D(4, 3), (2, 8, 8), "4 axes"),
    (lambda: layers.MaxPooling2D(), (2, 8), "4 axes"),
    (lambda: layers.Conv2D(4, 3, groups=2), (2, 8, 8, 3), "divisible by groups=2"),
    (lambda: layers.Cropping2D(4), (2, 8, 9, 1), "larger than cropping"),
    (lambda: layers.GlobalAveragePooling2D(), (2, 8, 1), "4 axes"),
]


@pytest.mark.parametrize("make, shape, text", BAD_INPUT)
def test_bad_input(backend, make, shape, text):
    with pytest.raises(ShapeError) as caught:
        make()(np.ones(shape, "float32"))
    assert text in str(caught.value)


def test_smaller_images_later_are_refused(backend):
    layer = layers.Conv2D(4, 3)
    layer(np.ones((2, 8, 8, 1), "float32"))
    with pytest.raises(ShapeError, match="at least"):
        layer(np.ones((2, 2, 8, 1), "float32"))


def test_other_channels_later_are_refused(backend):
    layer = layers.Conv2D(4, 3)
    layer(np.ones((2, 8, 8, 1), "float32"))
    with pytest.raises(ShapeError, match="axis -1"):
        layer(np.ones((2, 8, 8, 3), "float32"))


def test_unknown_channels_are_refused(backend):
    with pytest.raises(ShapeError, match="fixed number of channels"):
        layers.Conv2D(4, 3)(layers.Input((8, 8, None)))
