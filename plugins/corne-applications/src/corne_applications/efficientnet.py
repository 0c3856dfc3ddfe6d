"""EfficientNet: depth, width and size scaled together.

Source: Tan & Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks", tables 1 and 2,
https://arxiv.org/abs/1905.11946
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from corne import layers

from corne_applications._blocks import activated, channel_axis, divisible, halving_pad, normalized
from corne_applications._mbconv import DENSE_INITIALIZER, Block, conv, mbconv
from corne_applications.application import Options, StandardApplication

#: Kernel, repeats, input and output channels, expansion and stride of each stage of B0 (table 1).
STAGES = (
    (3, 1, 32, 16, 1, 1), (3, 2, 16, 24, 6, 2), (5, 2, 24, 40, 6, 2), (3, 3, 40, 80, 6, 2),
    (5, 3, 80, 112, 6, 1), (5, 4, 112, 192, 6, 2), (3, 1, 192, 320, 6, 1),
)  # fmt: skip

_DEVIATIONS = (0.229, 0.224, 0.225)  # of ImageNet's red, green and blue, of 0 to 1


class EfficientNet(StandardApplication):
    """Seven stages of MBConv blocks.

    Input: pixels of 0 to 255; the model normalizes them.

    Args:
        title: The public name.
        width: Factor of the channels of B0.
        depth: Factor of the blocks of B0.
        size: Height and width in pixels.
        dropout: Probability before the classifier.
        name: Default name of the models.

    Source: Tan & Le 2019, https://arxiv.org/abs/1905.11946
    """

    def __init__(self, title: str, width: float, depth: float, size: int, dropout: float, name: str) -> None:
        super().__init__(title, size, name)
        self.width = width
        self.depth = depth
        self.dropout = dropout

    def features(self, x: Any, options: Options) -> Any:
        """Return the features of ``top_conv``."""
        x = layers.Rescaling(1.0 / 255.0)(x)
        x = layers.Normalization(axis=channel_axis())(x)
        if options.weights == "imagenet":
            # The published weights were trained on pixels divided by the variance, not the deviation
            # (https://github.com/tensorflow/tensorflow/issues/49930); this is the other half of it.
            x = layers.Rescaling([1.0 / math.sqrt(deviation) for deviation in _DEVIATIONS])(x)
        x = layers.ZeroPadding2D(halving_pad(x, 3), name="stem_conv_pad")(x)
        x = conv(x, divisible(32 * self.width), 3, "stem_conv", strides=2, padding="valid")
        x = activated(normalized(x, "stem_bn"), "swish", "stem_activation")
        for block in self.blocks():
            x = mbconv(x, block)
        x = conv(x, divisible(1280 * self.width), 1, "top_conv")
        return activated(normalized(x, "top_bn"), "swish", "top_activation")

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, scaled; the deeper, the more often one is skipped in training, up to 0.2."""
        repeats = [math.ceil(self.depth * stage[1]) for stage in STAGES]
        number = 0
        for stage, (kernel, _, inputs, outputs, expansion, stride) in enumerate(STAGES):
            filters = divisible(outputs * self.width)
            for repeat in range(repeats[stage]):
                first = repeat == 0
                yield Block(
                    f"block{stage + 1}{chr(97 + repeat)}_", divisible(inputs * self.width) if first else filters,
                    filters, kernel, stride if first else 1, expansion, drop=0.2 * number / sum(repeats),
                )  # fmt: skip
                number += 1

    def head(self, x: Any, options: Options) -> Any:
        """Return the classifier's output."""
        return dropout_head(x, options, self.dropout)


def dropout_head(x: Any, options: Options, dropout: float) -> Any:
    """Return the output of average pooling, dropout and a dense layer."""
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    x = layers.Dropout(dropout, name="top_dropout")(x)
    return layers.Dense(
        options.classes, activation=options.classifier_activation, kernel_initializer=DENSE_INITIALIZER,
        name="predictions",
    )(x)  # fmt: skip


EfficientNetB0 = EfficientNet("EfficientNetB0", 1.0, 1.0, 224, 0.2, "efficientnetb0")
EfficientNetB1 = EfficientNet("EfficientNetB1", 1.0, 1.1, 240, 0.2, "efficientnetb1")
EfficientNetB2 = EfficientNet("EfficientNetB2", 1.1, 1.2, 260, 0.3, "efficientnetb2")
EfficientNetB3 = EfficientNet("EfficientNetB3", 1.2, 1.4, 300, 0.3, "efficientnetb3")
EfficientNetB4 = EfficientNet("EfficientNetB4", 1.4, 1.8, 380, 0.4, "efficientnetb4")
EfficientNetB5 = EfficientNet("EfficientNetB5", 1.6, 2.2, 456, 0.4, "efficientnetb5")
EfficientNetB6 = EfficientNet("EfficientNetB6", 1.8, 2.6, 528, 0.5, "efficientnetb6")
EfficientNetB7 = EfficientNet("EfficientNetB7", 2.0, 3.1, 600, 0.5, "efficientnetb7")
