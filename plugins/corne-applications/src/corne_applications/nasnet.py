"""NASNet-A: normal and reduction cells found by search.

Source: Zoph et al. 2018, "Learning transferable architectures for scalable image recognition", figures 2 and 4,
https://arxiv.org/abs/1707.07012
"""

from __future__ import annotations

import os
from typing import Any

from corne import Model, layers

from corne_applications import _input_shape
from corne_applications._blocks import activated, channel_axis, channels_of, halving_pad, normalized
from corne_applications.application import Application, Options


class NASNet(Application):
    """Three stacks of normal cells with reduction cells before, between and after.

    Input: pixels as :func:`corne.applications.nasnet.preprocess_input` scales them, to -1 to 1.

    Args:
        title: The public name.
        size: Height and width in pixels.
        cells: Normal cells in each stack.
        stem: Channels of the first convolution.
        filters: Channels of a branch in the first stack, doubled in each later one.
        skips: Whether the cell after a reduction sees the cell before it, as in the larger network.
        name: Default name of the models.

    Source: Zoph et al. 2018, https://arxiv.org/abs/1707.07012
    """

    mode = "tf"
    pooling_names = False
    head_pooling = None

    def __init__(
        self, title: str, size: int, cells: int, stem: int, filters: int, skips: bool, name: str
    ) -> None:
        super().__init__(title, size, name)
        self.cells = cells
        self.stem = stem
        self.filters = filters
        self.skips = skips

    def __call__(
        self,
        input_shape: tuple[int | None, ...] | None = None,
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
            input_shape: Shape of one image. Default: the architecture's.
            include_top: Whether the classifier is part of the model. Default True.
            weights: As for every architecture. Default ``"imagenet"``.
            input_tensor: A symbolic tensor to begin at. Default: a new Input.
            pooling: ``"avg"`` or ``"max"`` in a model without classifier. Default None.
            classes: Number of classes. Default 1000.
            classifier_activation: Default ``"softmax"``; None for logits.
            name: The model's name. Default: the architecture's.

        Raises:
            ArgumentError: Arguments that don't fit each other or the architecture.
        """
        if input_shape is None and not include_top and self.size == 224:
            input_shape = _input_shape.with_channels(224, 224, 3)
        return self.build(
            Options(
                include_top,
                weights,
                input_tensor,
                input_shape,
                pooling,
                classes,
                classifier_activation,
                name or self.name,
            )
        )

    def features(self, x: Any, options: Options) -> Any:
        """Return the activated features of the last cell."""
        x = layers.Conv2D(
            self.stem, 3, strides=2, use_bias=False, kernel_initializer="he_normal", name="stem_conv1"
        )(x)
        x = _normalized(x, "stem_bn1")
        x, before = reduction_cell(x, None, self.filters // 4, "stem_1")
        x, before = reduction_cell(x, before, self.filters // 2, "stem_2")
        number = 0
        for stack in range(3):
            filters = self.filters * 2**stack
            if stack:
                x, skipped = reduction_cell(x, before, filters, f"reduce_{stack * self.cells}")
                before = before if self.skips else skipped
            if stack == 1:  # the published names pass over one number here
                number += 1
            for _ in range(self.cells):
                x, before = normal_cell(x, before, filters, str(number))
                number += 1
        return activated(x, "relu")


def _normalized(x: Any, name: str) -> Any:
    return normalized(x, name, momentum=0.9997, epsilon=1e-3)


def _projected(x: Any, filters: int, name: str) -> Any:
    return layers.Conv2D(
        filters, 1, padding="same", use_bias=False, kernel_initializer="he_normal", name=name
    )(x)


def _averaged(x: Any, name: str) -> Any:
    return layers.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def separable(x: Any, filters: int, kernel: int, name: str, stride: int = 1) -> Any:
    """Apply a separable convolution twice, each after relu; the stride is in the first."""
    x = activated(x, "relu")
    padding = "same"
    if stride == 2:
        x = layers.ZeroPadding2D(halving_pad(x, kernel), name=f"separable_conv_1_pad_{name}")(x)
        padding = "valid"
    x = layers.SeparableConv2D(
        filters, kernel, strides=stride, padding=padding, use_bias=False, name=f"separable_conv_1_{name}"
    )(x)
    x = activated(_normalized(x, f"separable_conv_1_bn_{name}"), "relu")
    x = layers.SeparableConv2D(
        filters, kernel, padding="same", use_bias=False, name=f"separable_conv_2_{name}"
    )(x)
    return _normalized(x, f"separable_conv_2_bn_{name}")


def adjusted(before: Any, x: Any, filters: int, name: str) -> Any:
    """Bring the output of the cell before the last to the size and channels of ``x``."""
    if before is None:
        return x
    side = 2 if channel_axis() == 1 else 1
    if before.shape[side + 1] != x.shape[side + 1]:
        before = activated(before, "relu", f"adjust_relu_1_{name}")
        halves = [_every_second(before, filters, 1, name)]
        # The second half sees the pixels between: one row and column further.
        shifted = layers.ZeroPadding2D(((0, 1), (0, 1)))(before)
        shifted = layers.Cropping2D(((1, 0), (1, 0)))(shifted)
        halves.append(_every_second(shifted, filters, 2, name))
        return _normalized(layers.Concatenate(axis=channel_axis())(halves), f"adjust_bn_{name}")
    if channels_of(before) != filters:
        before = _projected(activated(before, "relu"), filters, f"adjust_conv_projection_{name}")
        return _normalized(before, f"adjust_bn_{name}")
    return before


def _every_second(x: Any, filters: int, number: int, name: str) -> Any:
    x = layers.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_{number}_{name}")(x)
    return _projected(x, filters // 2, f"adjust_conv_{number}_{name}")


def normal_cell(x: Any, before: Any, filters: int, name: str) -> tuple[Any, Any]:
    """Return the output of a normal cell (figure 4, left) and its input."""
    p = adjusted(before, x, filters, name)
    h = _normalized(_projected(activated(x, "relu"), filters, f"normal_conv_1_{name}"), f"normal_bn_1_{name}")

    def add(number: int, *parts: Any) -> Any:
        return layers.Add(name=f"normal_add_{number}_{name}")(list(parts))

    one = add(
        1,
        separable(h, filters, 5, f"normal_left1_{name}"),
        separable(p, filters, 3, f"normal_right1_{name}"),
    )
    two = add(
        2,
        separable(p, filters, 5, f"normal_left2_{name}"),
        separable(p, filters, 3, f"normal_right2_{name}"),
    )
    three = add(3, _averaged(h, f"normal_left3_{name}"), p)
    four = add(4, _averaged(p, f"normal_left4_{name}"), _averaged(p, f"normal_right4_{name}"))
    five = add(5, separable(h, filters, 3, f"normal_left5_{name}"), h)
    joined = layers.Concatenate(axis=channel_axis(), name=f"normal_concat_{name}")
    return joined([p, one, two, three, four, five]), x


def reduction_cell(x: Any, before: Any, filters: int, name: str) -> tuple[Any, Any]:
    """Return the output of a reduction cell (figure 4, right), of half the size, and its input."""
    p = adjusted(before, x, filters, name)
    h = _projected(activated(x, "relu"), filters, f"reduction_conv_1_{name}")
    h = _normalized(h, f"reduction_bn_1_{name}")
    padded = layers.ZeroPadding2D(halving_pad(h, 3), name=f"reduction_pad_1_{name}")(h)

    def pooled(kind: str, place: str) -> Any:
        return getattr(layers, kind)(3, strides=2, name=f"reduction_{place}_{name}")(padded)

    def halved(x: Any, kernel: int, place: str) -> Any:
        return separable(x, filters, kernel, f"reduction_{place}_{name}", stride=2)

    def add(part: str, one: Any, other: Any) -> Any:
        return layers.Add(name=f"reduction_{part}_{name}")([one, other])

    one = add("add_1", halved(h, 5, "left1"), halved(p, 7, "right1"))
    two = add("add_2", pooled("MaxPooling2D", "left2"), halved(p, 7, "right2"))
    three = add("add3", pooled("AveragePooling2D", "left3"), halved(p, 5, "right3"))
    four = layers.Add()([two, _averaged(one, f"reduction_left4_{name}")])
    five = add(
        "add4", separable(one, filters, 3, f"reduction_left4_{name}"), pooled("MaxPooling2D", "right5")
    )
    joined = layers.Concatenate(axis=channel_axis(), name=f"reduction_concat_{name}")
    return joined([two, three, four, five]), x


# Channels of a branch are a 24th of the published "penultimate filters", 1056 and 4032.
NASNetMobile = NASNet("NASNetMobile", 224, 4, 32, 1056 // 24, False, "nasnet_mobile")
NASNetLarge = NASNet("NASNetLarge", 331, 6, 96, 4032 // 24, True, "nasnet_large")
