"""ImageDataGenerator, its iterators and the functions on single images."""

from __future__ import annotations

import pickle

import corne
import numpy as np
import pytest
from corne import Input, Sequential, layers
from corne.errors import ArgumentError, DataError, DTypeError, ShapeError, UnknownArgumentError

image = corne.preprocessing.image
IMAGES = np.arange(6 * 4 * 4, dtype="float32").reshape(6, 4, 4, 1)


def flow(batch_size=4, **arguments):
    return image.ImageDataGenerator().flow(
        IMAGES, np.arange(6), batch_size=batch_size, **{"shuffle": False, **arguments}
    )


def test_batches_by_number_and_one_after_another():
    batches = flow()
    assert (len(batches), batches.n) == (2, 6)
    assert [next(batches)[1].tolist() for _ in range(3)] == [[0, 1, 2, 3], [4, 5], [0, 1, 2, 3]]
    assert batches[1][1].tolist() == [4, 5]
    batches.reset()
    np.testing.assert_array_equal(batches.next()[0], IMAGES[:4])
    with pytest.raises(IndexError):
        batches[2]


def test_subsets_weights_and_further_inputs():
    generator = image.ImageDataGenerator(validation_split=0.5)
    options = {"shuffle": False, "ignore_class_split": True, "sample_weight": np.arange(6) / 10}
    x, y, weight = generator.flow((IMAGES, np.arange(6) * 2), np.arange(6), subset="training", **options)[0]
    assert x[0].shape == (3, 4, 4, 1)
    assert x[1].tolist() == [6, 8, 10]
    assert y.tolist() == [3, 4, 5]
    assert weight.tolist() == [0.3, 0.4, 0.5]
    assert generator.flow(IMAGES, subset="validation", shuffle=False)[0].shape[0] == 3


def test_a_seed_gives_the_batches_again():
    generator = image.ImageDataGenerator(rotation_range=90, width_shift_range=0.5)
    first, again = (generator.flow(IMAGES, batch_size=4, seed=3) for _ in range(2))
    for _ in range(4):
        np.testing.assert_array_equal(next(first), next(again))


def test_parameters():
    generator = image.ImageDataGenerator(width_shift_range=[2, 2], height_shift_range=0.5, zoom_range=0.0)
    drawn = generator.get_random_transform((10, 20, 3), seed=0)
    assert abs(drawn["ty"]) == 2
    assert abs(drawn["tx"]) <= 5
    assert (drawn["zx"], drawn["theta"], drawn["brightness"]) == (1, 0, None)
    assert not drawn["flip_horizontal"]
    np.testing.assert_array_equal(generator.apply_transform(IMAGES[0], {}), IMAGES[0])
    np.testing.assert_array_equal(
        generator.apply_transform(IMAGES[0], {"flip_vertical": True}), IMAGES[0][::-1]
    )
    # a quarter turn: for square images the numbers of np.rot90
    turned = generator.apply_transform(IMAGES[0], {"theta": 90})
    np.testing.assert_allclose(turned, np.rot90(IMAGES[0]), atol=1e-4)


def test_statistics():
    generator = image.ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True)
    generator.fit(IMAGES)
    np.testing.assert_allclose(generator.mean, [[[47.5]]])  # of 0 to 95
    batch = generator.standardize(IMAGES.copy())
    np.testing.assert_allclose([batch.mean(), batch.std()], [0, 1], atol=1e-5)
    single = image.ImageDataGenerator(samplewise_center=True, rescale=2.0).standardize(IMAGES[0].copy())
    np.testing.assert_allclose(single.ravel()[[0, -1]], [-15, 15])  # 0 to 30, less their mean


def test_what_needs_fit_warns_and_settings_that_exclude_each_other():
    with pytest.warns(UserWarning, match="fit"):
        image.ImageDataGenerator(featurewise_center=True).standardize(IMAGES[0].copy())
    with pytest.warns(UserWarning, match="samplewise_center"):
        assert image.ImageDataGenerator(samplewise_std_normalization=True).samplewise_center


@pytest.mark.parametrize("workers", [0, 1, 3])
def test_fit_takes_batches(workers):
    if "gradients" not in corne.backend.active().capabilities:
        pytest.skip("the backend only evaluates")
    model = Sequential([Input((4, 4, 1)), layers.Flatten(), layers.Dense(1)])
    model.compile("adam", "mse")
    generator = image.ImageDataGenerator(rescale=1 / 95, horizontal_flip=True)
    batches = generator.flow(IMAGES, np.arange(6) / 6, batch_size=4, seed=1)
    batches.workers = workers
    model.fit(batches, epochs=2, verbose=0)
    assert model.predict(generator.flow(IMAGES, shuffle=False), verbose=0).shape == (6, 1)


def test_an_iterator_crosses_to_a_worker_process():
    batches = pickle.loads(pickle.dumps(flow()))
    assert next(batches)[1].tolist() == [0, 1, 2, 3]


@pytest.fixture
def folder(tmp_path):
    pytest.importorskip("corne_images")
    for name in ("b", "a", ".hidden"):
        (tmp_path / name).mkdir()
        for number in range(2):
            image.save_img(tmp_path / name / f"{number}.png", np.full((6, 5, 3), 20.0 * number), scale=False)
    (tmp_path / "a" / "text.txt").write_text("")
    return tmp_path


def test_folders(folder, capsys):
    batches = image.ImageDataGenerator().flow_from_directory(
        folder, (3, 4), shuffle=False, class_mode="sparse"
    )
    assert capsys.readouterr().out == "Found 4 images belonging to 2 classes.\n"
    assert batches.class_indices == {"a": 0, "b": 1}
    x, y = next(batches)
    assert y.tolist() == [0, 0, 1, 1]
    assert x.shape == (4, 3, 4, 3)
    assert x[:, 0, 0, 0].tolist() == [0, 20, 0, 20]


def test_tables_without_pandas(folder):
    table = {"filename": ["a/1.png", "b/0.png"], "class": [["x", "y"], ["y"]], "weight": [1.0, 2.0]}
    batches = image.ImageDataGenerator().flow_from_dataframe(
        table, folder, weight_col="weight", shuffle=False, target_size=(2, 2)
    )
    _, y, weight = next(batches)
    assert y.tolist() == [[1, 1], [0, 1]]
    assert weight.tolist() == [1, 2]


def test_images_are_saved_to_look_at(folder, tmp_path):
    (tmp_path / "out").mkdir()
    flow(save_to_dir=tmp_path / "out", save_prefix="seen").next()
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert len(names) == 4
    assert names[0].startswith("seen_0_")


@pytest.mark.parametrize(
    "error, call",
    [
        (ArgumentError, lambda folder: image.ImageDataGenerator(zoom_range=(1, 2, 3))),
        (ArgumentError, lambda folder: image.ImageDataGenerator(fill_mode="mirror")),
        (ArgumentError, lambda folder: image.ImageDataGenerator(validation_split=1.0)),
        (ArgumentError, lambda folder: image.ImageDataGenerator(brightness_range=0.5)),
        (ArgumentError, lambda folder: flow(seed="a")),
        (ArgumentError, lambda folder: flow(subset="validation")),
        (ShapeError, lambda folder: image.ImageDataGenerator().flow(IMAGES[0])),
        (ShapeError, lambda folder: image.ImageDataGenerator().fit(IMAGES[0])),
        (DataError, lambda folder: image.ImageDataGenerator().flow(IMAGES, np.arange(5))),
        (DataError, lambda folder: image.ImageDataGenerator(validation_split=0.5).flow(
            IMAGES, np.arange(6), subset="training")),
        (DataError, lambda folder: image.ImageDataGenerator().flow_from_directory(folder / "a")),
        (ArgumentError, lambda folder: image.ImageDataGenerator().flow_from_directory(folder, classes=["c"])),
        (ArgumentError, lambda folder: image.ImageDataGenerator().flow_from_directory(folder, class_mode="raw")),
        (ArgumentError, lambda folder: image.ImageDataGenerator().flow_from_dataframe({"file": ["a/0.png"]})),
        (DTypeError, lambda folder: image.ImageDataGenerator().flow_from_dataframe({"filename": [1]})),
        (UnknownArgumentError, lambda folder: image.ImageDataGenerator().flow_from_dataframe({}, size=3)),
        (ShapeError, lambda folder: image.apply_affine_transform(IMAGES, 3)),
        (ArgumentError, lambda folder: image.apply_affine_transform(IMAGES[0], 3, channel_axis=1)),
        (ArgumentError, lambda folder: image.random_zoom(IMAGES[0], 0.5)),
    ],
)  # fmt: skip
def test_wrong_use(error, call, folder):
    with pytest.raises(error):
        call(folder)
