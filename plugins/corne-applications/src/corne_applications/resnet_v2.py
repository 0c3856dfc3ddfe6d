"""ResNetV2: residual blocks that normalize first.

Source: He et al. 2016, "Identity mappings in deep residual networks", figure 4 (e), https://arxiv.org/abs/1603.05027
"""

from __future__ import annotations

from typing import Any

from corne import layers

from corne_applications._blocks import activated, normalized
from corne_applications.application import Options
from corne_applications.resnet import EPSILON, FILTERS, ResNet


class ResNetV2(ResNet):
    """Four stages of bottleneck blocks that normalize and activate before each convolution.

    Input: pixels as :func:`corne.applications.resnet_v2.preprocess_input` scales them, to -1 to 1.

    Args:
        title: The public name.
        depths: Blocks in each stage.
        name: Default name of the models.

    Source: He et al. 2016, https://arxiv.org/abs/1603.05027, figure 4 (e)
    """

    mode = "tf"
    normalized_stem = False

    def features(self, x: Any, options: Options) -> Any:
        """Return the normalized features of the fourth stage."""
        x = super().features(x, options)
        return activated(normalized(x, "post_bn", epsilon=EPSILON), "relu", "post_relu")

    def stages(self, x: Any) -> Any:
        """Return the features after the stages; each but the last halves the size in its last block."""
        for stage, (depth, filters) in enumerate(zip(self.depths, FILTERS, strict=True), 2):
            for number in range(1, depth + 1):
                stride = 2 if number == depth and stage < 5 else 1
                x = bottleneck_v2(x, filters, stride, number == 1, f"conv{stage}_block{number}")
        return x


def bottleneck_v2(x: Any, filters: int, stride: int, projected: bool, name: str) -> Any:
    """Return ``shortcut + block``; the stride is in the 3 by 3 convolution."""
    first = activated(normalized(x, f"{name}_preact_bn", epsilon=EPSILON), "relu", f"{name}_preact_relu")
    if projected:
        shortcut = layers.Conv2D(4 * filters, 1, strides=stride, name=f"{name}_0_conv")(first)
    else:
        shortcut = layers.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = layers.Conv2D(filters, 1, use_bias=False, name=f"{name}_1_conv")(first)
    x = activated(normalized(x, f"{name}_1_bn", epsilon=EPSILON), "relu", f"{name}_1_relu")
    x = layers.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=f"{name}_2_conv")(x)
    x = activated(normalized(x, f"{name}_2_bn", epsilon=EPSILON), "relu", f"{name}_2_relu")
    x = layers.Conv2D(4 * filters, 1, name=f"{name}_3_conv")(x)
    return layers.Add(name=f"{name}_out")([shortcut, x])


ResNet50V2 = ResNetV2("ResNet50V2", (3, 4, 6, 3), "resnet50v2")
ResNet101V2 = ResNetV2("ResNet101V2", (3, 4, 23, 3), "resnet101v2")
ResNet152V2 = ResNetV2("ResNet152V2", (3, 8, 36, 3), "resnet152v2")
