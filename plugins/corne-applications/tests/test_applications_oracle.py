"""Every architecture against Keras's: names, shapes, order, outputs after Keras's weights went through a file."""

import os

import corne
import numpy as np
import pytest
from corne import applications, config, losses
from corne.ops import convert_to_numpy

os.environ.setdefault("KERAS_BACKEND", "torch")
keras = pytest.importorskip("keras")
if keras.backend.backend() != "torch" or corne.backend.name() == "numpy":
    pytest.skip("compares with Keras on torch", allow_module_level=True)

pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore")]

TITLES = sorted(name for name in dir(keras.applications) if name[0].isupper())
#: One of each family, small ones first.
FAMILIES = ["MobileNetV3Small", "MobileNet", "MobileNetV2", "EfficientNetB0", "EfficientNetV2B0", "DenseNet121", "ResNet50",
            "ResNet50V2", "ConvNeXtTiny", "InceptionV3", "Xception", "NASNetMobile", "VGG16", "InceptionResNetV2"]  # fmt: skip


def theirs(title, **arguments):
    if title != "NASNetMobile":
        return getattr(keras.applications, title)(**arguments)
    from keras.src.applications.nasnet import NASNet  # Keras doesn't offer this member on torch

    arguments.setdefault("name", "nasnet_mobile")
    if not arguments.get("include_top", True):
        arguments.setdefault("input_shape", (224, 224, 3))
    return NASNet(
        penultimate_filters=1056, num_blocks=4, stem_block_filters=32, skip_reduction=False, filter_multiplier=2,
        default_size=224, **arguments,
    )  # fmt: skip


def both(title, **arguments):
    keras.utils.clear_session()
    corne.utils.clear_session()
    return getattr(applications, title)(weights=None, **arguments), theirs(title, weights=None, **arguments)


def look(model):
    return [(layer.name, [tuple(weight.shape) for weight in layer.weights]) for layer in model.layers]


def same_structure(ours, other):
    assert look(ours) == look(other)
    assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in other.weights]
    assert [w.shape for w in ours.trainable_weights] == [tuple(w.shape) for w in other.trainable_weights]
    assert ours.count_params() == other.count_params()
    assert ours.name == other.name
    assert tuple(ours.output_shape) == tuple(other.output_shape)


def randomize(model):
    """Give normalization layers other moments than those they begin with.

    With factors below 1, for sums of a hundred untrained blocks grow so far that roundings decide the result.
    """
    generator = np.random.default_rng(1)
    for layer in model._flatten_layers():
        if type(layer).__name__ == "BatchNormalization":
            smaller = 0.4 if layer.scale else 1.0
            values = [generator.uniform(0.8, 1.2, weight.shape) for weight in layer.weights]
            layer.set_weights([values[0] * smaller, *values[1:]])
        elif type(layer).__name__ == "LayerScale":
            layer.set_weights([generator.uniform(0.2, 0.5, w.shape) for w in layer.weights])


def write_official(model, path):
    """Write weights in the format of the published files."""
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    with h5py.File(path, "w") as file:
        save_weights_to_hdf5_group(file, model)


def close(found, expected, tolerance=1e-4):
    scale = float(np.abs(expected).max())
    np.testing.assert_allclose(found / scale, expected / scale, atol=tolerance)


@pytest.mark.slow
@pytest.mark.parametrize("title", TITLES)
def test_structure(title):
    same_structure(*both(title))
    same_structure(*both(title, include_top=False, pooling="max"))
    same_structure(*both(title, include_top=False))


@pytest.mark.parametrize("title", ["MobileNetV3Small", "EfficientNetV2B0"])
def test_structure_of_two(title):
    same_structure(*both(title))


@pytest.mark.slow
@pytest.mark.parametrize("title", TITLES)
def test_outputs_after_weights_went_through_a_file(title, tmp_path):
    size = max(96, getattr(applications, title).least)
    ours, other = both(title, include_top=False, pooling="avg", input_shape=(size, size, 3))
    randomize(other)
    write_official(other, tmp_path / "official.h5")
    loaded = getattr(applications, title)(
        include_top=False, pooling="avg", input_shape=(size, size, 3), weights=tmp_path / "official.h5"
    )
    x = np.random.default_rng(0).uniform(0, 255, (1, size, size, 3)).astype("float32")
    x = convert_to_numpy(getattr(applications, title).scale(x))
    expected = keras.ops.convert_to_numpy(other(x))
    close(convert_to_numpy(loaded(x)), expected)
    ours.set_weights(other.get_weights())
    close(convert_to_numpy(ours(x)), expected)


VARIANTS = [
    ("MobileNet", {"alpha": 0.25, "depth_multiplier": 2, "dropout": 0.3}),
    ("MobileNet", {"input_shape": (128, 128, 3), "classes": 3}),
    ("MobileNetV2", {"alpha": 0.35}),
    ("MobileNetV2", {"alpha": 1.4, "input_shape": (96, 96, 3)}),
    ("MobileNetV3Small", {"minimalistic": True}),
    ("MobileNetV3Large", {"minimalistic": True, "alpha": 0.75, "dropout_rate": 0}),
    ("MobileNetV3Small", {"include_preprocessing": False, "alpha": 1.25, "input_shape": (64, 80, 3)}),
    ("EfficientNetV2B0", {"include_preprocessing": False}),
    ("EfficientNetV2B0", {"include_top": False, "input_shape": (64, 64, 1)}),
    ("ConvNeXtTiny", {"include_preprocessing": False, "name": "mine"}),
    ("ConvNeXtTiny", {"input_shape": (64, 64, 1), "classes": 4}),
    ("ResNet50", {"include_top": False, "input_shape": (33, 65, 1), "name": "small"}),
    ("InceptionV3", {"include_top": False, "pooling": "max", "input_shape": (80, 99, 3)}),
]


@pytest.mark.parametrize(("title", "arguments"), VARIANTS, ids=lambda value: str(value)[:50])
def test_other_arguments(title, arguments):
    same_structure(*both(title, **arguments))


@pytest.mark.parametrize("title", ["MobileNetV2", "EfficientNetB0", "InceptionV3"])
def test_channels_first(title):
    before = keras.config.image_data_format()
    try:
        config.set_image_data_format("channels_first")
        keras.config.set_image_data_format("channels_first")
        ours, other = both(title, include_top=False, pooling="avg", input_shape=(3, 96, 96))
        same_structure(ours, other)
        ours.set_weights(other.get_weights())
        x = np.random.default_rng(0).uniform(-1, 1, (1, 3, 96, 96)).astype("float32")
        close(convert_to_numpy(ours(x)), keras.ops.convert_to_numpy(other(x)))
    finally:
        keras.config.set_image_data_format(before)
        config.set_image_data_format("channels_last")


@pytest.fixture
def float64():
    """Make float64 the default: untrained networks with batches of two amplify roundings a million times."""
    config.set_floatx("float64")
    keras.config.set_floatx("float64")
    yield
    config.set_floatx("float32")
    keras.config.set_floatx("float32")


@pytest.mark.slow
@pytest.mark.parametrize("title", FAMILIES)
def test_gradients_of_one_step(title, float64):
    import torch

    # Where features shrink to one pixel, a batch of two has no moments to speak of.
    size = 64 if getattr(applications, title).least < 64 else 171
    arguments = {"include_top": False, "pooling": "avg", "input_shape": (size, size, 3)}
    ours, other = both(title, **arguments)
    randomize(other)
    for model in (ours, other):  # dropout draws other numbers in each framework
        for layer in model._flatten_layers():
            if type(layer).__name__ == "Dropout":
                layer.rate = 0.0
    ours.set_weights(other.get_weights())
    x = np.random.default_rng(0).uniform(0, 255, (2, size, size, 3))
    x = convert_to_numpy(getattr(applications, title).scale(x))
    y = np.random.default_rng(1).uniform(-1, 1, (2, ours.output_shape[-1]))

    def loss():
        return losses.MeanSquaredError()(y, ours(x, training=True)), None

    _, found = corne.backend.active().value_and_grad(loss, ours.trainable_variables)
    keras.losses.MeanSquaredError()(y, other(x, training=True)).backward()
    expected = [v.value.grad for v in other.trainable_variables]
    largest = max(float(gradient.norm()) for gradient in expected)
    for variable, gradient, reference in zip(ours.trainable_variables, found, expected, strict=True):
        assert gradient.dtype == torch.float64
        difference = float((gradient.detach() - reference).norm())
        # Where a gradient is zero, such as that of a bias before a normalization, Keras's is about 1e-9 with float64,
        # too: it has roundings of single precision. A hundred normalized layers make 0.5% of those.
        assert difference < 1e-2 * float(reference.norm()) + 1e-5 * largest, variable.path
