"""MobileNet: depthwise separable convolutions of any width.

Source: Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision applications",
table 1, https://arxiv.org/abs/1704.04861
"""

from __future__ import annotations

import os
from typing import Any

from corne import Model, layers
from corne.errors import ArgumentError

from corne_applications._blocks import normalized
from corne_applications._mobile import named, published_size
from corne_applications.application import Application, Options

#: Blocks after the first convolution: filters and stride.
BLOCKS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1))
SIZES = (128, 160, 192, 224)
#: Width factors of the published weights, as their files spell them.
WIDTHS = {1.0: "1_0", 0.75: "7_5", 0.5: "5_0", 0.25: "2_5"}


class MobileNetNetwork(Application):
    """Thirteen depthwise separable convolutions, whose width ``alpha`` scales.

    Input: pixels as :func:`corne.applications.mobilenet.preprocess_input` scales them, to -1 to 1.

    Source: Howard et al. 2017, https://arxiv.org/abs/1704.04861, table 1
    """

    mode = "tf"
    pooling_names = False

    def __call__(
        self,
        input_shape: tuple[int | None, ...] | None = None,
        alpha: float = 1.0,
        depth_multiplier: int = 1,
        dropout: float = 0.001,
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
            input_shape: Shape of one image. Default: 224 by 224; any without classifier.
            alpha: Factor of the number of filters. Default 1.0.
            depth_multiplier: Filters of the depthwise convolutions per channel. Default 1.
            dropout: Probability in [0, 1). Default 0.001.
            include_top: Whether the classifier is part of the model. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            name: The model's name. Default: with width and size, ``"mobilenet_1.00_224"``.

        Raises:
            ArgumentError: Arguments that don't fit each other or the published weights.
        """
        options = Options(
            include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name
        )
        size, rows, shape = published_size(self.title, options, SIZES, self.least)
        if weights == "imagenet" and (depth_multiplier != 1 or alpha not in WIDTHS):
            raise ArgumentError(
                f"{self.title}(…)", "depth_multiplier=1 and alpha 0.25, 0.5, 0.75 or 1.0 with weights='imagenet'",
                f"depth_multiplier={depth_multiplier}, alpha={alpha}", "Pass weights=None.",
            )  # fmt: skip

        def features(x: Any, options: Options) -> Any:
            x = layers.Conv2D(int(32 * alpha), 3, padding="same", use_bias=False, strides=2, name="conv1")(x)
            x = layers.ReLU(6.0, name="conv1_relu")(normalized(x, "conv1_bn"))
            for number, (filters, stride) in enumerate(BLOCKS, 1):
                x = separable(x, int(filters * alpha), depth_multiplier, stride, number)
            return x

        def head(x: Any, options: Options) -> Any:
            x = layers.GlobalAveragePooling2D(keepdims=True)(x)
            x = layers.Dropout(dropout, name="dropout")(x)
            x = layers.Conv2D(classes, 1, padding="same", name="conv_preds")(x)
            x = layers.Reshape((classes,), name="reshape_2")(x)
            return layers.Activation(classifier_activation, name="predictions")(x)

        options = named(options, f"mobilenet_{alpha:0.2f}_{rows}")
        return self.build(options, features, head, f"{WIDTHS.get(alpha)}_{size}", shape)


def separable(x: Any, filters: int, multiplier: int, stride: int, number: int) -> Any:
    """Apply a depthwise and a pointwise convolution, each normalized and cut off at 6."""
    if stride == 2:
        x = layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x)
    x = layers.DepthwiseConv2D(
        3, padding="same" if stride == 1 else "valid", depth_multiplier=multiplier, strides=stride,
        use_bias=False, name=f"conv_dw_{number}",
    )(x)  # fmt: skip
    x = layers.ReLU(6.0, name=f"conv_dw_{number}_relu")(normalized(x, f"conv_dw_{number}_bn"))
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"conv_pw_{number}")(x)
    return layers.ReLU(6.0, name=f"conv_pw_{number}_relu")(normalized(x, f"conv_pw_{number}_bn"))


MobileNet = MobileNetNetwork("MobileNet")
