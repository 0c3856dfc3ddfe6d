"""Inception-ResNet-v2: Inception modules as residual blocks.

Source: Szegedy et al. 2017, "Inception-v4, Inception-ResNet and the impact of residual connections on learning",
figures 14 to 20, https://arxiv.org/abs/1602.07261
"""

from __future__ import annotations

from typing import Any

from corne import layers

from corne_applications._blocks import activated, channels_of, normalized
from corne_applications.application import Options, StandardApplication
from corne_applications.custom_scale_layer import CustomScaleLayer
from corne_applications.inception_v3 import beside

Kernel = int | tuple[int, int]

#: Branches of the residual blocks: filters and kernel of each convolution.
BLOCKS: dict[str, list[list[tuple[int, Kernel]]]] = {
    "block35": [[(32, 1)], [(32, 1), (32, 3)], [(32, 1), (48, 3), (64, 3)]],
    "block17": [[(192, 1)], [(128, 1), (160, (1, 7)), (192, (7, 1))]],
    "block8": [[(192, 1)], [(192, 1), (224, (1, 3)), (256, (3, 1))]],
}


class InceptionResNetV2Network(StandardApplication):
    """Forty Inception modules as residual blocks, in three sizes.

    Input: pixels as :func:`corne.applications.inception_resnet_v2.preprocess_input` scales them, to -1 to 1.

    Source: Szegedy et al. 2017, https://arxiv.org/abs/1602.07261, figure 15
    """

    least = 75
    mode = "tf"
    pooling_names = False

    def features(self, x: Any, options: Options) -> Any:
        """Return the features of ``conv_7b``."""
        x = conv_bn(x, 32, 3, stride=2, padding="valid")
        x = conv_bn(x, 32, 3, padding="valid")
        x = conv_bn(x, 64, 3)
        x = layers.MaxPooling2D(3, strides=2)(x)
        x = conv_bn(x, 80, 1, padding="valid")
        x = conv_bn(x, 192, 3, padding="valid")
        x = layers.MaxPooling2D(3, strides=2)(x)
        x = beside(
            [
                *branches(x, [[(96, 1)], [(48, 1), (64, 5)], [(64, 1), (96, 3), (96, 3)]]),
                conv_bn(layers.AveragePooling2D(3, strides=1, padding="same")(x), 64, 1),
            ],
            "mixed_5b",
        )
        for number in range(1, 11):
            x = residual(x, 0.17, "block35", number)
        x = reduction(x, [[(384, 3)], [(256, 1), (256, 3), (384, 3)]], "mixed_6a")
        for number in range(1, 21):
            x = residual(x, 0.1, "block17", number)
        x = reduction(
            x, [[(256, 1), (384, 3)], [(256, 1), (288, 3)], [(256, 1), (288, 3), (320, 3)]], "mixed_7a"
        )
        for number in range(1, 10):
            x = residual(x, 0.2, "block8", number)
        x = residual(x, 1.0, "block8", 10, activation=None)
        return conv_bn(x, 1536, 1, name="conv_7b")


def conv_bn(
    x: Any, filters: int, kernel: Kernel, stride: int = 1, padding: str = "same", name: str | None = None
) -> Any:
    """Apply a convolution, batch normalization without scale, and relu."""
    x = layers.Conv2D(filters, kernel, strides=stride, padding=padding, use_bias=False, name=name)(x)
    x = normalized(x, name and f"{name}_bn", scale=False)
    return activated(x, "relu", name and f"{name}_ac")


def branches(x: Any, convs: list[list[tuple[int, Kernel]]], last: dict[str, Any] | None = None) -> list[Any]:
    """Return one output for each list of convolutions; ``last`` has options of the last in each."""
    outputs = []
    for branch in convs:
        y = x
        for number, (filters, kernel) in enumerate(branch, 1):
            y = conv_bn(y, filters, kernel, **(last or {} if number == len(branch) else {}))
        outputs.append(y)
    return outputs


def reduction(x: Any, convs: list[list[tuple[int, Kernel]]], name: str) -> Any:
    """Halve the size in parallel branches."""
    parts = branches(x, convs, {"stride": 2, "padding": "valid"})
    return beside([*parts, layers.MaxPooling2D(3, strides=2)(x)], name)


def residual(x: Any, scale: float, kind: str, number: int, activation: str | None = "relu") -> Any:
    """Return ``x + scale * block(x)``."""
    name = f"{kind}_{number}"
    mixed = beside(branches(x, BLOCKS[kind]), f"{name}_mixed")
    up = layers.Conv2D(channels_of(x), 1, padding="same", name=f"{name}_conv")(mixed)
    x = CustomScaleLayer(scale)([x, up])
    return x if activation is None else activated(x, activation, f"{name}_ac")


InceptionResNetV2 = InceptionResNetV2Network("InceptionResNetV2", 299, "inception_resnet_v2")
