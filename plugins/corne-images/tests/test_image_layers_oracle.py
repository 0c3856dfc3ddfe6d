"""Every image layer against Keras's of the same seed: images, masks, boxes, labels and configurations."""

from __future__ import annotations

import numpy as np
import pytest
from corne import backend, layers
from corne_images.draws import ModelDraws

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore:.*Tensor.T is deprecated")]

B = "bounding_box_format"


@pytest.fixture
def keras():
    pytest.importorskip("corne_cpu")
    return pytest.importorskip("keras")


def pictures(*shape, low=0.0, high=255.0, seed=0):
    """Return smooth images, so that a place off by a thousandth of a pixel makes no difference."""
    n, height, width, channels = shape
    y, x = np.mgrid[:height, :width]
    generator = np.random.default_rng(seed)
    waves = generator.uniform(0.1, 0.5, (2, n, channels)), generator.uniform(0, 6, (n, channels))
    angle = waves[0][0] * x[..., None, None] + waves[0][1] * y[..., None, None] + waves[1]
    return (low + (np.sin(angle).transpose(2, 0, 1, 3) + 1) / 2 * (high - low)).astype("float32")


def to_numpy(x):
    return x.detach().cpu().numpy() if hasattr(x, "detach") else np.asarray(x)


#: Layers with the numbers that Keras draws, what they are made with, and how close they come.
CASES = [
    ("RandomBrightness", {"factor": 0.4}, 1e-4),
    ("RandomBrightness", {"factor": (-0.1, 0.8), "value_range": (0, 1)}, 1e-5),
    ("RandomContrast", {"factor": 0.4}, 1e-3),
    ("RandomContrast", {"factor": (0.2, 0.9), "value_range": (0, 1)}, 1e-3),
    ("RandomColorDegeneration", {"factor": 0.7}, 1e-3),
    ("RandomGrayscale", {"factor": 0.5}, 1e-3),
    ("RandomHue", {"factor": 0.7}, 1e-2),
    ("RandomHue", {"factor": (0.1, 0.5), "value_range": (0, 1)}, 1e-4),
    ("RandomSaturation", {"factor": 0.7}, 1e-2),
    ("RandomSaturation", {"factor": (0.2, 0.6), "value_range": (0, 1)}, 1e-4),
    ("RandomColorJitter", {"brightness_factor": 0.2, "contrast_factor": 0.3, "saturation_factor": 0.4, "hue_factor": 0.1}, 2e-2),
    ("RandomColorJitter", {"contrast_factor": 0.3}, 1e-2),
    ("RandomInvert", {}, 1e-4),
    ("RandomInvert", {"factor": (0.3, 0.9), "value_range": (0, 1)}, 1e-5),
    ("RandomPosterization", {"factor": 6}, 1e-4),
    ("RandomPosterization", {"factor": (3, 3), "value_range": (0, 1)}, 1e-5),
    ("RandomSharpness", {"factor": 0.9}, 1e-3),
    ("RandomGaussianBlur", {"factor": (0.3, 0.9), "kernel_size": 5, "sigma": (0.5, 1.0)}, 1e-3),
    ("Solarization", {"addition_factor": 0.2, "threshold_factor": (0.3, 0.9)}, 1e-3),
    ("Solarization", {"threshold_factor": 0.5, "value_range": (0, 1)}, 1e-5),
    ("AutoContrast", {}, 1e-3),
    ("AutoContrast", {"value_range": (0, 1)}, 1e-5),
    ("ContrastLimitedAdaptiveHistogramEqualization", {"clip_limit": 0, "tile_grid_size": (3, 4), "value_range": (0, 1)}, 1e-3),
    ("RandomErasing", {}, 1e-3),
    ("RandomErasing", {"factor": (0.4, 0.6), "scale": (0.1, 0.9), "fill_value": (1.0, 2.0, 3.0)}, 1e-3),
    ("RandomErasing", {"fill_value": 7.0, "value_range": (0, 1)}, 1e-3),
    ("CutMix", {}, 1e-3),
    ("MixUp", {"alpha": 0.4}, 1e-3),
    ("RandomFlip", {}, 1e-4),
    ("RandomFlip", {"mode": "horizontal"}, 1e-4),
    ("RandomFlip", {"mode": "vertical"}, 1e-4),
    ("RandomCrop", {"height": 9, "width": 12}, 1e-4),
    ("CenterCrop", {"height": 9, "width": 12}, 1e-4),
    ("CenterCrop", {"height": 15, "width": 40}, 1e-2),
    ("Resizing", {"height": 9, "width": 12}, 1e-2),
    ("Resizing", {"height": 9, "width": 12, "interpolation": "nearest"}, 1e-4),
    ("Resizing", {"height": 30, "width": 12, "crop_to_aspect_ratio": True}, 1e-2),
    ("Resizing", {"height": 30, "width": 12, "pad_to_aspect_ratio": True, "fill_value": 5.0}, 1e-2),
    ("Resizing", {"height": 12, "width": 11, "antialias": True, "interpolation": "bicubic"}, 0.1),
    ("RandomRotation", {"factor": 0.3}, 5e-2),
    ("RandomRotation", {"factor": (0.1, 0.2), "fill_mode": "constant", "fill_value": 9.0}, 5e-2),
    ("RandomRotation", {"factor": 0.1, "fill_mode": "wrap"}, 5e-2),
    ("RandomRotation", {"factor": 0.1, "fill_mode": "nearest"}, 5e-2),
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": (-0.2, 0.1)}, 5e-2),
    ("RandomTranslation", {"height_factor": 0.3, "width_factor": 0.2, "fill_mode": "constant"}, 5e-2),
    ("RandomZoom", {"height_factor": 0.3}, 5e-2),
    ("RandomZoom", {"height_factor": (-0.4, -0.1), "width_factor": 0.2, "fill_mode": "nearest"}, 5e-2),
    ("RandomShear", {"x_factor": 0.3, "y_factor": 0.2}, 5e-2),
    ("RandomShear", {"x_factor": (0.1, 0.3), "fill_mode": "constant"}, 5e-2),
    ("RandomPerspective", {"factor": (0.4, 0.6), "scale": 0.4}, 0.2),
]  # fmt: skip
IDS = [f"{name}-{i}" for i, (name, *_) in enumerate(CASES)]


def pair(keras, kind, arguments, **common):
    cls = getattr(layers, kind)
    seeded = {"seed": 11} if "seed" in cls.__init__.__annotations__ else {}
    return cls(**arguments, **seeded, **common), getattr(keras.layers, kind)(**arguments, **seeded, **common)


@pytest.mark.parametrize("name, arguments, tolerance", CASES, ids=IDS)
@pytest.mark.parametrize("single", [False, True], ids=["batch", "single"])
def test_images(keras, name, arguments, tolerance, single):
    high = arguments.get("value_range", (0, 255))[1]
    x = pictures(5, 20, 24, 3, high=high)
    if single:
        if name == "CutMix":
            pytest.skip(
                "Keras leaves a single image as it is; here it is mixed with itself, which is the same"
            )
        x = x[0]
    with backend.use("cpu") as engine:
        ours, theirs = pair(keras, name, arguments)
        for _ in range(3):  # the seed moves on alike
            expected = to_numpy(theirs(x, training=True))
            given = engine.to_numpy(ours(x, training=True))
            assert given.shape == expected.shape
            different = np.abs(given - expected) > tolerance
            # A place exactly between two pixels or at a border may round either way.
            assert different.mean() <= (0.01 if tolerance > 1e-2 else 0), np.abs(given - expected).max()


FIRST = [
    "RandomContrast", "RandomColorDegeneration", "RandomHue", "RandomSaturation", "RandomSharpness",
    "RandomErasing", "CutMix", "RandomFlip", "RandomCrop", "CenterCrop", "Resizing", "RandomRotation",
    "RandomTranslation", "RandomZoom", "RandomShear", "RandomPerspective", "RandAugment", "RandomGrayscale",
    "ContrastLimitedAdaptiveHistogramEqualization", "AutoContrast", "Equalization", "RandomGaussianBlur",
    "RandomBrightness", "RandomPosterization", "RandomElasticTransform", "RandomColorJitter", "AugMix",
]  # fmt: skip
ARGUMENTS = {name: arguments for name, arguments, _ in reversed(CASES)} | {
    "Equalization": {}, "RandAugment": {}, "RandomElasticTransform": {"scale": 0.3}, "AugMix": {"num_chains": 2, "chain_depth": 2},
}  # fmt: skip


@pytest.mark.parametrize("name", FIRST)
def test_channels_first_is_channels_last_turned(name):
    pytest.importorskip("corne_cpu")
    x = pictures(3, 20, 24, 3)
    arguments = ARGUMENTS[name]
    if name == "RandomErasing":  # noise has the shape of the images
        arguments = {"fill_value": (1.0, 2.0, 3.0)}
    seeded = {"seed": 11} if "seed" in getattr(layers, name).__init__.__annotations__ else {}
    with backend.use("cpu") as engine:
        last, first = (
            getattr(layers, name)(**arguments, **seeded, data_format=data_format)
            for data_format in ("channels_last", "channels_first")
        )
        expected = engine.to_numpy(last(x, training=True)).transpose(0, 3, 1, 2)
        given = engine.to_numpy(first(x.transpose(0, 3, 1, 2), training=True))
    np.testing.assert_allclose(given, expected, atol=2e-2)


def some_boxes(n, height, width):
    generator = np.random.default_rng(3)
    low = generator.uniform(0, 0.5, (n, 4, 2))
    high = low + generator.uniform(0.1, 0.5, (n, 4, 2))
    return (np.concatenate([low, high], -1) * [width, height, width, height]).astype("float32")


@pytest.mark.parametrize(
    "name, arguments",
    [
        ("RandomBrightness", {"factor": 0.4}),
        ("RandomFlip", {}),
        ("RandomFlip", {"mode": "horizontal"}),
        ("CenterCrop", {"height": 9, "width": 12}),
        ("CenterCrop", {"height": 15, "width": 40}),
        ("Resizing", {"height": 9, "width": 12}),
        ("Resizing", {"height": 30, "width": 12, "crop_to_aspect_ratio": True}),
        ("Resizing", {"height": 30, "width": 12, "pad_to_aspect_ratio": True}),
        ("RandomRotation", {"factor": 0.3}),
        ("RandomTranslation", {"height_factor": 0.3, "width_factor": (-0.2, 0.1)}),
        ("RandomZoom", {"height_factor": 0.3}),
        ("RandomZoom", {"height_factor": -0.3, "width_factor": (0.1, 0.2)}),
        ("RandomShear", {"x_factor": 0.3, "y_factor": 0.2}),
        ("RandomPerspective", {"scale": 0.4}),
        ("MaxNumBoundingBoxes", {"max_number": 6}),
        ("MaxNumBoundingBoxes", {"max_number": 3, "fill_value": -5}),
    ],
)
def test_boxes_and_masks(keras, name, arguments):
    x = pictures(5, 20, 24, 3)
    boxes = {"boxes": some_boxes(5, 20, 24), "labels": np.arange(20).reshape(5, 4)}
    masks = (pictures(5, 20, 24, 1) > 100).astype("uint8")
    with backend.use("cpu") as engine:
        ours, theirs = pair(keras, name, arguments, **{B: "xyxy"})

        def data():
            return {
                "images": x, "bounding_boxes": {k: v.copy() for k, v in boxes.items()},
                "labels": np.eye(5, dtype="float32"),
            }  # fmt: skip

        expected, given = theirs(data(), training=True), ours(data(), training=True)
        np.testing.assert_allclose(
            engine.to_numpy(given["bounding_boxes"]["boxes"]),
            to_numpy(expected["bounding_boxes"]["boxes"]),
            atol=2e-3,
        )
        np.testing.assert_array_equal(
            engine.to_numpy(given["bounding_boxes"]["labels"]), to_numpy(expected["bounding_boxes"]["labels"])
        )
        np.testing.assert_array_equal(engine.to_numpy(given["labels"]), np.eye(5))
        # Keras's affine_transform on PyTorch changes the matrix that RandomRotation's masks use after it.
        if name in ("RandomPerspective", "MaxNumBoundingBoxes", "RandomBrightness", "RandomRotation"):
            return
        both = (
            ours({"images": x, "segmentation_masks": masks}),
            theirs(
                {
                    "images": keras.ops.convert_to_tensor(x),
                    "segmentation_masks": keras.ops.convert_to_tensor(masks),
                }
            ),
        )
        mine, other = engine.to_numpy(both[0]["segmentation_masks"]), to_numpy(both[1]["segmentation_masks"])
        assert mine.dtype == "uint8"
        if arguments.get("height") != 15:  # where Keras resizes masks of class numbers as if they were colors
            assert (mine != other).mean() < 0.02


def test_limited_contrast(keras):
    # On PyTorch Keras rounds the limit down; here it is whole: 4 * 256 / 256.
    x = pictures(2, 32, 48, 3)
    with backend.use("cpu") as engine:
        ours, theirs = pair(keras, "ContrastLimitedAdaptiveHistogramEqualization", {"tile_grid_size": (2, 3)})
        np.testing.assert_allclose(engine.to_numpy(ours(x)), to_numpy(theirs(x)), atol=1e-2)


def test_rand_augment_draws_and_does_what_keras_does(keras):
    # The whole can't be compared: on PyTorch Keras's RandomBrightness changes its input in place, chosen or not.
    import torch

    x = torch.tensor(pictures(3, 20, 24, 3))
    with backend.use("cpu"):
        ours, theirs = pair(keras, "RandAugment", {"factor": 0.3})
        for _ in range(2):
            drawn, other = (
                ours.draw(ModelDraws(ours.seed_generator), (3, 20, 24, 3)),
                theirs.get_random_transformation(x),
            )
            assert drawn["index"].tolist() == other["layer_idxes"].tolist()
            for name, numbers in other["transforms"].items():
                if name != "equalization":
                    given = ours._steps.layers[name].images(x, drawn[name])
                    expected = getattr(theirs, name).transform_images(x.clone(), numbers)
                    np.testing.assert_allclose(given, expected, atol=1e-2, err_msg=name)


def test_rotated_masks_are_images_rotated_with_nearest(keras):
    masks = (pictures(5, 20, 24, 1) > 100).astype("uint8")
    with backend.use("cpu") as engine:
        ours, theirs = pair(keras, "RandomRotation", {"factor": 0.3, "interpolation": "nearest"})
        given = ours({"images": np.zeros((5, 20, 24, 3)), "segmentation_masks": masks}, training=True)
        expected = to_numpy(theirs(masks, training=True))
    assert (engine.to_numpy(given["segmentation_masks"]) != expected).mean() < 0.01


def test_mixed_labels(keras):
    x, y = pictures(6, 20, 24, 3), np.eye(6, dtype="float32")
    with backend.use("cpu") as engine:
        for name in ("MixUp", "CutMix"):
            ours, theirs = pair(keras, name, {})
            expected = theirs({"images": x.copy(), "labels": y}, training=True)
            given = ours({"images": x, "labels": y}, training=True)
            np.testing.assert_allclose(
                engine.to_numpy(given["labels"]), to_numpy(expected["labels"]), atol=1e-5
            )


@pytest.mark.parametrize("bins, high", [(256, 255), (64, 255), (256, 1)])
def test_equalization_of_single_images(keras, bins, high):
    # In a batch Keras takes one histogram of all images.
    x = pictures(3, 20, 24, 3, high=high)
    with backend.use("cpu") as engine:
        ours, theirs = pair(keras, "Equalization", {"bins": bins, "value_range": (0, high)})
        expected = np.stack([to_numpy(theirs(image, training=True)) for image in x])
        np.testing.assert_allclose(engine.to_numpy(ours(x, training=True)), expected, atol=high * 1e-2)


@pytest.mark.parametrize("name", sorted({name for name, *_ in CASES} | set(FIRST) | {"MaxNumBoundingBoxes"}))
def test_configurations(keras, name):
    arguments = ARGUMENTS.get(name, {"max_number": 5})
    ours, theirs = pair(keras, name, arguments, name="it")
    mine, other = ours.get_config(), theirs.get_config()
    for key, value in other.items():
        if key in ("build_config", "registered_name") or (name == "RandomShear" and key.endswith("_factor")):
            continue  # RandomShear's own ranges can't be read again by Keras
        assert key in mine, key
        if key != "dtype" and not isinstance(value, dict):
            assert np.all(np.asarray(mine[key]) == np.asarray(value)), key
    import json

    again = type(ours).from_config(json.loads(json.dumps(mine)))
    assert json.dumps(again.get_config()) == json.dumps(mine)
    getattr(keras.layers, name).from_config({k: v for k, v in mine.items() if k != "dtype"})
