"""MobileNetV2: inverted residuals with linear bottlenecks.

Source: Sandler et al. 2018, "MobileNetV2: inverted residuals and linear bottlenecks", table 2,
https://arxiv.org/abs/1801.04381
"""

from __future__ import annotations

import os
from typing import Any

from corne import Model, layers
from corne.errors import ArgumentError

from corne_applications._blocks import channels_of, divisible, halving_conv, halving_pad, normalized
from corne_applications._mobile import named, published_size
from corne_applications.application import Application, Options

#: Expansion, filters, repeats and stride of each stage (table 2).
STAGES = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip
SIZES = (96, 128, 160, 192, 224)
WIDTHS = (0.35, 0.5, 0.75, 1.0, 1.3, 1.4)


class MobileNetV2Network(Application):
    """Seventeen inverted residual blocks, whose width ``alpha`` scales.

    Input: pixels as :func:`corne.applications.mobilenet_v2.preprocess_input` scales them, to -1 to 1.

    Source: Sandler et al. 2018, https://arxiv.org/abs/1801.04381, table 2
    """

    mode = "tf"
    pooling_names = False
    head_pooling = None

    def __call__(
        self,
        input_shape: tuple[int | None, ...] | None = None,
        alpha: float = 1.0,
        include_top: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Any = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = None,
    ) -> Model:
        """Return a model.

        Args:
            input_shape: Shape of one image. Default: that of ``input_tensor``, else 224 by 224, or any without
                classifier.
            alpha: Factor of the number of filters. Default 1.0.
            include_top: Whether the classifier is part of the model. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            name: The model's name. Default: with width and size, ``"mobilenetv2_1.00_224"``.

        Raises:
            ArgumentError: Arguments that don't fit each other or the published weights.
        """
        options = Options(
            include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name
        )
        size, rows, shape = published_size(self.title, options, SIZES, self.least)
        if weights == "imagenet" and alpha not in WIDTHS:
            raise ArgumentError(
                f"{self.title}(alpha=…)", f"one of {', '.join(map(str, WIDTHS))} with weights='imagenet'",
                str(alpha), "Pass weights=None.",
            )  # fmt: skip

        def features(x: Any, options: Options) -> Any:
            x = halving_conv(x, divisible(32 * alpha), "Conv1")
            x = _activated(x, "bn_Conv1", "Conv1_relu")
            number = 0
            for expansion, filters, repeats, first_stride in STAGES:
                for repeat in range(repeats):
                    stride = first_stride if repeat == 0 else 1
                    x = inverted_residual(x, expansion, divisible(int(filters * alpha)), stride, number)
                    number += 1
            last = divisible(1280 * alpha) if alpha > 1.0 else 1280
            x = layers.Conv2D(last, 1, use_bias=False, name="Conv_1")(x)
            return _activated(x, "Conv_1_bn", "out_relu")

        options = named(options, f"mobilenetv2_{alpha:0.2f}_{rows}")
        return self.build(options, features, variant=f"{float(alpha)}_{size}", shape=shape)


def _normalized(x: Any, name: str) -> Any:
    return normalized(x, name, epsilon=1e-3, momentum=0.999)


def _activated(x: Any, norm: str, relu: str) -> Any:
    return layers.ReLU(6.0, name=relu)(_normalized(x, norm))


def inverted_residual(x: Any, expansion: int, filters: int, stride: int, number: int) -> Any:
    """Expand, filter each channel, project; the shortcut joins the narrow ends."""
    start, channels = x, channels_of(x)
    name = f"block_{number}_" if number else "expanded_conv_"
    if number:
        x = layers.Conv2D(expansion * channels, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = _activated(x, f"{name}expand_BN", f"{name}expand_relu")
    if stride == 2:
        x = layers.ZeroPadding2D(halving_pad(x, 3), name=f"{name}pad")(x)
    x = layers.DepthwiseConv2D(
        3, strides=stride, use_bias=False, padding="same" if stride == 1 else "valid", name=f"{name}depthwise"
    )(x)
    x = _activated(x, f"{name}depthwise_BN", f"{name}depthwise_relu")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = _normalized(x, f"{name}project_BN")
    return layers.Add(name=f"{name}add")([start, x]) if stride == 1 and channels == filters else x


MobileNetV2 = MobileNetV2Network("MobileNetV2")
