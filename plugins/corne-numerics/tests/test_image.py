"""Operations on images: values that arithmetic gives, and errors."""

from __future__ import annotations

import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, DTypeError, ShapeError
from corne_numerics.image.affine_transform import affine_transform
from corne_numerics.image.colors import hsv_to_rgb, rgb_to_grayscale, rgb_to_hsv
from corne_numerics.image.crop_and_pad import crop_images, pad_images
from corne_numerics.image.elastic_transform import elastic_transform
from corne_numerics.image.extract_patches import extract_patches, extract_patches_3d
from corne_numerics.image.gaussian_blur import gaussian_blur
from corne_numerics.image.map_coordinates import map_coordinates
from corne_numerics.image.perspective_transform import perspective_transform
from corne_numerics.image.scale_and_translate import scale_and_translate
from corne_numerics.image.sobel_edges import sobel_edges
from corne_numerics.image.ssim import ssim

LAST = {"data_format": "channels_last"}
ROW = np.array([[[1.0], [2.0], [3.0]]], "float32")


def row(x: object) -> list[float]:
    return [float(v) for v in ops.convert_to_numpy(x).ravel()]  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("fill_mode", "expected"),
    [
        # abc at places -2, -1 | 0, 1, 2 | 3, 4
        ("constant", [9, 9, 1, 2, 3, 9, 9]),
        ("nearest", [1, 1, 1, 2, 3, 3, 3]),
        ("wrap", [2, 3, 1, 2, 3, 1, 2]),
        ("mirror", [3, 2, 1, 2, 3, 2, 1]),
        ("reflect", [2, 1, 1, 2, 3, 3, 2]),
    ],
)
def test_what_stands_beyond_the_border(engine: str, fill_mode: str, expected: list[float]) -> None:
    places = np.arange(-2.0, 5.0)[None]
    assert row(map_coordinates(ROW[0, :, 0], places, 0, fill_mode, 9)) == expected


def test_an_affine_map_moves_the_rows_of_each_image(engine: str) -> None:
    batch = np.stack([ROW, ROW])
    moves = [[1, 0, 1, 0, 1, 0, 0, 0], [1, 0, -1, 0, 1, 0, 0, 0]]  # x + 1 and x - 1
    moved = affine_transform(batch, np.array(moves, "float32"), **LAST)
    assert row(moved) == [2, 3, 0, 0, 1, 2]


def test_a_homography_maps_four_points(engine: str) -> None:
    image = np.arange(16.0, dtype="float32").reshape(4, 4, 1)
    square = np.array([[0, 0], [3, 0], [0, 3], [3, 3]], "float32")
    turned = perspective_transform(image, square, square[[1, 3, 0, 2]], **LAST)
    assert np.allclose(ops.convert_to_numpy(turned)[..., 0], np.rot90(image[..., 0], -1), atol=1e-4)


def test_colors_there_and_back(engine: str) -> None:
    image = np.random.default_rng(0).random((2, 5, 4, 3)).astype("float32")
    back = hsv_to_rgb(rgb_to_hsv(image, **LAST), **LAST)
    assert np.allclose(ops.convert_to_numpy(back), image, atol=1e-6)


def test_gray_of_integers_is_cut(engine: str) -> None:
    # 0.2989 * 10 + 0.587 * 20 + 0.114 * 30 = 18.149
    assert row(rgb_to_grayscale(np.array([[[10, 20, 30]]], "uint8"), **LAST)) == [18]


def test_a_blur_keeps_the_sum_of_an_inner_spot(engine: str) -> None:
    image = np.zeros((9, 9, 1), "float32")
    image[4, 4] = 1
    assert float(ops.sum(gaussian_blur(image, 5, 1.0, **LAST))) == pytest.approx(1)


def test_patches_hold_channels_fastest(engine: str) -> None:
    image = np.arange(8.0).reshape(2, 2, 2)
    assert row(extract_patches(image, 2, **LAST)) == list(range(8))
    assert tuple(extract_patches_3d(np.zeros((4, 4, 4, 3)), 2, **LAST).shape) == (2, 2, 2, 24)


def test_cut_and_padded_again(engine: str) -> None:
    image = np.arange(12.0).reshape(3, 4, 1)
    cut = crop_images(image, 1, 1, 0, 1, **LAST)
    assert tuple(cut.shape) == (2, 2, 1)
    padded = ops.convert_to_numpy(pad_images(cut, 1, 1, 0, 1, **LAST))
    assert (padded[1:, 1:3] == image[1:, 1:3]).all()
    assert padded.sum() == image[1:, 1:3].sum()


def test_scaling_by_two_repeats_a_constant(engine: str) -> None:
    image = np.full((2, 2), 3.0, "float32")
    scaled = scale_and_translate(image, (4, 4), [2.0, 2.0], [0.0, 0.0], (0, 1), "lanczos3")
    assert np.allclose(ops.convert_to_numpy(scaled), 3, atol=1e-5)


def test_equal_images_are_alike_and_noise_is_not(engine: str) -> None:
    image = np.random.default_rng(0).random((2, 16, 16, 1)).astype("float32")
    assert np.allclose(ops.convert_to_numpy(ssim(image, image, **LAST)), 1, atol=1e-5)
    assert (ops.convert_to_numpy(ssim(image, image[::-1], **LAST)) < 0.5).all()


def test_edges_of_a_ramp(engine: str) -> None:
    ramp = np.tile(np.arange(3.0), (3, 1))[..., None]
    edges = ops.convert_to_numpy(sobel_edges(ramp.transpose(1, 0, 2), **LAST))
    assert edges[1, 1, 0].tolist() == [8, 0]  # (1 + 2 + 1) * (2 - 0)


def test_a_seed_decides_a_distortion(engine: str) -> None:
    image = np.random.default_rng(0).random((2, 8, 8, 3)).astype("float32")
    one, two, other = (
        ops.convert_to_numpy(elastic_transform(image, 3.0, 1.0, seed=s, **LAST)) for s in (1, 1, 2)
    )
    assert (one == two).all()
    assert not (one == other).all()
    assert (ops.convert_to_numpy(elastic_transform(image, 0.0, seed=1, **LAST)) == image).all()


@pytest.mark.parametrize(
    ("call", "kind", "where"),
    [
        (lambda: affine_transform(ROW, [1, 0, 0], **LAST), ShapeError, "ops.image.affine_transform(transform)"),
        (lambda: affine_transform(ROW, [0] * 8, "cubic"), ArgumentError, "ops.image.affine_transform(interpolation=…)"),
        (lambda: map_coordinates(ROW, [[0.5]], 1), ShapeError, "ops.image.map_coordinates(coordinates)"),
        (lambda: rgb_to_hsv(ROW, **LAST), ShapeError, "ops.image.rgb_to_hsv(images)"),
        (lambda: rgb_to_hsv(np.zeros((1, 1, 3), "uint8"), **LAST), DTypeError, "ops.image.rgb_to_hsv(images)"),
        (lambda: rgb_to_grayscale(np.zeros((2, 2))), ShapeError, "ops.image.rgb_to_grayscale(images)"),
        (lambda: crop_images(ROW, 1, 1, 1, 1, 1, 1, **LAST), ArgumentError, "ops.image.crop_images"),
        (lambda: crop_images(ROW, 2, 1, 0, 1, **LAST), ArgumentError, "ops.image.crop_images"),
        (lambda: extract_patches(ROW, 2, **LAST), ShapeError, "ops.image.extract_patches(size=…)"),
        (lambda: ssim(ROW, ROW, **LAST), ShapeError, "ops.image.ssim(image1)"),
        (lambda: gaussian_blur(ROW, 0, **LAST), ArgumentError, "ops.image.gaussian_blur(kernel_size=…)"),
    ],
)  # fmt: skip
def test_mistakes(engine: str, call: object, kind: type[Exception], where: str) -> None:
    with pytest.raises(kind) as caught:
        call()  # type: ignore[operator]
    assert caught.value.where == where  # type: ignore[attr-defined]
