"""InceptionV3: modules of parallel branches with factorized convolutions.

Source: Szegedy et al. 2016, "Rethinking the Inception architecture for computer vision", table 1, figures 5 to 7
and 10, https://arxiv.org/abs/1512.00567
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corne import layers

from corne_applications._blocks import activated, channel_axis, normalized
from corne_applications.application import Options, StandardApplication

#: One convolution: filters, height, width of the kernel.
Conv = tuple[int, int, int]


class InceptionV3Network(StandardApplication):
    """Eleven modules of parallel branches.

    Input: pixels as :func:`corne.applications.inception_v3.preprocess_input` scales them, to -1 to 1.

    Source: Szegedy et al. 2016, https://arxiv.org/abs/1512.00567, table 1
    """

    least = 75
    mode = "tf"
    pooling_names = False

    def features(self, x: Any, options: Options) -> Any:
        """Return the features of module ``mixed10``."""
        x = conv_bn(x, 32, 3, 3, stride=2, padding="valid")
        x = conv_bn(x, 32, 3, 3, padding="valid")
        x = conv_bn(x, 64, 3, 3)
        x = layers.MaxPooling2D(3, strides=2)(x)
        x = conv_bn(x, 80, 1, 1, padding="valid")
        x = conv_bn(x, 192, 3, 3, padding="valid")
        x = layers.MaxPooling2D(3, strides=2)(x)
        for number, pooled in enumerate((32, 64, 64)):
            x = module_35(x, pooled, f"mixed{number}")
        x = reduction_17(x, "mixed3")
        for number, width in enumerate((128, 160, 160, 192), 4):
            x = module_17(x, width, f"mixed{number}")
        x = reduction_8(x, "mixed8")
        for number in (0, 1):
            x = module_8(x, number)
        return x


def conv_bn(x: Any, filters: int, height: int, width: int, stride: int = 1, padding: str = "same") -> Any:
    """Apply a convolution, batch normalization without scale, and relu."""
    x = layers.Conv2D(filters, (height, width), strides=stride, padding=padding, use_bias=False)(x)
    return activated(normalized(x, scale=False), "relu")


def chain(x: Any, convs: Iterable[Conv]) -> Any:
    """Apply convolutions one after the other."""
    for conv in convs:
        x = conv_bn(x, *conv)
    return x


def beside(branches: list[Any], name: str | None = None) -> Any:
    """Put the channels of branches beside each other."""
    return layers.Concatenate(axis=channel_axis(), name=name)(branches)


def _pooled(x: Any, filters: int) -> Any:
    return conv_bn(layers.AveragePooling2D(3, strides=1, padding="same")(x), filters, 1, 1)


def module_35(x: Any, pooled: int, name: str) -> Any:
    """Figure 5: two 3 by 3 convolutions in place of one of 5 by 5 (which the other branch keeps)."""
    return beside(
        [
            conv_bn(x, 64, 1, 1),
            chain(x, [(48, 1, 1), (64, 5, 5)]),
            chain(x, [(64, 1, 1), (96, 3, 3), (96, 3, 3)]),
            _pooled(x, pooled),
        ],
        name,
    )


def module_17(x: Any, width: int, name: str) -> Any:
    """Figure 6: 7 by 7 convolutions as 1 by 7 and 7 by 1."""
    return beside(
        [
            conv_bn(x, 192, 1, 1),
            chain(x, [(width, 1, 1), (width, 1, 7), (192, 7, 1)]),
            chain(x, [(width, 1, 1), (width, 7, 1), (width, 1, 7), (width, 7, 1), (192, 1, 7)]),
            _pooled(x, 192),
        ],
        name,
    )


def module_8(x: Any, number: int) -> Any:
    """Figure 7: the last convolutions of a branch side by side."""

    def spread(x: Any, name: str | None = None) -> Any:
        return beside([conv_bn(x, 384, 1, 3), conv_bn(x, 384, 3, 1)], name)

    return beside(
        [
            conv_bn(x, 320, 1, 1),
            spread(conv_bn(x, 384, 1, 1), f"mixed9_{number}"),
            spread(chain(x, [(448, 1, 1), (384, 3, 3)])),
            _pooled(x, 192),
        ],
        f"mixed{9 + number}",
    )


def reduction_17(x: Any, name: str) -> Any:
    """Figure 10: from 35 by 35 to 17 by 17."""
    return beside(
        [
            conv_bn(x, 384, 3, 3, stride=2, padding="valid"),
            conv_bn(chain(x, [(64, 1, 1), (96, 3, 3)]), 96, 3, 3, stride=2, padding="valid"),
            layers.MaxPooling2D(3, strides=2)(x),
        ],
        name,
    )


def reduction_8(x: Any, name: str) -> Any:
    """Figure 10: from 17 by 17 to 8 by 8."""
    return beside(
        [
            conv_bn(conv_bn(x, 192, 1, 1), 320, 3, 3, stride=2, padding="valid"),
            conv_bn(chain(x, [(192, 1, 1), (192, 1, 7), (192, 7, 1)]), 192, 3, 3, stride=2, padding="valid"),
            layers.MaxPooling2D(3, strides=2)(x),
        ],
        name,
    )


InceptionV3 = InceptionV3Network("InceptionV3", 299, "inception_v3")
