"""Xception: separable convolutions with shortcuts.

Source: Chollet 2017, "Xception: deep learning with depthwise separable convolutions", figure 5,
https://arxiv.org/abs/1610.02357
"""

from __future__ import annotations

from typing import Any

from corne import layers

from corne_applications._blocks import activated, normalized
from corne_applications.application import Options, StandardApplication


class XceptionNetwork(StandardApplication):
    """Separable convolutions in fourteen blocks: entry, eight times the middle flow, exit.

    Input: pixels as :func:`corne.applications.xception.preprocess_input` scales them, to -1 to 1.

    Source: Chollet 2017, https://arxiv.org/abs/1610.02357, figure 5
    """

    least = 71
    mode = "tf"
    pooling_names = False

    def features(self, x: Any, options: Options) -> Any:
        """Return the features of the exit flow."""
        for name, filters, stride in (("block1_conv1", 32, 2), ("block1_conv2", 64, 1)):
            x = layers.Conv2D(filters, 3, strides=stride, use_bias=False, name=name)(x)
            x = activated(normalized(x, f"{name}_bn"), "relu", f"{name}_act")
        for block, filters in ((2, 128), (3, 256), (4, 728)):
            x = downsampling(x, (filters, filters), f"block{block}", activated_first=block > 2)
        for block in range(5, 13):
            middle = x
            for number in (1, 2, 3):
                middle = activated(middle, "relu", f"block{block}_sepconv{number}_act")
                middle = separable(middle, 728, f"block{block}_sepconv{number}")
            x = layers.Add()([middle, x])
        x = downsampling(x, (728, 1024), "block13")
        for number, filters in ((1, 1536), (2, 2048)):
            x = separable(x, filters, f"block14_sepconv{number}")
            x = activated(x, "relu", f"block14_sepconv{number}_act")
        return x


def separable(x: Any, filters: int, name: str) -> Any:
    """Apply a 3 by 3 separable convolution, normalized."""
    x = layers.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return normalized(x, f"{name}_bn")


def downsampling(x: Any, filters: tuple[int, int], name: str, activated_first: bool = True) -> Any:
    """Halve the size in two separable convolutions and pooling, with a strided convolution around them."""
    shortcut = layers.Conv2D(filters[1], 1, strides=2, padding="same", use_bias=False)(x)
    shortcut = normalized(shortcut)
    if activated_first:
        x = activated(x, "relu", f"{name}_sepconv1_act")
    x = separable(x, filters[0], f"{name}_sepconv1")
    x = activated(x, "relu", f"{name}_sepconv2_act")
    x = separable(x, filters[1], f"{name}_sepconv2")
    x = layers.MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return layers.Add()([x, shortcut])


Xception = XceptionNetwork("Xception", 299, "xception")
