"""ResNet: bottleneck blocks with a shortcut around each.

Source: He et al. 2016, "Deep residual learning for image recognition", table 1 and figure 5 (right),
https://arxiv.org/abs/1512.03385
"""

from __future__ import annotations

from typing import Any, ClassVar

from corne import layers

from corne_applications._blocks import activated, normalized, pads_symmetrically
from corne_applications.application import Options, StandardApplication

EPSILON = 1.001e-5
FILTERS = (64, 128, 256, 512)


class ResNet(StandardApplication):
    """Four stages of bottleneck blocks; a block adds its input to its output.

    Input: pixels as :func:`corne.applications.resnet.preprocess_input` scales them, in BGR order.

    Args:
        title: The public name.
        depths: Blocks in each stage.
        name: Default name of the models.

    Source: He et al. 2016, https://arxiv.org/abs/1512.03385, table 1
    """

    mode = "caffe"
    normalized_stem: ClassVar[bool] = True

    def __init__(self, title: str, depths: tuple[int, ...], name: str) -> None:
        super().__init__(title, name=name)
        self.depths = depths

    def features(self, x: Any, options: Options) -> Any:
        """Return the features of the fourth stage."""
        x = layers.ZeroPadding2D(3, name="conv1_pad")(x)
        x = layers.Conv2D(64, 7, strides=2, name="conv1_conv")(x)
        if self.normalized_stem:
            x = normalized(x, "conv1_bn", epsilon=EPSILON)
            x = activated(x, "relu", "conv1_relu")
        x = layers.ZeroPadding2D(1, name="pool1_pad")(x)
        x = layers.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
        return self.stages(x)

    def stages(self, x: Any) -> Any:
        """Return the features after the stages ``conv2`` to ``conv5``."""
        for stage, (depth, filters) in enumerate(zip(self.depths, FILTERS, strict=True), 2):
            for number in range(1, depth + 1):
                stride = 2 if number == 1 and stage > 2 else 1
                x = bottleneck(x, filters, stride, number == 1, f"conv{stage}_block{number}")
        return x


def bottleneck(x: Any, filters: int, stride: int, projected: bool, name: str) -> Any:
    """Return ``relu(shortcut + block)``; the stride is in the first convolution, as in the paper.

    In PyTorch's libraries it is in the second one.
    """

    def conv(x: Any, part: int, filters: int, kernel: int = 1, **options: Any) -> Any:
        x = layers.Conv2D(filters, kernel, name=f"{name}_{part}_conv", **options)(x)
        return normalized(x, f"{name}_{part}_bn", epsilon=EPSILON)

    shortcut = conv(x, 0, 4 * filters, strides=stride) if projected else x
    first, second = (1, stride) if pads_symmetrically() else (stride, 1)
    x = activated(conv(x, 1, filters, strides=first), "relu", f"{name}_1_relu")
    padding = "same"
    if second > 1:
        x, padding = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x), "valid"
    x = activated(conv(x, 2, filters, 3, strides=second, padding=padding), "relu", f"{name}_2_relu")
    x = layers.Add(name=f"{name}_add")([shortcut, conv(x, 3, 4 * filters)])
    return activated(x, "relu", f"{name}_out")


ResNet50 = ResNet("ResNet50", (3, 4, 6, 3), "resnet50")
ResNet101 = ResNet("ResNet101", (3, 4, 23, 3), "resnet101")
ResNet152 = ResNet("ResNet152", (3, 8, 36, 3), "resnet152")
