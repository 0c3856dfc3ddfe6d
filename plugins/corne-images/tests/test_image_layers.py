"""Image layers in models, in data sets, on every backend, and used wrongly."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from corne import Input, Model, backend, layers, ops, optimizers, utils
from corne.errors import ArgumentError, CorneError, DataError, ShapeError
from corne.models import Sequential, load_model
from corne_images._plugin import _LAYERS
from corne_images.draws import HostDraws
from corne_images.readers import read_image

#: Arguments that make each layer do something.
ARGUMENTS = {
    "AugMix": {"num_chains": 2, "chain_depth": 2},
    "CenterCrop": {"height": 9, "width": 12},
    "MaxNumBoundingBoxes": {"max_number": 3},
    "RandomBrightness": {"factor": 0.4},
    "RandomColorDegeneration": {"factor": 0.7},
    "RandomColorJitter": {"brightness_factor": 0.2, "contrast_factor": 0.3, "saturation_factor": 0.4, "hue_factor": 0.1},
    "RandomContrast": {"factor": 0.4},
    "RandomCrop": {"height": 9, "width": 12},
    "RandomElasticTransform": {"scale": 0.5},
    "RandomHue": {"factor": 0.5},
    "RandomPerspective": {"scale": 0.4},
    "RandomPosterization": {"factor": 6},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.7},
    "RandomSharpness": {"factor": 0.9},
    "RandomShear": {"x_factor": 0.3},
    "RandomTranslation": {"height_factor": 0.3, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.3},
    "Resizing": {"height": 9, "width": 12},
    "Solarization": {"threshold_factor": 0.5},
}  # fmt: skip
NAMES = sorted(_LAYERS.values())
#: Layers whose results jump, or that mix images, so that gradients say little.
STEPS = {
    "RandomPosterization",
    "Equalization",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "RandAugment",
    "AugMix",
}


@pytest.fixture(params=["numpy", "cpu"])
def engine(request):
    pytest.importorskip(f"corne_{request.param}")
    with backend.use(request.param) as chosen:
        yield chosen


def make(name, **extra):
    layer = getattr(layers, name)
    seeded = {"seed": 5} if "seed" in layer.__init__.__annotations__ else {}
    return layer(**ARGUMENTS.get(name, {}), **seeded, **extra)


def photographs(pictures, size=(20, 24), dtype="uint8"):
    images = [read_image(path, size=size) for path in pictures.values()]
    return np.rint(np.stack(images)).astype(dtype)


@pytest.mark.parametrize("name", NAMES)
def test_symbolic_shape_is_the_real_one(engine, name):
    layer = make(name)
    x = np.random.default_rng(0).uniform(0, 255, (2, 20, 24, 3)).astype("float32")
    spec = layer(Input((20, 24, 3)))
    y = layer(x, training=True)
    assert tuple(spec.shape) == (None, *tuple(y.shape)[1:])
    assert spec.dtype == engine.dtype_name(y)
    assert tuple(layer.compute_output_shape((None, 20, 24, 3))) == (None, *tuple(y.shape)[1:])


@pytest.mark.parametrize("name", NAMES)
def test_bytes_on_the_host_are_floats_in_a_model(name, pictures):
    # The same numbers are drawn on both ways; a byte is the float rounded.
    x = photographs(pictures)
    with backend.use("numpy"):
        layer = make(name)
        on_host = layer.on_host(x, np.random.default_rng(3))
        drawn = layer.draw(HostDraws(np.random.default_rng(3)), x.shape)
        whole = np.asarray(layer.images(x.astype("float32"), drawn))
        assert on_host.dtype == "uint8"
        np.testing.assert_allclose(on_host, np.clip(whole, 0, 255), atol=1)


@pytest.mark.parametrize("name", NAMES)
def test_engines_agree_on_drawn_numbers(name, pictures):
    cpu = pytest.importorskip("corne_cpu") and backend
    x = photographs(pictures, dtype="float32")
    with backend.use("numpy"):
        layer = make(name)
        drawn = layer.draw(HostDraws(np.random.default_rng(3)), x.shape)
        expected = np.asarray(layer.images(x, drawn))
    with cpu.use("cpu") as engine:
        layer = make(name)
        as_tensors = ops.convert_to_tensor

        def moved(value):
            if isinstance(value, dict):
                return {key: moved(part) for key, part in value.items()}
            if isinstance(value, tuple):
                return tuple(map(moved, value))
            return value if isinstance(value, (int, float)) else as_tensors(np.asarray(value))

        given = engine.to_numpy(layer.images(as_tensors(x), moved(drawn)))
    different = np.abs(given - expected) > 0.05
    assert different.mean() < (0.05 if name in STEPS else 0.005)  # rounding at a jump


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64", "mixed_float16"])
@pytest.mark.parametrize("name", NAMES)
def test_dtype_policies(engine, name, dtype):
    layer = make(name, dtype=dtype)
    x = np.random.default_rng(0).uniform(0, 255, (2, 20, 24, 3)).astype("float32")
    y = layer(x, training=True)
    assert engine.dtype_name(y) == layer.compute_dtype
    assert np.isfinite(engine.to_numpy(y).astype("float32")).all()
    assert layer(Input((20, 24, 3))).dtype == layer.compute_dtype


@pytest.mark.parametrize("name", NAMES)
def test_outside_of_training(engine, name):
    layer = make(name)
    x = np.random.default_rng(0).uniform(0, 255, (2, 20, 24, 3)).astype("float32")
    y = engine.to_numpy(layer(x, training=False))
    if layer.always:
        assert y.shape == tuple(layer.compute_output_shape(x.shape))
        np.testing.assert_array_equal(y, engine.to_numpy(layer(x, training=False)))
    else:
        np.testing.assert_array_equal(y, x)
        assert layer.on_host(x, np.random.default_rng(0), training=False) is x


@pytest.mark.parametrize("name", NAMES)
def test_saved_and_loaded(name, tmp_path):
    pytest.importorskip("corne_cpu")
    with backend.use("cpu"):
        model = Sequential([Input((20, 24, 3)), make(name), layers.GlobalAveragePooling2D()])
        model.save(tmp_path / "model.keras")
        again = load_model(tmp_path / "model.keras")
        first, second = model.layers[0].get_config(), again.layers[0].get_config()
    assert {**first, "dtype": 0} == {**second, "dtype": 0} or str(first) == str(second)


@pytest.mark.parametrize("name", sorted(set(NAMES) - STEPS - {"MaxNumBoundingBoxes"}))
def test_gradients(name):
    # Each layer is linear, or smooth almost everywhere: the slope between two close points is the gradient.
    pytest.importorskip("corne_cpu")
    from corne.variable import Variable

    generator = np.random.default_rng(1)
    x = generator.uniform(60, 190, (2, 12, 14, 3))
    direction = generator.normal(size=x.shape)
    with backend.use("cpu") as engine:
        arguments = {**ARGUMENTS.get(name, {})}
        if "height" in arguments:
            arguments.update(height=6, width=7)
        layer = getattr(layers, name)(**arguments, dtype="float64")
        drawn = layer.draw(HostDraws(np.random.default_rng(3)), x.shape)
        variable = Variable(x, dtype="float64")

        def value(at):
            y = layer.images(at, drawn)
            return ops.sum(y * ops.cast(ops.cos(ops.arange(y.shape[1]))[None, :, None, None], y.dtype))

        _, (gradient,) = engine.value_and_grad(lambda: (value(variable.value), None), [variable])
        slope = float(np.sum(engine.to_numpy(gradient) * direction))
        step = 1e-4
        up, down = (float(value(engine.asarray(x + sign * step * direction))) for sign in (1, -1))
    assert slope == pytest.approx((up - down) / (2 * step), rel=2e-2, abs=2e-2)


def test_a_model_trains_with_layers_in_it():
    # The step is recorded; each batch sees other numbers.
    pytest.importorskip("corne_cpu")
    utils.set_random_seed(0)
    generator = np.random.default_rng(0)
    x = generator.integers(0, 256, (16, 16, 16, 3), dtype="uint8")
    y = generator.integers(0, 2, 16)
    with backend.use("cpu"):
        model = Sequential([
            Input((16, 16, 3), dtype="uint8"), layers.RandomFlip("horizontal", seed=1),
            layers.RandomRotation(0.1, seed=2), layers.RandomZoom(0.1, seed=3), layers.RandomCrop(12, 12, seed=4),
            layers.RandomBrightness(0.2, seed=5), layers.RandAugment(num_ops=1, seed=6),
            layers.GlobalAveragePooling2D(), layers.Dense(2, activation="softmax", kernel_initializer="zeros"),
        ])  # fmt: skip  # values up to 255: from zeros, in small steps, softmax does not saturate
        for compiled in (True, False):
            model.compile(optimizers.SGD(1e-5), "sparse_categorical_crossentropy", jit_compile=compiled)
            history = model.fit(x, y, batch_size=8, epochs=2, verbose=0)
            assert np.isfinite(history.history["loss"]).all()
        assert model.predict(x, verbose=0).shape == (16, 2)


@pytest.mark.parametrize("eagerly", [True, False])
def test_recorded_steps_draw_anew(eagerly):
    pytest.importorskip("corne_cpu")
    with backend.use("cpu"):
        x = np.random.default_rng(0).uniform(0, 255, (64, 8, 8, 3)).astype("float32")
        inputs = Input((8, 8, 3))
        outputs = layers.RandomTranslation(0.4, 0.4, seed=3)(inputs)
        model = Model(
            inputs, layers.Dense(1, use_bias=False, kernel_initializer="ones")(layers.Flatten()(outputs))
        )
        model.compile("sgd", "mse", run_eagerly=eagerly, jit_compile=False)
        model.optimizer.learning_rate = 0.0
        losses = [
            model.fit(x, np.zeros((64, 1)), batch_size=64, verbose=0).history["loss"][0] for _ in range(3)
        ]
    assert len(set(losses)) == 3


def test_a_functional_model_of_a_dictionary():
    pytest.importorskip("corne_cpu")
    with backend.use("cpu") as engine:
        data = {
            "images": Input((8, 10, 3)),
            "segmentation_masks": Input((8, 10, 1), dtype="uint8"),
            "bounding_boxes": {"boxes": Input((4, 4)), "labels": Input((4,), dtype="int32")},
        }
        layer = layers.Resizing(16, 20, bounding_box_format="xyxy")
        model = Model(data, layer(data))
        boxes = np.tile(np.array([1.0, 2.0, 3.0, 4.0], "float32"), (2, 4, 1))
        result = model({
            "images": np.zeros((2, 8, 10, 3), "float32"), "segmentation_masks": np.ones((2, 8, 10, 1), "uint8"),
            "bounding_boxes": {"boxes": boxes, "labels": np.ones((2, 4), "int32")},
        })  # fmt: skip
        assert tuple(result["segmentation_masks"].shape) == (2, 16, 20, 1)
        np.testing.assert_allclose(engine.to_numpy(result["bounding_boxes"]["boxes"]), boxes * 2)


def test_one_draw_for_images_masks_and_boxes(engine):
    # An image that says where each pixel was: mask, box and image must move alike.
    places = np.tile(np.arange(24.0, dtype="float32")[None, :, None], (20, 1, 3))[None].repeat(8, 0)
    boxes = {"boxes": np.tile(np.array([2.0, 3.0, 6.0, 9.0]), (8, 1, 1)), "labels": np.zeros((8, 1), "int32")}
    layer = layers.RandomFlip("horizontal", seed=1, bounding_box_format="xyxy")
    result = layer(
        {"images": places, "segmentation_masks": places[..., :1].astype("uint8"), "bounding_boxes": boxes},
        training=True,
    )
    images, masks = (engine.to_numpy(result[key]) for key in ("images", "segmentation_masks"))
    moved = engine.to_numpy(result["bounding_boxes"]["boxes"])
    np.testing.assert_array_equal(images[..., :1].astype("uint8"), masks)
    assert masks.dtype == "uint8"
    flipped = images[:, 0, 0, 0] == 23
    assert 0 < flipped.sum() < 8
    np.testing.assert_allclose(moved[flipped, 0, 0], 24 - 6)
    np.testing.assert_allclose(moved[~flipped, 0, 0], 2)


def test_elastic_transform_bends_by_the_documented_distance():
    # Noise smoothed by a Gauss curve of deviation s has a deviation of about 1 / (2 sqrt(pi) s), times s * reach:
    # with strength 0.5 on 64 pixels reach is 3.2, so 3.2 / (2 sqrt(pi)) = 0.9 pixels.
    with backend.use("numpy"):
        layer = layers.RandomElasticTransform((1.0, 1.0), (0.5, 0.5), seed=1, value_range=(0, 1000))
        ramp = np.tile(np.arange(64.0, dtype="float32")[None, :, None], (64, 1, 1))[None].repeat(8, 0)
        bent = np.asarray(layer(ramp, training=True))
    moved = (bent - ramp)[:, 16:48, 16:48]
    assert 0.6 < moved.std() < 1.3
    assert abs(moved.mean()) < 0.3


def test_aug_mix_is_between_its_chains():
    with backend.use("numpy"):
        x = np.full((2, 8, 8, 3), 100.0, "float32")
        layer = layers.AugMix(num_chains=2, chain_depth=1, factor=0.0, all_ops=False, seed=1)
        for _ in range(5):  # with factor 0 most layers do nothing; posterization keeps one bit: 100 becomes 0
            y = np.asarray(layer(x, training=True))
            assert ((y >= 0) & (y <= 255)).all()
            assert y.std(axis=(1, 2, 3)).max() < 1e-3  # a plain image stays plain


def test_random_crop_outside_of_training_shows_the_middle():
    # 20 x 24 pixels: the largest part with ratio 10 : 6 is 20 x 12, from column 6.
    with backend.use("numpy"):
        x = np.tile(np.arange(24.0, dtype="float32")[None, :, None], (20, 1, 1))
        y = np.asarray(layers.RandomCrop(10, 6)(x, training=False))
    np.testing.assert_allclose(y[0, :, 0], [6.5, 8.5, 10.5, 12.5, 14.5, 16.5])


def test_cropped_boxes_follow_the_place():
    with backend.use("numpy"):
        places = np.stack(np.meshgrid(np.arange(24.0), np.arange(20.0)), -1).astype("float32")
        layer = layers.RandomCrop(9, 12, seed=2, bounding_box_format="xyxy")
        boxes = {
            "boxes": np.array([[0.0, 0.0, 24.0, 20.0], [12.0, 10.0, 13.0, 11.0]]),
            "labels": np.array([1, 2]),
        }
        result = layer({"images": places, "bounding_boxes": boxes}, training=True)
        left, top = result["images"][0, 0]
        np.testing.assert_allclose(result["bounding_boxes"]["boxes"][0], [0, 0, 12, 9])
        expected = np.clip([12 - left, 10 - top, 13 - left, 11 - top], 0, [12, 9, 12, 9])
        np.testing.assert_allclose(result["bounding_boxes"]["boxes"][1], expected)


def test_samples_of_a_data_set_depend_on_their_key_only(pictures):
    x = photographs(pictures)
    with backend.use("numpy"):
        layer = layers.RandomRotation(0.2)

        def sample(index):
            return layer.on_host(
                x[0], np.random.Generator(np.random.Philox(key=[1, 0], counter=[0, 0, index, 0]))
            )

        np.testing.assert_array_equal(sample(3), sample(3))
        assert (sample(3) != sample(4)).any()


def test_a_worker_needs_no_engine(pictures):
    program = (
        "import sys, numpy as np; from corne import backend, layers\n"
        "with backend.use('numpy'):\n"
        "    x = np.full((20, 24, 3), 7, 'uint8')\n"
        f"    for name in {NAMES!r}:\n"
        f"        layer = getattr(layers, name)(**{ARGUMENTS!r}.get(name, {{}}))\n"
        "        assert layer.on_host(x, np.random.default_rng(0)).dtype == 'uint8', name\n"
        "assert 'torch' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


# -- wrong use ------------------------------------------------------------------------------------------------
IMAGES = np.zeros((2, 8, 8, 3), "float32")


@pytest.mark.parametrize(
    "make_it, argument",
    [
        (lambda: layers.RandomBrightness(1.5), "factor"),
        (lambda: layers.RandomBrightness("a"), "factor"),
        (lambda: layers.RandomBrightness(0.1, value_range=(1,)), "value_range"),
        (lambda: layers.RandomBrightness(0.1, value_range=(1, 1)), "value_range"),
        (lambda: layers.RandomBrightness(0.1, seed=0.5), "seed"),
        (lambda: layers.RandomContrast((0.1, 0.2, 0.3)), "factor"),
        (lambda: layers.RandomZoom(-1.0), "height_factor"),
        (lambda: layers.RandomShear(-0.1), "x_factor"),
        (lambda: layers.RandomRotation(0.1, fill_mode="mirror"), "fill_mode"),
        (lambda: layers.RandomRotation(0.1, interpolation="cubic"), "interpolation"),
        (lambda: layers.RandomFlip("diagonal"), "mode"),
        (lambda: layers.RandomCrop(0, 5), "height"),
        (lambda: layers.Resizing(5, 5.0), "width"),
        (lambda: layers.Resizing(5, 5, fill_mode="reflect"), "fill_mode"),
        (lambda: layers.RandomGaussianBlur(kernel_size=4), "kernel_size"),
        (lambda: layers.RandomPosterization(9), "factor"),
        (lambda: layers.RandomErasing(fill_value=(1, 2)), "fill_value"),
        (lambda: layers.RandomPerspective(scale=2), "scale"),
        (lambda: layers.MixUp(alpha=0), "alpha"),
        (lambda: layers.RandAugment(num_ops=0), "num_ops"),
        (lambda: layers.RandomFlip(data_format="last"), "data_format"),
        (lambda: layers.RandomFlip(bounding_box_format="xyxx"), "bounding_box_format"),
        (lambda: layers.MaxNumBoundingBoxes(0), "max_number"),
        (lambda: layers.Equalization(bins=0), "bins"),
    ],
)
def test_wrong_arguments(make_it, argument):
    with pytest.raises(ArgumentError) as error:
        make_it()
    assert argument in error.value.where
    assert error.value.expected
    assert error.value.given


@pytest.mark.parametrize(
    "layer, data, kind",
    [
        (lambda: layers.RandomFlip(), np.zeros((8, 8)), ShapeError),
        (lambda: layers.RandomFlip(), {"pictures": IMAGES}, DataError),
        (lambda: layers.RandomFlip(), {"images": IMAGES, "labels": np.zeros(3)}, DataError),
        (
            lambda: layers.RandomFlip(),
            {"images": IMAGES, "bounding_boxes": {"boxes": np.zeros((2, 1, 4)), "labels": np.zeros((2, 1))}},
            ArgumentError,
        ),
        (
            lambda: layers.RandomFlip(bounding_box_format="xyxy"),
            {"images": IMAGES, "bounding_boxes": {"boxes": np.zeros((2, 1, 5)), "labels": np.zeros((2, 1))}},
            ShapeError,
        ),
        (
            lambda: layers.RandomFlip(bounding_box_format="xyxy"),
            {"images": IMAGES, "bounding_boxes": {"boxes": np.zeros((2, 3, 4)), "labels": np.zeros((2, 1))}},
            DataError,
        ),
        (
            lambda: layers.RandomFlip(bounding_box_format="xyxy"),
            {"images": IMAGES, "bounding_boxes": np.zeros((2, 1, 4))},
            DataError,
        ),
        (
            lambda: layers.CutMix(bounding_box_format="xyxy"),
            {"images": IMAGES, "bounding_boxes": {"boxes": np.zeros((2, 1, 4)), "labels": np.zeros((2, 1))}},
            DataError,
        ),
        (lambda: layers.MixUp(), {"images": IMAGES, "labels": np.array([0, 1])}, DataError),
        (lambda: layers.RandomHue(0.5), np.zeros((2, 8, 8, 1)), ShapeError),
    ],
)
def test_wrong_data(engine, layer, data, kind):
    with pytest.raises(kind) as error:
        layer()(data, training=True)
    assert isinstance(error.value, CorneError)
    assert error.value.where
