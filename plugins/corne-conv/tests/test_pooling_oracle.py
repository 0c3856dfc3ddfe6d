"""Values, gradients, shapes and configs of pooling, padding, cropping and upsampling against Keras's."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

pytestmark = pytest.mark.oracle

SIZES = {1: (9,), 2: (9, 8), 3: (7, 6, 5)}
FORMATS = ("channels_last", "channels_first")


def images(rank: int, data_format: str, channels: int = 4) -> np.ndarray:
    x = np.random.default_rng(rank).normal(size=(2, *SIZES[rank], channels)).astype("float32")
    return x if data_format == "channels_last" else np.ascontiguousarray(np.moveaxis(x, -1, 1))


WINDOWS = [
    {"pool_size": 2},
    {"pool_size": 3, "strides": 1},
    {"pool_size": 2, "padding": "same", "strides": 2},
    {"pool_size": 3, "padding": "same", "strides": 1},
    {"pool_size": 2, "strides": 3},
]


@pytest.mark.parametrize("rank, data_format, arguments", list(itertools.product((1, 2, 3), FORMATS, WINDOWS)))
@pytest.mark.parametrize("kind", ["Max", "Average"])
def test_pooling(backend, same_as_keras, kind, rank, data_format, arguments):
    # Where "same" adds an uneven number of places, Keras on torch counts the border twice in means; its
    # other backends don't count what is added, and neither does Corne (test_pooling.py has the numbers).
    # Here windows of 2 are unaffected.
    same_as_keras(
        f"{kind}Pooling{rank}D", {"data_format": data_format, **arguments}, images(rank, data_format)
    )


@pytest.mark.parametrize("rank, data_format", list(itertools.product((1, 2, 3), FORMATS)))
@pytest.mark.parametrize("kind", ["Max", "Average"])
@pytest.mark.parametrize("keepdims", [False, True])
def test_global_pooling(backend, same_as_keras, kind, rank, data_format, keepdims):
    arguments = {"data_format": data_format, "keepdims": keepdims}
    same_as_keras(f"Global{kind}Pooling{rank}D", arguments, images(rank, data_format))


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("keepdims", [False, True])
def test_masked_mean(backend, same_as_keras, data_format, keepdims):
    mask = np.arange(9) < np.array([[4], [9]])
    arguments = {"data_format": data_format, "keepdims": keepdims}
    same_as_keras("GlobalAveragePooling1D", arguments, images(1, data_format), mask=mask)


@pytest.mark.parametrize("rank, data_format", list(itertools.product((1, 2, 3), FORMATS)))
@pytest.mark.parametrize("kind", ["Max", "Average"])
@pytest.mark.parametrize("output_size", [1, 2, 4])
def test_adaptive_pooling(backend, same_as_keras, kind, rank, data_format, output_size):
    same_as_keras(
        f"Adaptive{kind}Pooling{rank}D",
        {"output_size": output_size, "data_format": data_format},
        images(rank, data_format),
    )


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(
    "rank, padding",
    [
        (1, 2), (1, (1, 0)), (2, 3), (2, (1, 2)), (2, ((0, 1), (2, 3))),
        (3, 1), (3, (1, 0, 2)), (3, ((0, 1), (2, 3), (1, 1))),
    ],
)  # fmt: skip
def test_zero_padding(backend, same_as_keras, data_format, rank, padding):
    arguments = {"padding": padding, "data_format": data_format}
    same_as_keras(f"ZeroPadding{rank}D", arguments, images(rank, data_format))


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(
    "rank, cropping",
    [(1, 2), (1, (1, 0)), (2, 3), (2, (1, 2)), (2, ((0, 1), (2, 3))), (3, 1), (3, ((0, 1), (2, 3), (1, 1)))],
)
def test_cropping(backend, same_as_keras, data_format, rank, cropping):
    arguments = {"cropping": cropping} if rank == 1 else {"cropping": cropping, "data_format": data_format}
    same_as_keras(f"Cropping{rank}D", arguments, images(rank, "channels_last" if rank == 1 else data_format))


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("rank, size", [(1, 1), (1, 3), (2, 2), (2, (1, 3)), (3, 2), (3, (2, 1, 3))])
def test_up_sampling(backend, same_as_keras, data_format, rank, size):
    arguments = {"size": size} if rank == 1 else {"size": size, "data_format": data_format}
    same_as_keras(
        f"UpSampling{rank}D", arguments, images(rank, "channels_last" if rank == 1 else data_format)
    )


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [2, (3, 1)])
def test_interpolation(backend, same_as_keras, data_format, interpolation, size):
    arguments = {"size": size, "interpolation": interpolation, "data_format": data_format}
    same_as_keras("UpSampling2D", arguments, images(2, data_format))
