"""Images transformed, standardized and loaded against the code of Keras 2 that Keras 3.15 keeps, for one seed."""

from __future__ import annotations

import os

import corne
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
theirs = pytest.importorskip("keras.src.legacy.preprocessing.image")
pytest.importorskip("scipy.ndimage")
pytest.importorskip("corne_images")
Image = pytest.importorskip("PIL.Image")

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Please import `affine_transform`:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*scipy.ndimage.interpolation:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*mode.* parameter is deprecated:DeprecationWarning"),
]

ours = corne.preprocessing.image
MODULES = (ours, theirs)
IMAGES = np.random.default_rng(0).integers(0, 256, (9, 13, 10, 3)).astype("float32")
TRANSFORMS = [
    {"rotation_range": 40},
    {"width_shift_range": 0.3, "height_shift_range": 0.2, "fill_mode": "reflect"},
    {"width_shift_range": 4, "height_shift_range": [1, 3], "fill_mode": "wrap"},
    {"width_shift_range": 2.5, "height_shift_range": [0.1, 0.2], "fill_mode": "constant", "cval": 9.0},
    {"shear_range": 25, "zoom_range": 0.4, "interpolation_order": 0},
    {"zoom_range": (0.5, 1.5), "rotation_range": 10, "interpolation_order": 3},
    {"horizontal_flip": True, "vertical_flip": True, "channel_shift_range": 60.0},
    {"brightness_range": (0.3, 1.6), "rotation_range": 5, "horizontal_flip": True},
    {
        "rotation_range": 20,
        "width_shift_range": 0.2,
        "height_shift_range": 0.2,
        "shear_range": 15,
        "zoom_range": 0.2,
        "channel_shift_range": 20,
        "brightness_range": (0.5, 1.5),
        "horizontal_flip": True,
        "vertical_flip": True,
        "rescale": 1 / 255,
    },
]


def assert_same(mine, reference, rtol=1e-5, atol=1e-4):
    if isinstance(mine, (tuple, list)):
        assert len(mine) == len(reference)
        for part, other in zip(mine, reference):
            assert_same(part, other, rtol, atol)
        return
    assert mine.dtype == reference.dtype
    np.testing.assert_allclose(mine, reference, rtol=rtol, atol=atol)


def both(call):
    """Return what ``call(module)`` gives for both, each from the same state of NumPy's generator."""
    results = []
    for module in MODULES:
        np.random.seed(17)
        results.append((call(module), np.random.random()))
    (mine, after), (reference, expected) = results
    assert after == expected  # as many draws
    return mine, reference


@pytest.mark.parametrize("options", TRANSFORMS)
@pytest.mark.parametrize("seed", [None, 3])
def test_flow(options, seed):
    def batches(module):
        flow = module.ImageDataGenerator(**options).flow(IMAGES, np.arange(9), batch_size=4, seed=seed)
        made = [next(flow) for _ in range(4)] + [flow[0], flow[2]]
        flow.on_epoch_end()
        return [*made, flow[1]]

    assert_same(*both(batches))


@pytest.mark.parametrize("options", TRANSFORMS[:7])
def test_channels_first(options):
    images = IMAGES.transpose(0, 3, 1, 2)

    def batch(module):
        return next(module.ImageDataGenerator(data_format="channels_first", **options).flow(images))

    assert_same(*both(batch))


@pytest.mark.parametrize(
    "options",
    [
        {"featurewise_center": True, "featurewise_std_normalization": True},
        {"samplewise_center": True, "samplewise_std_normalization": True},
        {"featurewise_center": True, "zca_whitening": True, "zca_epsilon": 1e-3},
        {"preprocessing_function": lambda x: x[::-1] - 3, "rescale": 1 / 128, "featurewise_center": True},
    ],
)
@pytest.mark.parametrize("augment", [False, True])
def test_standardized(options, augment):
    def standardized(module):
        generator = module.ImageDataGenerator(rotation_range=10, **options)
        generator.fit(IMAGES, augment=augment, rounds=2, seed=1)
        x = next(generator.flow(IMAGES, batch_size=3))
        statistics = [generator.mean, generator.std, generator.zca_whitening_matrix]
        return [x, *(statistic for statistic in statistics if statistic is not None)]

    assert_same(*both(standardized), rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    "call",
    [
        lambda module, x: module.random_rotation(x, 30),
        lambda module, x: module.random_shift(x, 0.2, 0.4, fill_mode="constant", cval=5.0),
        lambda module, x: module.random_shear(x, 20, row_axis=2, col_axis=1),
        lambda module, x: module.random_zoom(x, (0.5, 2), interpolation_order=0),
        lambda module, x: module.random_channel_shift(x, 40),
        lambda module, x: module.apply_channel_shift(x, -30, channel_axis=0),
        lambda module, x: module.random_brightness(x.transpose(1, 2, 0), (0.4, 1.5)),
        lambda module, x: module.apply_brightness_shift(x.transpose(1, 2, 0) - 20, 1.2, scale=False),
        lambda module, x: module.apply_affine_transform(x, 12, 2, -1, 9, 1.2, 0.7, fill_mode="wrap"),
    ],
)
def test_functions(call):
    image = IMAGES[0].transpose(2, 0, 1)
    assert_same(*both(lambda module: call(module, image)))


@pytest.fixture
def folder(tmp_path):
    random = np.random.default_rng(5)
    for name, count in (("10", 5), ("2", 4), ("zebra", 3)):
        (tmp_path / name / "deep").mkdir(parents=True)
        for number in range(count):
            below = tmp_path / name / ("deep" if number == 1 else "")
            shape = (random.integers(8, 20), random.integers(8, 20), 3)
            Image.fromarray(random.integers(0, 256, shape).astype("uint8")).save(below / f"{number}.png")
        (tmp_path / name / "notes.txt").write_text("no image")
    return tmp_path


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"class_mode": "sparse", "color_mode": "grayscale", "interpolation": "bilinear"},
        {"class_mode": "binary", "classes": ["zebra", "2"], "keep_aspect_ratio": True},
        {"class_mode": "input", "color_mode": "rgba", "subset": "validation"},
        {"class_mode": None, "shuffle": False, "subset": "training"},
    ],
)
def test_folder(folder, options):
    attributes = [
        "samples",
        "n",
        "num_classes",
        "class_indices",
        "filenames",
        "filepaths",
        "image_shape",
        "batch_size",
    ]

    def batches(module):
        generator = module.ImageDataGenerator(rotation_range=20, horizontal_flip=True, validation_split=0.5)
        flow = generator.flow_from_directory(folder.as_posix(), (12, 9), batch_size=4, seed=2, **options)
        facts = {name: getattr(flow, name) for name in attributes}
        return facts, flow.classes, [next(flow) for _ in range(len(flow) + 1)]

    mine, reference = both(batches)
    assert mine[0] == reference[0]
    assert_same(mine[1:], reference[1:])


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"class_mode": "sparse", "weight_col": "weight", "subset": "validation"},
        {"class_mode": "binary", "y_col": "side"},
        {"y_col": "tags", "classes": ["b", "a"]},
        {"class_mode": "raw", "y_col": "weight", "shuffle": False},
        {"class_mode": "raw", "y_col": ["weight", "other"]},
        {"class_mode": "multi_output", "y_col": ["weight", "other"]},
        {"class_mode": "input"},
        {"class_mode": None},
    ],
)
def test_table(folder, options):
    pandas = pytest.importorskip("pandas")
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.png"))
    frame = pandas.DataFrame(
        {
            "filename": [*names, "missing.png"],
            "class": [name.split("/")[0] for name in names] + ["gone"],
            "side": ["left", "right"] * (len(names) // 2) + ["left"],
            "tags": [["a", "c"], ["b"], ["c"]] * (len(names) // 3) + [["a"]],
            "weight": np.linspace(0, 1, len(names) + 1),
            "other": np.arange(len(names) + 1),
        }
    )

    def batches(module):
        generator = module.ImageDataGenerator(zoom_range=0.2, validation_split=0.4)
        with pytest.warns(UserWarning, match="filename|flow_from_dataframe"):
            flow = generator.flow_from_dataframe(
                frame, folder.as_posix(), target_size=(8, 8), batch_size=5, seed=2, **options
            )
        return flow.filenames, [next(flow) for _ in range(3)]

    mine, reference = both(batches)
    assert mine[0] == reference[0]
    assert_same(mine[1], reference[1])
