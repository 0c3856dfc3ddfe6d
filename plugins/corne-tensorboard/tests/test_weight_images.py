"""weight_images: which weights are images, and how."""

from __future__ import annotations

import numpy as np
import pytest
from corne_tensorboard._weight_images import weight_images


@pytest.mark.parametrize(
    ("shape", "channels_last", "expected"),
    [
        ((5,), True, (1, 1, 5, 1)),
        ((1, 1), True, (1, 1, 1, 1)),
        ((5, 2), True, (1, 2, 5, 1)),
        ((2, 5), True, (1, 2, 5, 1)),
        ((4, 5, 7), True, (3, 4, 5, 1)),
        ((2, 5, 7), False, (2, 5, 7, 1)),
        ((4, 5, 1, 2), True, (2, 4, 5, 1)),  # a grayscale convolution: the axis of size one is left out
        ((4, 5, 3, 8), True, (3, 4, 5, 3)),
    ],
)
def test_shapes(shape, channels_last, expected):
    images = weight_images(np.arange(np.prod(shape), dtype="float32").reshape(shape), channels_last)
    assert images is not None
    assert images.shape == expected
    assert images.dtype == np.uint8


def test_smallest_is_black_and_largest_is_white():
    # (v + 1) / 4 * 255 for v = -1, 0, 1, 3: 0, 63.75, 127.5 (to even: 128), 255.
    assert weight_images(np.array([-1.0, 0.0, 1.0, 3.0]))[0, 0, :, 0].tolist() == [0, 64, 128, 255]
    assert weight_images(np.full((2, 2), 7.0)).tolist() == [[[[0], [0]], [[0], [0]]]]


@pytest.mark.parametrize(
    "weight", [np.zeros((3, 3, 16, 8)), np.zeros((2, 2, 2, 3, 4)), np.zeros((0, 3)), np.array([1.0, np.nan])]
)
def test_what_is_no_image(weight):
    assert weight_images(weight) is None
