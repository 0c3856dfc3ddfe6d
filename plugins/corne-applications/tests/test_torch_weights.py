"""State dicts of torchvision: the same outputs for the same pixels."""

import corne
import numpy as np
import pytest
from corne import applications

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")
pytestmark = [pytest.mark.oracle, pytest.mark.slow]

#: torchvision's name, ours, and whether our model normalizes pixels itself.
NETWORKS = [
    ("vgg16", "VGG16", False), ("densenet121", "DenseNet121", False), ("resnet50", "ResNet50", False),
    ("mobilenet_v2", "MobileNetV2", False), ("mobilenet_v3_large", "MobileNetV3Large", False),
    ("mobilenet_v3_small", "MobileNetV3Small", False), ("efficientnet_b0", "EfficientNetB0", True),
    ("convnext_tiny", "ConvNeXtTiny", True),
]  # fmt: skip


@pytest.mark.parametrize(("theirs", "ours", "normalizes"), NETWORKS)
def test_outputs(theirs, ours, normalizes, tmp_path):
    torch.manual_seed(0)
    other = getattr(torchvision.models, theirs)(weights=None).eval()
    for module in other.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
            module.weight.data.uniform_(0.5, 1.5)
    torch.save(other.state_dict(), tmp_path / "w.pth")
    corne.utils.clear_session()
    options = {"include_preprocessing": False} if ours.startswith("MobileNetV3") else {}
    model = getattr(applications, ours)(weights=tmp_path / "w.pth", classifier_activation=None, **options)
    pixels = np.random.default_rng(0).uniform(0, 255, (1, 224, 224, 3)).astype("float32")
    scaled = applications.imagenet_utils.preprocess_input(pixels, mode="torch")
    with torch.no_grad():
        expected = other(torch.tensor(scaled).permute(0, 3, 1, 2)).numpy()
    found = np.asarray(model.predict(pixels if normalizes else scaled, verbose=0))
    np.testing.assert_allclose(found / np.abs(expected).max(), expected / np.abs(expected).max(), atol=1e-5)
