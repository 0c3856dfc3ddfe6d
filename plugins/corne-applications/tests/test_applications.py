"""Architectures without any other framework: sizes, arguments, modules, mistakes."""

import importlib
import inspect

import corne
import numpy as np
import pytest
from corne import Input, Model, applications, config, layers
from corne.errors import ArgumentError, CorneError, DTypeError, FileFormatError, ShapeError
from corne.ops import convert_to_numpy as numpy

#: Parameters with and without classifier, as the papers' authors and Keras's documentation state them.
PARAMETERS = {
    "Xception": (22_910_480, 20_861_480),
    "VGG16": (138_357_544, 14_714_688),
    "ResNet50": (25_636_712, 23_587_712),
    "ResNet101": (44_707_176, 42_658_176),
    "ResNet50V2": (25_613_800, 23_564_800),
    "InceptionV3": (23_851_784, 21_802_784),
    "InceptionResNetV2": (55_873_736, 54_336_736),
    "MobileNet": (4_253_864, 3_228_864),
    "MobileNetV2": (3_538_984, 2_257_984),
    "MobileNetV3Large": (5_507_432, 2_996_352),
    "MobileNetV3Small": (2_554_968, 939_120),
    "DenseNet121": (8_062_504, 7_037_504),
    "DenseNet201": (20_242_984, 18_321_984),
    "NASNetMobile": (5_326_716, 4_269_716),
    "EfficientNetB0": (5_330_571, 4_049_571),
    "EfficientNetB1": (7_856_239, 6_575_239),
    "EfficientNetV2B0": (7_200_312, 5_919_312),
    "EfficientNetV2S": (21_612_360, 20_331_360),
    "ConvNeXtTiny": (28_589_128, 27_820_128),
    # Numbers in the published state dict of PyTorch (efficientnet-lite0-57934424.pth).
    "EfficientNetLite0": (4_694_024, 3_413_024),
}


@pytest.fixture(autouse=True)
def channels_last():
    corne.utils.clear_session()
    yield
    config.set_image_data_format("channels_last")


@pytest.mark.parametrize("title", PARAMETERS)
def test_number_of_parameters(title):
    application = getattr(applications, title)
    whole, features = PARAMETERS[title]
    if whole < 30e6:  # the larger ones take seconds to fill with random numbers
        assert application(weights=None).count_params() == whole
    without = application(weights=None, include_top=False)
    # ConvNeXt's normalization before the classifier has a place in its features, too.
    assert without.count_params() == features
    assert without.output_shape[0] is None


def test_every_module_is_there():
    from corne.applications.resnet50 import ResNet50, decode_predictions, preprocess_input
    from corne_applications._plugin import _MODULES

    assert applications.resnet50.ResNet50 is ResNet50 is applications.ResNet50 is applications.resnet.ResNet50
    assert applications.imagenet_utils.decode_predictions is decode_predictions
    assert callable(preprocess_input)
    for module in _MODULES:
        face = importlib.import_module(f"corne.applications.{module}")
        assert {"decode_predictions", "preprocess_input"} <= set(dir(face))
    assert {"VGG16", "vgg16", "imagenet_utils"} <= set(dir(applications))


def test_signatures_have_the_members_name():
    parameters = inspect.signature(applications.ResNet50).parameters
    assert list(parameters) == [
        "include_top", "weights", "input_tensor", "input_shape", "pooling", "classes", "classifier_activation", "name",
    ]  # fmt: skip
    assert parameters["name"].default == "resnet50"
    assert parameters["weights"].default == "imagenet"
    assert applications.ResNet50.__name__ == "ResNet50"


@pytest.mark.parametrize(("pooling", "shape"), [(None, (1, 2, 2, 576)), ("avg", (1, 576)), ("max", (1, 576))])
def test_pooling(pooling, shape):
    model = applications.MobileNetV3Small(
        input_shape=(64, 64, 3), weights=None, include_top=False, pooling=pooling
    )
    assert tuple(model(np.zeros((1, 64, 64, 3), "float32")).shape) == shape


def test_a_given_tensor_is_where_it_begins():
    start = Input((96, 96, 3), name="pixels")
    model = applications.MobileNetV2(
        input_tensor=layers.Rescaling(1 / 127.5, -1)(start), include_top=False, weights=None
    )
    assert [layer.name for layer in model.layers][:3] == ["pixels", "rescaling", "Conv1"]
    assert model.input_shape == (None, 96, 96, 3)
    assert isinstance(model, Model)


def test_another_number_of_classes_and_no_activation():
    model = applications.MobileNetV3Small(
        input_shape=(32, 32, 3), weights=None, classes=7, classifier_activation=None
    )
    scores = numpy(model(np.zeros((2, 32, 32, 3), "float32")))
    assert scores.shape == (2, 7)
    assert abs(scores.sum(1) - 1).max() > 1e-3


def test_saved_and_loaded(tmp_path):
    x = np.random.default_rng(0).uniform(0, 255, (1, 32, 32, 3)).astype("float32")
    model = applications.ConvNeXtTiny(input_shape=(32, 32, 3), weights=None, include_top=False, pooling="avg")
    model.save(tmp_path / "m.keras")
    again = corne.models.load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(numpy(again(x)), numpy(model(x)))


@pytest.mark.parametrize("title", ["ResNet50", "MobileNetV2", "EfficientNetB0", "DenseNet121"])
def test_channels_first_is_the_same_network(title):
    x = np.random.default_rng(0).uniform(0, 1, (1, 64, 64, 3)).astype("float32")
    build = getattr(applications, title)
    last = build(include_top=False, weights=None, pooling="avg", input_shape=(64, 64, 3))
    config.set_image_data_format("channels_first")
    first = build(include_top=False, weights=None, pooling="avg", input_shape=(3, 64, 64))
    first.set_weights(last.get_weights())
    found = numpy(first(x.transpose(0, 3, 1, 2)))
    config.set_image_data_format("channels_last")
    np.testing.assert_allclose(found, numpy(last(x)), atol=1e-4, rtol=1e-4)


MISTAKES = [
    ({"weights": "imagnet"}, "MobileNetV2(weights=…)"),
    ({"weights": "/no/such/file.h5"}, "MobileNetV2(weights=…)"),
    ({"weights": "imagenet", "classes": 10}, "MobileNetV2(classes=…)"),
    ({"weights": "imagenet", "input_shape": (64, 64, 3)}, "MobileNetV2(input_shape=…)"),
    ({"weights": "imagenet", "include_top": False, "input_shape": (96, 96, 4)}, "MobileNetV2(input_shape=…)"),
    ({"weights": "imagenet", "alpha": 0.4}, "MobileNetV2(alpha=…)"),
    ({"weights": "imagenet", "classifier_activation": "relu"}, "MobileNetV2(classifier_activation=…)"),
    ({"input_shape": (16, 16, 3)}, "MobileNetV2(input_shape=…)"),
    ({"input_shape": (224, 224)}, "MobileNetV2(input_shape=…)"),
    ({"input_shape": (None, None, 3)}, "MobileNetV2(input_shape=…)"),
    ({"pooling": "mean", "include_top": False}, "MobileNetV2(pooling=…)"),
    ({"classes": 0}, "MobileNetV2(classes=…)"),
    ({"classes": "ten"}, "MobileNetV2(classes=…)"),
    ({"input_tensor": np.zeros((1, 96, 96, 3))}, "MobileNetV2(input_tensor=…)"),
    ({"input_tensor": 5}, "MobileNetV2(input_tensor=…)"),
]


@pytest.mark.parametrize(("arguments", "where"), MISTAKES, ids=lambda value: str(value)[:40])
def test_mistakes(arguments, where):
    with pytest.raises((ArgumentError, DTypeError)) as caught:
        applications.MobileNetV2(**{"weights": None, **arguments})
    assert caught.value.where == where
    assert caught.value.expected
    assert caught.value.given


def test_without_a_network_the_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    from corne_data import transfer

    monkeypatch.setattr(transfer, "_ATTEMPTS", 1)
    monkeypatch.setattr("corne_applications._published._ROOT", "http://127.0.0.1:9/")
    with pytest.raises(CorneError) as caught:
        applications.ResNet50()
    for part in (
        "resnet50_weights_tf_dim_ordering_tf_kernels.h5",
        "2cb95161c43110f7111970584f804107",
        str(tmp_path),
    ):
        assert part in caught.value.fix


def test_an_official_file_put_there_by_hand_must_be_the_right_one(tmp_path, monkeypatch):
    monkeypatch.setenv("CORNE_HOME", str(tmp_path))
    from corne_data import transfer

    monkeypatch.setattr(transfer, "_ATTEMPTS", 1)
    monkeypatch.setattr("corne_applications._published._ROOT", "http://127.0.0.1:9/")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "resnet50_weights_tf_dim_ordering_tf_kernels.h5").write_bytes(b"other")
    with pytest.raises(CorneError, match="fetch resnet50"):
        applications.ResNet50()


def test_weights_of_another_architecture_change_nothing(tmp_path):
    applications.MobileNetV3Small(input_shape=(32, 32, 3), weights=None).save_weights(
        tmp_path / "small.weights.h5"
    )
    with pytest.raises(CorneError):
        applications.MobileNetV2(weights=tmp_path / "small.weights.h5")


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "w.weights.h5"
    applications.MobileNetV3Small(weights=None, include_top=False).save_weights(path)
    path.write_bytes(path.read_bytes()[:100_000])
    with pytest.raises(FileFormatError):
        applications.MobileNetV3Small(weights=path, include_top=False)


@pytest.mark.parametrize("ending", [".weights.h5", ".keras", ".npz", ".h5"])
def test_weights_from_files(tmp_path, ending):
    build = applications.MobileNetV2
    model = build(input_shape=(32, 32, 3), alpha=0.35, weights=None, classes=5)
    path = tmp_path / f"w{ending}"
    (model.save if ending in (".keras", ".h5") else model.save_weights)(path)
    again = build(input_shape=(32, 32, 3), alpha=0.35, weights=str(path), classes=5)
    for one, other in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_old_resnet50_is_recognized(tmp_path):
    """Written as Keras 2.1 did: other names, an epsilon of 1e-3."""
    import h5py
    from corne_applications._old_files import _OLD_EPSILON, new_name

    model = applications.ResNet50(weights=None, include_top=False)
    today = {layer.name: layer for layer in model.layers}
    parts = ["2a", "2b", "2c", "1"]
    counts = {2: 3, 3: 4, 4: 6, 5: 3}
    old = ["conv1", "bn_conv1"]
    for stage, count in counts.items():
        for letter in "abcdef"[:count]:
            blocks = parts if letter == "a" else parts[:3]
            old += [f"{kind}{stage}{letter}_branch{part}" for part in blocks for kind in ("res", "bn")]
    generator = np.random.default_rng(0)
    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = [name.encode() for name in old]
        file.attrs["keras_version"] = b"2.1.6"
        file.attrs["backend"] = b"tensorflow"
        for name in old:
            group = file.create_group(name)
            weights = today[new_name(name)].weights
            group.attrs["weight_names"] = [f"{name}/{weight.name}:0".encode() for weight in weights]
            for weight in weights:
                group[f"{name}/{weight.name}:0"] = generator.uniform(0.5, 1, weight.shape).astype("float32")
    loaded = applications.ResNet50(weights=tmp_path / "old.h5", include_top=False)
    bn = loaded.get_layer("conv3_block2_2_bn")
    with h5py.File(tmp_path / "old.h5") as file:
        stored = {
            key.partition(":")[0]: np.array(value)
            for key, value in file["bn3b_branch2b/bn3b_branch2b"].items()
        }
    was = stored["gamma"] / np.sqrt(stored["moving_variance"] + _OLD_EPSILON)
    now = bn.gamma.numpy() / np.sqrt(bn.moving_variance.numpy() + bn.epsilon)
    np.testing.assert_allclose(now, was, rtol=1e-6)


def test_state_dicts_of_other_architectures_are_refused(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"layer.weight": torch.zeros(2, 2)}, tmp_path / "other.pth")
    with pytest.raises(FileFormatError, match="another architecture"):
        applications.ResNet50(weights=tmp_path / "other.pth")
    with pytest.raises(FileFormatError, match="no names are known"):
        applications.Xception(weights=tmp_path / "other.pth")
    torch.save({"layer1.0.conv1.weight": torch.zeros(2, 2)}, tmp_path / "part.pth")
    with pytest.raises(ShapeError, match="Nothing was loaded"):
        applications.ResNet50(weights=tmp_path / "part.pth")
    (tmp_path / "bad.pth").write_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(FileFormatError):
        applications.ResNet50(weights=tmp_path / "bad.pth")


def test_an_old_efficientnet_is_refused_with_the_reason(tmp_path):
    import h5py

    with h5py.File(tmp_path / "old.h5", "w") as file:
        file.attrs["layer_names"] = [b"stem_conv"]
        group = file.create_group("stem_conv")
        group.attrs["weight_names"] = [b"stem_conv/kernel:0"]
        group["stem_conv/kernel:0"] = np.zeros((3, 3, 3, 32), "float32")
    with pytest.raises(FileFormatError, match="keras_applications"):
        applications.EfficientNetB0(weights=tmp_path / "old.h5")


def test_weights_of_a_stranger_go_before_official_ones(tmp_path, monkeypatch):
    from corne.plugins import registry

    path = tmp_path / "w.weights.h5"
    model = applications.MobileNetV3Small(weights=None)
    model.save_weights(path)
    names, get = registry.names, registry.get
    keys = ["MobileNetV3Small/imagenet-224_1.0_float", "MobileNetV3Small/birds"]
    monkeypatch.setattr(registry, "names", lambda kind: keys if kind == "weights" else names(kind))
    monkeypatch.setattr(
        registry, "get", lambda kind, name: (lambda: path) if kind == "weights" else get(kind, name)
    )
    found = applications.MobileNetV3Small(weights="imagenet").get_weights()
    np.testing.assert_array_equal(found[0], model.get_weights()[0])
    with pytest.raises(ArgumentError, match="birds, imagenet"):
        applications.MobileNetV3Small(weights="birdz")
