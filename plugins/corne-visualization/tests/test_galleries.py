"""Boxes and masks on images, and galleries of them."""

from __future__ import annotations

import os
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from corne import backend, visualization
from corne.errors import ArgumentError, DataError, DTypeError, ShapeError

matplotlib.use("agg")

BOXES = {"boxes": np.array([[[5.0, 6.0, 20.0, 25.0], [1.0, 1.0, 3.0, 3.0]]]), "labels": np.array([[1, -1]])}


@pytest.fixture(params=["numpy", "cpu"], autouse=True)
def engine(request):
    pytest.importorskip(f"corne_{request.param}")
    with backend.use(request.param) as chosen:
        yield chosen


def picture_of(path):
    from PIL import Image

    return np.asarray(Image.open(path).convert("RGB"))


def test_boxes_lie_where_they_say():
    images = np.zeros((1, 32, 40, 3))
    drawn = visualization.draw_bounding_boxes(images, BOXES, "xyxy", color=(9, 8, 7), line_thickness=1)
    rows, columns = np.nonzero((drawn[0] == (9, 8, 7)).all(-1))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (6, 25, 5, 20)
    assert len(rows) == 2 * (16 + 20) - 4  # the border only, and no box of label -1


def test_other_formats_and_channels_first():
    images = np.random.default_rng(0).integers(0, 255, (1, 32, 40, 3), dtype="uint8")
    boxes = {"boxes": np.array([[[5 / 40, 6 / 32, 15 / 40, 19 / 32]]]), "labels": np.array([[1]])}
    one = visualization.draw_bounding_boxes(images, BOXES, "xyxy")
    two = visualization.draw_bounding_boxes(
        images.transpose(0, 3, 1, 2), boxes, "rel_xywh", data_format="channels_first"
    )
    np.testing.assert_array_equal(one, two)


def test_names_and_confidences_are_written():
    images = np.zeros((1, 64, 64, 1))
    boxes = {**BOXES, "boxes": BOXES["boxes"] + 25}
    plain = visualization.draw_bounding_boxes(images, boxes, "xyxy")
    named = visualization.draw_bounding_boxes(images, boxes, "xyxy", {1: "cat"})
    sure = visualization.draw_bounding_boxes(
        images, {**boxes, "confidences": np.array([[0.5, 0.1]])}, "xyxy", {1: "cat"}
    )
    assert (plain > 0).sum() < (named > 0).sum() < (sure > 0).sum()


def test_fractions_are_scaled():
    drawn = visualization.draw_bounding_boxes(np.full((1, 32, 40, 3), 0.5), BOXES, "xyxy")
    assert drawn[0, 0, 0].tolist() == [127, 127, 127]


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation")  # Keras on NumPy 2
@pytest.mark.parametrize("blend", [True, False])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_masks_are_keras_masks(blend, data_format):
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    generator = np.random.default_rng(0)
    images = generator.integers(0, 256, (2, 8, 9, 3)).astype("float32")
    masks = generator.integers(-1, 4, (2, 8, 9, 1)).astype("int32")
    if data_format == "channels_first":
        images, masks = images.transpose(0, 3, 1, 2), masks.transpose(0, 3, 1, 2)
    arguments = {"num_classes": 4, "alpha": 0.6, "blend": blend, "data_format": data_format}
    given = visualization.draw_segmentation_masks(images, masks, **arguments)
    expected = keras.visualization.draw_segmentation_masks(images, masks, **arguments)
    expected = expected if blend else expected.cpu().numpy()
    np.testing.assert_allclose(given, np.asarray(expected).astype("uint8"), atol=1)


def test_all_classes_are_colored():
    masks = np.arange(3).reshape(1, 1, 3, 1)
    drawn = visualization.draw_segmentation_masks(np.zeros((1, 1, 3, 3)), masks, alpha=1.0)
    assert len({tuple(pixel) for pixel in drawn[0, 0].tolist()}) == 3


def test_gallery_of_labelled_images(tmp_path):
    images = np.random.default_rng(0).uniform(0, 1, (5, 16, 16, 3))
    visualization.plot_image_gallery(
        images, y_true=[0, 1, 0, 1, 2], y_pred=[0, 0, 0, 1, 1], label_map={0: "cat", 1: "dog"},
        value_range=(0, 1), path=tmp_path / "gallery.png", transparent=False,
    )  # fmt: skip
    picture = picture_of(tmp_path / "gallery.png")
    assert picture.shape[0] > picture.shape[1] > 100  # five images: 3 rows, 2 columns


def test_gallery_shows_the_pixels(tmp_path):
    images = np.zeros((2, 8, 8, 3), "uint8")
    images[0, ..., 0] = 200
    images[1, ..., 2] = 100
    visualization.plot_image_gallery(images, path=tmp_path / "two.png", transparent=False)
    colors = {tuple(color) for color in picture_of(tmp_path / "two.png").reshape(-1, 3).tolist()}
    assert {(200, 0, 0), (0, 0, 100)} <= colors


def test_box_gallery(tmp_path):
    images = np.zeros((1, 32, 40, 3), "uint8")
    visualization.plot_bounding_box_gallery(
        images, "xyxy", BOXES, {**BOXES, "boxes": BOXES["boxes"] + 4}, legend=True, class_mapping={1: "cat"},
        path=tmp_path / "boxes.png", dpi=100, scale=4,
    )  # fmt: skip
    colors = {tuple(color) for color in picture_of(tmp_path / "boxes.png").reshape(-1, 3).tolist()}
    assert {(0, 188, 212), (255, 235, 59)} <= colors


def test_mask_gallery(tmp_path):
    images = np.full((2, 8, 8, 3), 255, "uint8")
    masks = np.tile(np.arange(8).reshape(1, 8, 1, 1) // 4, (2, 1, 8, 1))
    visualization.plot_segmentation_mask_gallery(
        images, 2, y_true=masks, y_pred=1 - masks, color_mapping={0: (255, 0, 0), 1: (0, 0, 255)}, alpha=1.0,
        path=tmp_path / "masks.png",
    )  # fmt: skip
    picture = picture_of(tmp_path / "masks.png")
    colors = {tuple(color) for color in picture.reshape(-1, 3).tolist()}
    assert {(255, 0, 0), (0, 0, 255), (255, 255, 255)} <= colors
    assert picture.shape[1] > picture.shape[0]  # three columns, two rows


def test_real_pictures(tmp_path):
    sklearn = pytest.importorskip("sklearn")
    from corne_images.readers import read_image

    folder = Path(sklearn.__file__).parent / "datasets/images"
    images = np.stack([read_image(folder / f"{name}.jpg", size=(120, 160)) for name in ("china", "flower")])
    boxes = {
        "boxes": np.array([[[20, 20, 100, 90]], [[60, 10, 130, 100]]], "float32"),
        "labels": np.array([[0], [1]]),
    }
    visualization.plot_bounding_box_gallery(
        images, "xyxy", y_true=boxes, class_mapping={0: "temple", 1: "flower"}, path=tmp_path / "real.png"
    )
    assert picture_of(tmp_path / "real.png").std() > 20


@pytest.mark.parametrize(
    "call, kind",
    [
        (lambda: visualization.draw_bounding_boxes(np.zeros((8, 8, 3)), BOXES, "xyxy"), ShapeError),
        (
            lambda: visualization.draw_bounding_boxes(np.zeros((1, 8, 8, 3)), BOXES["boxes"], "xyxy"),
            DataError,
        ),
        (lambda: visualization.draw_bounding_boxes(np.zeros((1, 8, 8, 3)), BOXES, "xyxx"), ArgumentError),
        (
            lambda: visualization.draw_segmentation_masks(np.zeros((1, 8, 8, 3)), np.zeros((1, 8, 8, 1))),
            DTypeError,
        ),
        (
            lambda: visualization.draw_segmentation_masks(
                np.zeros((1, 8, 8, 3)), np.zeros((1, 8, 7, 1), int)
            ),
            ShapeError,
        ),
        (
            lambda: visualization.plot_image_gallery(np.zeros((1, 8, 8, 3)), path="x.png", show=True),
            ArgumentError,
        ),
        (lambda: visualization.plot_image_gallery(np.zeros((1, 8, 8, 3)), y_true=[0]), ArgumentError),
        (
            lambda: visualization.plot_bounding_box_gallery(
                np.zeros((1, 8, 8, 3)), "xyxy", legend=True, legend_handles=[1]
            ),
            ArgumentError,
        ),
    ],
)
def test_wrong_use(call, kind):
    with pytest.raises(kind) as error:
        call()
    assert error.value.where
    assert error.value.given
