"""Folders of pictures, texts and sounds as data sets."""

import io
import os
import wave

import corne
import numpy as np
import pytest
from corne.errors import ArgumentError, DataError, FileFormatError
from corne.utils import (
    audio_dataset_from_directory,
    image_dataset_from_directory,
    text_dataset_from_directory,
)


@pytest.fixture
def pictures(tmp_path):
    image = pytest.importorskip("PIL.Image")
    samples = pytest.importorskip("sklearn.datasets").load_sample_images().images
    for number in range(9):
        folder = tmp_path / ("2", "10")[number % 2]
        folder.mkdir(exist_ok=True)
        part = samples[number % 2][number : 60 + number, : 80 + number]
        image.fromarray(part).save(folder / f"p{number}.png")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def test_pictures_have_sorted_classes_and_paths(pictures, capsys):
    data = image_dataset_from_directory(pictures, image_size=(8, 6), shuffle=False, batch_size=4)
    assert capsys.readouterr().out == "Found 9 files belonging to 2 classes.\n"
    assert data.class_names == ["10", "2"]
    assert [os.path.basename(path) for path in data.file_paths] == [
        f"p{n}.png" for n in (1, 3, 5, 7, 0, 2, 4, 6, 8)
    ]
    x, y = next(iter(data))
    assert x.shape == (4, 8, 6, 3)
    assert x.dtype == "float32"
    assert y.tolist() == [0, 0, 0, 0]
    first = corne.utils.img_to_array(corne.utils.load_img(data.file_paths[0]))
    expected = corne.ops.image.resize(first, (8, 6))
    np.testing.assert_allclose(x[0], corne.ops.convert_to_numpy(expected), atol=1e-3)


def test_split_is_the_last_part_of_the_drawn_order(pictures):
    options = {"seed": 3, "validation_split": 0.25, "verbose": False, "image_size": 4}
    everything = image_dataset_from_directory(pictures, seed=3, verbose=False).file_paths
    order = np.random.RandomState(3).permutation(9)
    ordered = image_dataset_from_directory(pictures, shuffle=False, verbose=False).file_paths
    assert everything == [ordered[index] for index in order]
    train, held = image_dataset_from_directory(pictures, subset="both", **options)
    assert train.file_paths + held.file_paths == everything
    assert len(held.file_paths) == 2  # int(0.25 * 9)
    alone = image_dataset_from_directory(pictures, subset="validation", **options)
    assert alone.file_paths == held.file_paths


@pytest.mark.parametrize(
    ("mode", "labels"),
    [("int", [0, 1]), ("binary", [[0.0], [1.0]]), ("categorical", [[1.0, 0.0], [0.0, 1.0]])],
)
def test_label_modes(pictures, mode, labels):
    data = image_dataset_from_directory(pictures, label_mode=mode, image_size=2, shuffle=False, verbose=False)
    assert next(iter(data))[1][[0, -1]].tolist() == labels
    bare = image_dataset_from_directory(pictures, label_mode=None, image_size=2, verbose=False)
    assert next(iter(bare)).shape == (9, 2, 2, 3)


def test_color_data_format_and_no_batches(pictures):
    data = image_dataset_from_directory(
        pictures, color_mode="grayscale", data_format="channels_first", image_size=(3, 5), batch_size=None,
        interpolation="nearest", crop_to_aspect_ratio=True, verbose=False,
    )  # fmt: skip
    x, _ = data[0]
    assert x.shape == (1, 3, 5)
    assert x.dtype == "float32"


def test_a_broken_picture_is_named_or_skipped(pictures):
    bad = pictures / "2" / "bad.jpg"
    bad.write_bytes(b"\xff\xd8nothing")
    with pytest.raises(FileFormatError, match=r"bad\.jpg"):
        list(image_dataset_from_directory(pictures, image_size=4, verbose=False))
    data = image_dataset_from_directory(pictures, image_size=4, verbose=False, on_error="skip")
    assert sum(len(y) for _, y in data) == 9
    assert list(data.skipped) == [str(bad)]


def test_wrong_use(pictures, tmp_path_factory):
    for options in (
        {"class_names": ["2", "cat"]},
        {"seed": 1.5},
        {"subset": "training"},
        {"subset": "training", "validation_split": 0.5},
        {"label_mode": "one"},
        {"labels": 3},
        {"interpolation": "lanczos3"},
        {"format": "list"},
        {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
    ):
        with pytest.raises(ArgumentError):
            image_dataset_from_directory(pictures, verbose=False, **options)
    with pytest.raises(DataError):
        image_dataset_from_directory(pictures, labels=[0, 1], verbose=False)
    with pytest.raises(DataError):
        image_dataset_from_directory(tmp_path_factory.mktemp("empty"), verbose=False)
    with pytest.raises(ArgumentError):
        image_dataset_from_directory(pictures / "nothing", verbose=False)


@pytest.fixture
def texts(tmp_path):
    for name, text in (
        ("neg/a", "mauvais film"),
        ("neg/b", "très long"),
        ("pos/c", "été 🙂"),
        ("pos/d", "bon"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_texts(texts):
    data = text_dataset_from_directory(texts, shuffle=False, verbose=False)
    ((x, y),) = data
    assert x.tolist() == ["mauvais film", "très long", "été 🙂", "bon"]
    assert y.tolist() == [0, 0, 1, 1]
    # é takes two bytes: "ét" are three, "tr" and half of "è" leave "tr"
    cut = text_dataset_from_directory(texts, shuffle=False, verbose=False, max_length=3)
    assert next(iter(cut))[0].tolist() == ["mau", "tr", "ét", "bon"]


def test_a_vectorizer_learns_from_texts(texts):
    layer = corne.layers.TextVectorization()
    layer.adapt(text_dataset_from_directory(texts, verbose=False))
    assert {"film", "bon", "très"} <= set(layer.get_vocabulary())


def test_a_string_model_takes_texts(texts):
    layer = corne.layers.TextVectorization(output_sequence_length=3)
    data = text_dataset_from_directory(texts, shuffle=False, verbose=False, batch_size=2)
    layer.adapt(data)
    words = corne.Input((), dtype="string")
    ids = layer(words)
    outputs = corne.layers.Dense(1)(corne.layers.GlobalAveragePooling1D()(corne.layers.Embedding(20, 4)(ids)))
    model = corne.Model(words, outputs)
    model.compile("sgd", "mse")
    model.fit(data, verbose=0)
    expected = model.predict(np.array(["mauvais film", "très long", "été 🙂", "bon"]), verbose=0)
    np.testing.assert_allclose(model.predict(data, verbose=0), expected, rtol=1e-5)


def test_a_text_in_another_encoding_is_named(texts):
    (texts / "pos" / "e.txt").write_bytes("é".encode("latin-1"))
    with pytest.raises(FileFormatError, match=r"e\.txt"):
        list(text_dataset_from_directory(texts, verbose=False))


def test_sounds_are_padded_or_cut(tmp_path):
    pytest.importorskip("soundfile")
    for number, length in enumerate((3, 5)):
        folder = tmp_path / f"c{number}"
        folder.mkdir()
        data = io.BytesIO()
        with wave.open(data, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(np.full(length, 1 << 14, "<i2").tobytes())  # half of full scale
        (folder / "s.wav").write_bytes(data.getvalue())
    ((x, y),) = audio_dataset_from_directory(tmp_path, shuffle=False, verbose=False)
    assert x[..., 0].tolist() == [[0.5, 0.5, 0.5, 0, 0], [0.5] * 5]
    assert y.tolist() == [0, 1]
    ((x, _),) = audio_dataset_from_directory(tmp_path, shuffle=False, verbose=False, output_sequence_length=4)
    assert x[..., 0].tolist() == [[0.5, 0.5, 0.5, 0], [0.5] * 4]
    with pytest.raises(ArgumentError):
        audio_dataset_from_directory(tmp_path, ragged=True)
