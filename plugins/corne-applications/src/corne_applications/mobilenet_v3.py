"""MobileNetV3: inverted residuals with squeeze-and-excitation and hard swish.

Source: Howard et al. 2019, "Searching for MobileNetV3", tables 1 and 2, https://arxiv.org/abs/1905.02244
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from corne import Model, layers
from corne.errors import ArgumentError

from corne_applications import _input_shape
from corne_applications._blocks import channels_of, divisible, halving_conv, halving_pad, normalized
from corne_applications.application import Application, Options


class Block(NamedTuple):
    """One row of the tables.

    Args:
        expansion: Channels inside per channel outside.
        filters: Channels of the output.
        kernel: 3 or 5 pixels.
        stride: 1 or 2.
        squeezes: Whether squeeze-and-excitation follows the depthwise convolution.
        hard_swish: Whether the activation is hard swish; else relu.
    """

    expansion: float
    filters: int
    kernel: int
    stride: int
    squeezes: bool
    hard_swish: bool


#: Table 1.
LARGE = tuple(
    Block(*row)
    for row in (
        (1, 16, 3, 1, False, False), (4, 24, 3, 2, False, False), (3, 24, 3, 1, False, False),
        (3, 40, 5, 2, True, False), (3, 40, 5, 1, True, False), (3, 40, 5, 1, True, False),
        (6, 80, 3, 2, False, True), (2.5, 80, 3, 1, False, True), (2.3, 80, 3, 1, False, True),
        (2.3, 80, 3, 1, False, True), (6, 112, 3, 1, True, True), (6, 112, 3, 1, True, True),
        (6, 160, 5, 2, True, True), (6, 160, 5, 1, True, True), (6, 160, 5, 1, True, True),
    )
)  # fmt: skip
#: Table 2.
SMALL = tuple(
    Block(*row)
    for row in (
        (1, 16, 3, 2, True, False), (72.0 / 16, 24, 3, 2, False, False), (88.0 / 24, 24, 3, 1, False, False),
        (4, 40, 5, 2, True, True), (6, 40, 5, 1, True, True), (6, 40, 5, 1, True, True),
        (3, 48, 5, 1, True, True), (3, 48, 5, 1, True, True), (6, 96, 5, 2, True, True),
        (6, 96, 5, 1, True, True), (6, 96, 5, 1, True, True),
    )
)  # fmt: skip


class MobileNetV3(Application):
    """Inverted residual blocks found by search; ``minimalistic`` ones have only 3 by 3 kernels and relu.

    Input: pixels of 0 to 255; without preprocessing of -1 to 1.

    Args:
        title: The public name.
        blocks: The rows of the paper's table.
        last: Channels of the hidden layer of the classifier.
        kind: ``"large"`` or ``"small"``, in the names of files.

    Source: Howard et al. 2019, https://arxiv.org/abs/1905.02244
    """

    def __init__(self, title: str, blocks: tuple[Block, ...], last: int, kind: str) -> None:
        super().__init__(title, name=title)
        self.blocks = blocks
        self.last = last
        self.kind = kind

    def __call__(
        self,
        input_shape: tuple[int | None, ...] | None = None,
        alpha: float = 1.0,
        minimalistic: bool = False,
        include_top: bool = True,
        weights: str | os.PathLike[str] | None = "imagenet",
        input_tensor: Any = None,
        classes: int = 1000,
        pooling: str | None = None,
        dropout_rate: float = 0.2,
        classifier_activation: Any = "softmax",
        include_preprocessing: bool = True,
        name: str | None = None,
    ) -> Model:
        """Return a model.

        Args:
            input_shape: Shape of one image. Default: any height and width.
            alpha: Factor of the number of filters. Default 1.0.
            minimalistic: Whether only plain parts are used: 3 by 3 kernels, relu. Default False.
            include_top: Whether the classifier is part of the model. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            classes: Number of classes. Default 1000.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            dropout_rate: Probability in [0, 1). Default 0.2.
            classifier_activation: Default ``"softmax"``; None for logits.
            include_preprocessing: Whether the model scales pixels itself. Default True.
            name: The model's name. Default: the architecture's.

        Raises:
            ArgumentError: Arguments that don't fit each other or the published weights.
        """
        options = Options(
            include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation,
            name or self.name,
        )  # fmt: skip
        if weights == "imagenet" and alpha not in ((1.0,) if minimalistic else (0.75, 1.0)):
            raise ArgumentError(
                f"{self.title}(alpha=…)", "1.0, or 0.75 if not minimalistic, with weights='imagenet'", str(alpha),
                "Pass weights=None.",
            )  # fmt: skip
        activation = "relu" if minimalistic else "hard_swish"

        def features(x: Any, options: Options) -> Any:
            if include_preprocessing:
                x = layers.Rescaling(1.0 / 127.5, offset=-1.0)(x)
            x = halving_conv(x, 16, "conv")
            x = _activated(_normalized(x, "conv_bn"), activation)
            for number, block in enumerate(self.blocks):
                if minimalistic:
                    block = block._replace(kernel=3, squeezes=False, hard_swish=False)
                x = inverted_residual(x, block, divisible(block.filters * alpha), number)
            x = layers.Conv2D(
                divisible(channels_of(x) * 6), 1, padding="same", use_bias=False, name="conv_1"
            )(x)
            return _activated(_normalized(x, "conv_1_bn"), activation)

        def head(x: Any, options: Options) -> Any:
            x = layers.GlobalAveragePooling2D(keepdims=True)(x)
            hidden = divisible(self.last * alpha) if alpha > 1.0 else self.last
            x = _activated(layers.Conv2D(hidden, 1, padding="same", name="conv_2")(x), activation)
            if dropout_rate > 0:
                x = layers.Dropout(dropout_rate)(x)
            x = layers.Conv2D(classes, 1, padding="same", name="logits")(x)
            return layers.Activation(classifier_activation, name="predictions")(layers.Flatten()(x))

        variant = f"{'minimalistic_' if minimalistic else ''}224_{alpha}_float"
        return self.build(options, features, head, variant, self._shape(options))

    def _shape(self, options: Options) -> _input_shape.Shape:
        """Return the input's shape: any size, with the classifier too, for that ends in convolutions."""
        shape = options.input_shape
        if shape is None and options.input_tensor is not None:
            return tuple(getattr(options.input_tensor, "shape", ()))[1:] or (None, None, 3)
        shape = _input_shape.with_channels(None, None, 3) if shape is None else tuple(shape)
        sides = _input_shape.split(shape)[:2] if len(shape) == 3 else (0, 0)
        if any(side is not None and side < self.least for side in sides):
            raise ArgumentError(
                f"{self.title}(input_shape=…)", f"3 sizes, with at least {self.least} by {self.least} pixels",
                repr(shape), "Resize the images.",
            )  # fmt: skip
        return shape


def _normalized(x: Any, name: str) -> Any:
    return normalized(x, name, epsilon=1e-3, momentum=0.999)


def _activated(x: Any, activation: str) -> Any:
    return layers.ReLU()(x) if activation == "relu" else layers.Activation(activation)(x)


def inverted_residual(x: Any, block: Block, filters: int, number: int) -> Any:
    """Expand, filter each channel, weigh the channels, project."""
    start, channels = x, channels_of(x)
    inside = divisible(channels * block.expansion)
    activation = "hard_swish" if block.hard_swish else "relu"
    name = f"expanded_conv_{number}_" if number else "expanded_conv_"
    if number:
        x = layers.Conv2D(inside, 1, padding="same", use_bias=False, name=f"{name}expand")(x)
        x = _activated(_normalized(x, f"{name}expand_bn"), activation)
    if block.stride == 2:
        x = layers.ZeroPadding2D(halving_pad(x, block.kernel), name=f"{name}depthwise_pad")(x)
    x = layers.DepthwiseConv2D(
        block.kernel, strides=block.stride, padding="same" if block.stride == 1 else "valid", use_bias=False,
        name=f"{name}depthwise",
    )(x)  # fmt: skip
    x = _activated(_normalized(x, f"{name}depthwise_bn"), activation)
    if block.squeezes:
        x = squeeze_excite(x, inside, f"{name}squeeze_excite")
    x = layers.Conv2D(filters, 1, padding="same", use_bias=False, name=f"{name}project")(x)
    x = _normalized(x, f"{name}project_bn")
    return layers.Add(name=f"{name}add")([start, x]) if block.stride == 1 and channels == filters else x


def squeeze_excite(x: Any, channels: int, name: str) -> Any:
    """Multiply each channel by a factor of 0 to 1 that depends on all channels' means."""
    weight = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_avg_pool")(x)
    weight = layers.Conv2D(divisible(channels * 0.25), 1, padding="same", name=f"{name}_conv")(weight)
    weight = layers.ReLU(name=f"{name}_relu")(weight)
    weight = layers.Conv2D(channels, 1, padding="same", name=f"{name}_conv_1")(weight)
    weight = layers.ReLU(6.0)(weight + 3.0) * (1.0 / 6.0)  # hard sigmoid
    return layers.Multiply(name=f"{name}_mul")([x, weight])


MobileNetV3Large = MobileNetV3("MobileNetV3Large", LARGE, 1280, "large")
MobileNetV3Small = MobileNetV3("MobileNetV3Small", SMALL, 1024, "small")
