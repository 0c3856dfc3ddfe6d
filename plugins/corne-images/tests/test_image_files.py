"""Reading and writing image files: against Keras's functions, on real pictures, and on files that are wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zlib

import numpy as np
import pytest
from corne import backend, utils
from corne.errors import ArgumentError, DTypeError, FileFormatError, ShapeError, UnknownArgumentError
from corne.plugins import registry
from corne.preprocessing import image as old_names
from corne_images.host_resize import resize
from corne_images.readers import read_image
from PIL import Image


@pytest.fixture
def keras():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


def random_pixels(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype="uint8")


@pytest.mark.oracle
@pytest.mark.parametrize("color_mode", ["rgb", "rgba", "grayscale"])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic", "hamming", "box", "lanczos"])
@pytest.mark.parametrize("keep", [False, True])
def test_load_img_is_keras(keras, pictures, color_mode, interpolation, keep):
    arguments = (color_mode, (100, 120), interpolation, keep)
    mine = utils.load_img(pictures["china"], *arguments)
    other = keras.utils.load_img(pictures["china"], *arguments)
    assert (mine.mode, mine.size) == (other.mode, other.size)
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))


@pytest.mark.oracle
@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("scale", [True, False])
def test_array_to_img_is_keras(keras, channels, data_format, scale):
    x = np.random.default_rng(channels).uniform(0, 200, (5, 7, channels)).astype("float32")
    x = x.transpose(2, 0, 1) if data_format == "channels_first" else x
    mine, other = (u.array_to_img(x, data_format, scale) for u in (utils, keras.utils))
    assert mine.mode == other.mode
    np.testing.assert_array_equal(np.asarray(mine), np.asarray(other))
    back, theirs = (u.img_to_array(mine, data_format) for u in (utils, keras.utils))
    np.testing.assert_array_equal(back, theirs)
    assert back.dtype == theirs.dtype


def test_gray_values_above_255_keep_32_bits():
    image = utils.array_to_img(np.array([[[300.0], [2.0]]]), "channels_last", scale=False)
    assert image.mode == "I"
    assert np.asarray(image).tolist() == [[300, 2]]


def test_array_of_the_backend(tmp_path):
    pytest.importorskip("corne_cpu")
    with backend.use("cpu") as engine:
        image = utils.array_to_img(engine.asarray(np.arange(12.0).reshape(2, 2, 3)), "channels_last", False)
    assert np.asarray(image).ravel().tolist() == list(range(12))


@pytest.mark.parametrize("ending", ["png", "bmp", "tiff", "webp", "gif", "jpg"])
def test_saved_is_read_again(tmp_path, ending):
    path = tmp_path / f"it.{ending}"
    pixels = np.full((6, 5, 1 if ending == "gif" else 3), 130, "uint8")
    utils.save_img(path, pixels, scale=False, data_format="channels_last")
    again = read_image(path, "grayscale" if ending == "gif" else "rgb")
    assert again.dtype == "uint8"
    np.testing.assert_allclose(again, pixels, atol=2)  # lossy: WebP and JPEG


def test_jpeg_has_no_transparency(tmp_path):
    with pytest.warns(UserWarning, match="alpha"):
        utils.save_img(tmp_path / "it.jpg", random_pixels(4, 4, 4), data_format="channels_last")
    assert utils.load_img(tmp_path / "it.jpg").mode == "RGB"


def test_old_names():
    for name in ("array_to_img", "img_to_array", "load_img", "save_img"):
        assert getattr(old_names, name) is getattr(utils, name)


@pytest.mark.oracle
@pytest.mark.parametrize("shape", [(30, 20, 3), (2, 20, 30, 3)])
@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_smart_resize_is_keras(keras, shape, interpolation):
    x = np.random.default_rng(0).uniform(0, 255, shape).astype("float32")
    with backend.use("numpy"):
        mine = old_names.smart_resize(x, (13, 10), interpolation)
    # A tensor: for an array Keras's function warns on NumPy 2.
    other = keras.preprocessing.image.smart_resize(keras.ops.convert_to_tensor(x), (13, 10), interpolation)
    assert isinstance(mine, np.ndarray)
    np.testing.assert_allclose(mine, other, atol=1e-3)


def test_reader_of_each_ending(pictures):
    for ending in [".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"]:
        assert registry.get("readers", ending) is read_image


def test_read_image_is_pillows_image(pictures):
    for path in pictures.values():
        np.testing.assert_array_equal(read_image(path), np.asarray(Image.open(path)))
        np.testing.assert_array_equal(
            read_image(path, "grayscale")[..., 0], np.asarray(Image.open(path).convert("L"))
        )


def test_read_image_without_simplejpeg(pictures, monkeypatch):
    monkeypatch.setattr("corne_images.readers._simplejpeg", lambda: None)
    np.testing.assert_array_equal(read_image(pictures["china"]), np.asarray(Image.open(pictures["china"])))


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("how", ["plain", "crop_to_aspect_ratio", "pad_to_aspect_ratio"])
def test_reading_resizes_as_the_operation(pictures, interpolation, how):
    from corne import ops

    options = {} if how == "plain" else {how: True}
    pixels = read_image(pictures["flower"], size=(60, 50), interpolation=interpolation, **options)
    assert pixels.shape == (60, 50, 3)
    with backend.use("numpy"):
        whole = read_image(pictures["flower"]).astype("float32")
        expected = ops.image.resize(whole, (60, 50), interpolation, data_format="channels_last", **options)
    np.testing.assert_allclose(pixels, expected, atol=2e-3)


def test_resized_batch_is_resized_images():
    x = random_pixels(3, 9, 8, 2)
    np.testing.assert_array_equal(resize(x, (5, 12)), np.stack([resize(image, (5, 12)) for image in x]))


def test_reading_needs_no_engine(pictures):
    program = (
        "import sys; from corne.plugins import registry\n"
        f"x = registry.get('readers', '.jpg')({str(pictures['china'])!r}, size=(32, 32))\n"
        "assert x.shape == (32, 32, 3) and 'torch' not in sys.modules and 'corne.layer' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- files that are wrong -----------------------------------------------------------------------------------
def png(width, height, mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, (width, height)).save(file, "png")
    return file.getvalue()


def empty_png():
    """Return a PNG whose header says 0 x 5 pixels."""
    data = bytearray(png(1, 5))
    data[16:20] = (0).to_bytes(4, "big")
    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    return bytes(data)


def frames():
    file = io.BytesIO()
    images = [Image.fromarray(np.full((4, 4), shade, "uint8")) for shade in (0, 100, 200)]
    images[0].save(file, "gif", save_all=True, append_images=images[1:])
    return file.getvalue()


def cmyk():
    file = io.BytesIO()
    Image.new("CMYK", (4, 4)).save(file, "jpeg")
    return file.getvalue()


def deep():
    file = io.BytesIO()
    Image.fromarray(np.full((4, 4), 40000, "uint16")).save(file, "png")
    return file.getvalue()


WRONG = {
    "text": (b"not an image at all", "19 bytes"),
    "nothing": (b"", "an empty file"),
    "truncated": (png(50, 50)[:-40], "truncated"),
    "animated": (frames(), "3 frames"),
    "cmyk": (cmyk(), "CMYK"),
    "deep": (deep(), "I;16"),
    "empty": (empty_png(), ""),
}


@pytest.mark.parametrize("which", WRONG)
@pytest.mark.parametrize("read", [read_image, utils.load_img])
def test_wrong_file_is_named(tmp_path, which, read):
    data, given = WRONG[which]
    path = tmp_path / f"{which}.png"
    path.write_bytes(data)
    with pytest.raises(FileFormatError) as error:
        read(path)
    assert error.value.where == str(path)
    assert given in error.value.given
    assert error.value.expected


def test_truncated_jpeg_is_named(tmp_path, pictures):
    path = tmp_path / "half.jpg"
    path.write_bytes(pictures["china"].read_bytes()[:60000])
    with pytest.raises(FileFormatError) as error:
        read_image(path)
    assert error.value.where == str(path)


def test_one_frame_of_an_animated_image():
    assert read_image(io.BytesIO(frames()), "grayscale", frame=1)[0, 0].tolist() == [100]
    with pytest.raises(FileFormatError) as error:
        read_image(io.BytesIO(frames()), frame=3)
    assert error.value.where == "<bytes>"


def test_deep_gray_image_keeps_its_values(tmp_path):
    (tmp_path / "deep.png").write_bytes(deep())
    assert np.asarray(utils.load_img(tmp_path / "deep.png", "grayscale"))[0, 0] == 40000


def test_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_image(tmp_path / "none.png")
    with pytest.raises(DTypeError):
        utils.load_img(5)


@pytest.mark.parametrize(
    "call, argument",
    [
        (lambda path: utils.load_img(path, "cmyk"), "color_mode"),
        (lambda path: utils.load_img(path, interpolation="cubic"), "interpolation"),
        (lambda path: utils.load_img(path, target_size=(5,)), "target_size"),
        (lambda path: read_image(path, "bgr"), "color_mode"),
        (lambda path: read_image(path, size=(0, 5)), "size"),
        (lambda path: read_image(path, size=(5, 5), interpolation="lanczos"), "interpolation"),
    ],
)
def test_wrong_arguments(pictures, call, argument):
    with pytest.raises(ArgumentError) as error:
        call(pictures["china"])
    assert argument in error.value.where


def test_wrong_arrays():
    with pytest.raises(ShapeError):
        utils.array_to_img(np.zeros((2, 2)))
    with pytest.raises(ShapeError):
        utils.array_to_img(np.zeros((2, 2, 2)), "channels_last")
    with pytest.raises(ShapeError):
        utils.img_to_array(np.zeros((1, 2, 3, 4)))
    with pytest.raises(ShapeError):
        old_names.smart_resize(np.zeros((2, 2)), (3, 3))
    with pytest.raises(UnknownArgumentError):
        old_names.smart_resize(np.zeros((2, 2, 3)), (3, 3), antialias=True)
