"""ConvNeXt: a convolutional network with the proportions of a vision transformer.

Source: Liu et al. 2022, "A ConvNet for the 2020s", section 3 and table 9, https://arxiv.org/abs/2201.03545
"""

from __future__ import annotations

import os
from typing import Any

from corne import Model, Sequential, layers

from corne_applications._blocks import activated, channels_of
from corne_applications.application import Application, Options
from corne_applications.layer_scale import LayerScale

_MEAN = [0.485 * 255, 0.456 * 255, 0.406 * 255]
_VARIANCE = [(0.229 * 255) ** 2, (0.224 * 255) ** 2, (0.225 * 255) ** 2]


class ConvNeXt(Application):
    """Four stages of blocks of a 7 by 7 depthwise convolution and two dense layers per pixel.

    Input: pixels of 0 to 255; without preprocessing, normalized ones.

    Args:
        title: The public name.
        depths: Blocks in each stage.
        channels: Channels of the first stage; each later one has twice as many.
        name: Default name of the models.

    Source: Liu et al. 2022, https://arxiv.org/abs/2201.03545, table 9
    """

    layouts = ("channels_last",)

    def __init__(self, title: str, depths: tuple[int, ...], channels: int, name: str) -> None:
        super().__init__(title, name=name)
        self.depths = depths
        self.channels = channels

    def __call__(
        self,
        include_top: bool = True,
        include_preprocessing: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Any = None,
        input_shape: tuple[int | None, ...] | None = None,
        pooling: str | None = None,
        classes: int = 1000,
        classifier_activation: Any = "softmax",
        name: str | None = None,
    ) -> Model:
        """Return a model.

        Args:
            include_top: Whether the classifier is part of the model. Default True.
            include_preprocessing: Whether the model normalizes pixels itself. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            input_shape: Shape of one image. Default: the architecture's; any height and width without classifier.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            name: The model's name, with which its layers' names begin. Default: the architecture's.

        Raises:
            ArgumentError: Arguments that don't fit each other or the architecture.
        """
        options = Options(
            include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
            name or self.name,
        )  # fmt: skip

        def features(x: Any, options: Options) -> Any:
            prefix = options.name
            if include_preprocessing and channels_of(x) == 3:
                x = layers.Normalization(
                    mean=_MEAN, variance=_VARIANCE, name=f"{prefix}_prestem_normalization"
                )(x)
            for stage, depth in enumerate(self.depths):
                filters = self.channels * 2**stage
                x = _downsampling(filters, stage, prefix)(x)
                for number in range(depth):
                    x = block(x, filters, f"{prefix}_stage_{stage}_block_{number}")
            return x

        return self.build(options, features)

    def head(self, x: Any, options: Options) -> Any:
        """Return the classifier's output."""
        x = layers.GlobalAveragePooling2D(name=f"{options.name}_head_gap")(x)
        x = layers.LayerNormalization(epsilon=1e-6, name=f"{options.name}_head_layernorm")(x)
        return layers.Dense(
            options.classes, activation=options.classifier_activation, name=f"{options.name}_head_dense"
        )(x)

    def without_head(self, x: Any, options: Options) -> Any:
        """Return normalized features as ``pooling`` asks."""
        if options.pooling == "avg":
            x = layers.GlobalAveragePooling2D()(x)
        elif options.pooling == "max":
            x = layers.GlobalMaxPooling2D()(x)
        return layers.LayerNormalization(epsilon=1e-6)(x)


def _downsampling(filters: int, stage: int, name: str | None) -> Sequential:
    """Return the layers before a stage: patches of 4 by 4 pixels first, of 2 by 2 later."""
    if stage == 0:
        return Sequential(
            [
                layers.Conv2D(filters, 4, strides=4, name=f"{name}_stem_conv"),
                layers.LayerNormalization(epsilon=1e-6, name=f"{name}_stem_layernorm"),
            ],
            name=f"{name}_stem",
        )
    number = stage - 1
    return Sequential(
        [
            layers.LayerNormalization(epsilon=1e-6, name=f"{name}_downsampling_layernorm_{number}"),
            layers.Conv2D(filters, 2, strides=2, name=f"{name}_downsampling_conv_{number}"),
        ],
        name=f"{name}_downsampling_block_{number}",
    )


def block(x: Any, filters: int, name: str) -> Any:
    """Filter each channel, then mix channels at each pixel (figure 4)."""
    start = x
    x = layers.Conv2D(filters, 7, padding="same", groups=filters, name=f"{name}_depthwise_conv")(x)
    x = layers.LayerNormalization(epsilon=1e-6, name=f"{name}_layernorm")(x)
    x = layers.Dense(4 * filters, name=f"{name}_pointwise_conv_1")(x)
    x = activated(x, "gelu", f"{name}_gelu")
    x = layers.Dense(filters, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, filters, name=f"{name}_layer_scale")(x)
    # Where a network is trained with stochastic depth, a StochasticDepth stands in this layer's place.
    return start + activated(x, "linear", f"{name}_identity")


ConvNeXtTiny = ConvNeXt("ConvNeXtTiny", (3, 3, 9, 3), 96, "convnext_tiny")
ConvNeXtSmall = ConvNeXt("ConvNeXtSmall", (3, 3, 27, 3), 96, "convnext_small")
ConvNeXtBase = ConvNeXt("ConvNeXtBase", (3, 3, 27, 3), 128, "convnext_base")
ConvNeXtLarge = ConvNeXt("ConvNeXtLarge", (3, 3, 27, 3), 192, "convnext_large")
ConvNeXtXLarge = ConvNeXt("ConvNeXtXLarge", (3, 3, 27, 3), 256, "convnext_xlarge")
