"""EfficientNetV2: fused blocks first, MBConv blocks later.

Source: Tan & Le 2021, "EfficientNetV2: smaller models and faster training", table 4, https://arxiv.org/abs/2104.00298
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

from corne import Model, layers

from corne_applications._blocks import activated, channel_axis, channels_of, normalized
from corne_applications._mbconv import Block, conv, fused_mbconv, mbconv
from corne_applications.application import Application, Options
from corne_applications.efficientnet import dropout_head

#: Repeats, input and output channels, expansion and stride of each stage; the first three are fused (table 4).
STAGES = {
    "b": ((1, 32, 16, 1, 1), (2, 16, 32, 4, 2), (2, 32, 48, 4, 2),
          (3, 48, 96, 4, 2), (5, 96, 112, 6, 1), (8, 112, 192, 6, 2)),
    "s": ((2, 24, 24, 1, 1), (4, 24, 48, 4, 2), (4, 48, 64, 4, 2),
          (6, 64, 128, 4, 2), (9, 128, 160, 6, 1), (15, 160, 256, 6, 2)),
    "m": ((3, 24, 24, 1, 1), (5, 24, 48, 4, 2), (5, 48, 80, 4, 2),
          (7, 80, 160, 4, 2), (14, 160, 176, 6, 1), (18, 176, 304, 6, 2), (5, 304, 512, 6, 1)),
    "l": ((4, 32, 32, 1, 1), (7, 32, 64, 4, 2), (7, 64, 96, 4, 2),
          (10, 96, 192, 4, 2), (19, 192, 224, 6, 1), (25, 224, 384, 6, 2), (7, 384, 640, 6, 1)),
}  # fmt: skip
MOMENTUM = 0.9


class EfficientNetV2(Application):
    """Three stages of Fused-MBConv and three or four of MBConv blocks.

    Input: pixels of 0 to 255; without preprocessing, normalized ones.

    Args:
        title: The public name.
        stages: The row of ``STAGES``.
        width: Factor of its channels.
        depth: Factor of its blocks.
        size: Height and width in pixels.
        name: Default name of the models.

    Source: Tan & Le 2021, https://arxiv.org/abs/2104.00298
    """

    def __init__(self, title: str, stages: str, width: float, depth: float, size: int, name: str) -> None:
        super().__init__(title, size, name)
        self.stages = stages
        self.width = width
        self.depth = depth

    def __call__(
        self,
        include_top: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Any = None,
        input_shape: tuple[int | None, ...] | None = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        include_preprocessing: bool = True,
        name: str | None = None,
    ) -> Model:
        """Return a model.

        Args:
            include_top: Whether the classifier is part of the model. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            input_shape: Shape of one image. Default: the architecture's; any height and width without classifier.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            include_preprocessing: Whether the model normalizes pixels itself. Default True.
            name: The model's name. Default: the architecture's.

        Raises:
            ArgumentError: Arguments that don't fit each other or the architecture.
        """
        options = Options(
            include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
            name or self.name,
        )  # fmt: skip

        def features(x: Any, options: Options) -> Any:
            if include_preprocessing:
                x = self.prepared(x)
            first = STAGES[self.stages][0][1]
            x = conv(x, self.scaled(first), 3, "stem_conv", strides=2)
            x = activated(normalized(x, "stem_bn", momentum=MOMENTUM), "swish", "stem_activation")
            for fused, block in self.blocks():
                x = fused_mbconv(x, block) if fused else mbconv(x, block)
            x = conv(x, self.scaled(1280), 1, "top_conv")
            return activated(normalized(x, "top_bn", momentum=MOMENTUM), "swish", "top_activation")

        return self.build(options, features, lambda x, options: dropout_head(x, options, 0.2))

    def prepared(self, x: Any) -> Any:
        """Normalize pixels of 0 to 255: the B members by ImageNet's moments, the others to -1 to 1."""
        if self.stages == "b" and channels_of(x) == 3:
            x = layers.Rescaling(scale=1.0 / 255)(x)
            return layers.Normalization(
                mean=[0.485, 0.456, 0.406], variance=[0.229**2, 0.224**2, 0.225**2], axis=channel_axis()
            )(x)
        return layers.Rescaling(scale=1.0 / 128.0, offset=-1)(x)

    def scaled(self, channels: int) -> int:
        """Scale a number of channels and round it to a multiple of 8."""
        return max(8, int(channels * self.width + 4) // 8 * 8)

    def blocks(self) -> Iterator[tuple[bool, Block]]:
        """Yield whether a block is fused, and the block; the deeper, the more often one is skipped in training."""
        stages = STAGES[self.stages]
        total = sum(
            stage[0] for stage in stages
        )  # of the unscaled network, as the published ones were trained
        number = 0
        for stage, (repeats, inputs, outputs, expansion, stride) in enumerate(stages):
            filters, fused = self.scaled(outputs), stage < 3
            for repeat in range(math.ceil(self.depth * repeats)):
                first = repeat == 0
                yield fused, Block(
                    f"block{stage + 1}{chr(97 + repeat)}_", self.scaled(inputs) if first else filters, filters, 3,
                    stride if first else 1, expansion, drop=0.2 * number / total, momentum=MOMENTUM,
                    depthwise="dwconv2", pads=False,
                )  # fmt: skip
                number += 1


EfficientNetV2B0 = EfficientNetV2("EfficientNetV2B0", "b", 1.0, 1.0, 224, "efficientnetv2-b0")
EfficientNetV2B1 = EfficientNetV2("EfficientNetV2B1", "b", 1.0, 1.1, 240, "efficientnetv2-b1")
EfficientNetV2B2 = EfficientNetV2("EfficientNetV2B2", "b", 1.1, 1.2, 260, "efficientnetv2-b2")
EfficientNetV2B3 = EfficientNetV2("EfficientNetV2B3", "b", 1.2, 1.4, 300, "efficientnetv2-b3")
EfficientNetV2S = EfficientNetV2("EfficientNetV2S", "s", 1.0, 1.0, 384, "efficientnetv2-s")
EfficientNetV2M = EfficientNetV2("EfficientNetV2M", "m", 1.0, 1.0, 480, "efficientnetv2-m")
EfficientNetV2L = EfficientNetV2("EfficientNetV2L", "l", 1.0, 1.0, 480, "efficientnetv2-l")
