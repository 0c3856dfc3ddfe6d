"""The blocks of the EfficientNets.

Source: MBConv of Tan & Le 2019, https://arxiv.org/abs/1905.11946, and Fused-MBConv of Tan & Le 2021, figure 2,
https://arxiv.org/abs/2104.00298
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from corne import layers

from corne_applications._blocks import activated, channel_axis, halving_pad, normalized

CONV_INITIALIZER = {
    "class_name": "VarianceScaling",
    "config": {"scale": 2.0, "mode": "fan_out", "distribution": "truncated_normal"},
}
DENSE_INITIALIZER = {
    "class_name": "VarianceScaling",
    "config": {"scale": 1.0 / 3.0, "mode": "fan_out", "distribution": "uniform"},
}


@dataclass(frozen=True)
class Block:
    """One block.

    Args:
        name: Beginning of its layers' names.
        inputs: Channels of the input.
        filters: Channels of the output.
        kernel: Height and width in pixels.
        stride: 1 or 2.
        expansion: Channels inside per channel of the input.
        squeeze: Share of the input's channels in squeeze-and-excitation; 0 for none.
        drop: Probability with which a sample skips the block in training.
        activation: Name of the activation.
        momentum: Of batch normalization.
        depthwise: Name of the depthwise convolution.
        pads: Whether a stride of 2 is padded by a layer of its own.
    """

    name: str
    inputs: int
    filters: int
    kernel: int
    stride: int
    expansion: int
    squeeze: float = 0.25
    drop: float = 0.0
    activation: str = "swish"
    momentum: float = 0.99
    depthwise: str = "dwconv"
    pads: bool = True


def conv(x: Any, filters: int, kernel: int, name: str, **options: Any) -> Any:
    """Apply a convolution without bias."""
    options = {"padding": "same", "use_bias": False, "kernel_initializer": CONV_INITIALIZER, **options}
    return layers.Conv2D(filters, kernel, name=name, **options)(x)


def mbconv(x: Any, block: Block) -> Any:
    """Expand, filter each channel, weigh the channels, project, add the input."""
    start, name = x, block.name
    inside = block.inputs * block.expansion
    if block.expansion != 1:
        x = _normalized(conv(x, inside, 1, f"{name}expand_conv"), block, "expand_bn")
        x = activated(x, block.activation, f"{name}expand_activation")
    padding = "same"
    if block.stride == 2 and block.pads:
        x, padding = layers.ZeroPadding2D(halving_pad(x, block.kernel), name=f"{name}dwconv_pad")(x), "valid"
    x = layers.DepthwiseConv2D(
        block.kernel, strides=block.stride, padding=padding, use_bias=False,
        depthwise_initializer=CONV_INITIALIZER, name=f"{name}{block.depthwise}",
    )(x)  # fmt: skip
    x = activated(_normalized(x, block, "bn"), block.activation, f"{name}activation")
    if block.squeeze:
        x = squeeze_excite(x, inside, block)
    x = _normalized(conv(x, block.filters, 1, f"{name}project_conv"), block, "project_bn")
    return _joined(start, x, block)


def fused_mbconv(x: Any, block: Block) -> Any:
    """Expand by a full convolution, project; with an expansion of 1 a single convolution does both."""
    start, name = x, block.name
    expands = block.expansion != 1
    if expands:
        x = conv(x, block.inputs * block.expansion, block.kernel, f"{name}expand_conv", strides=block.stride)
        x = activated(_normalized(x, block, "expand_bn"), block.activation, f"{name}expand_activation")
    kernel, stride = (1, 1) if expands else (block.kernel, block.stride)
    x = conv(x, block.filters, kernel, f"{name}project_conv", strides=stride)
    x = _normalized(x, block, "project_bn")
    if not expands:
        x = activated(x, block.activation, f"{name}project_activation")
    return _joined(start, x, block)


def squeeze_excite(x: Any, channels: int, block: Block) -> Any:
    """Multiply each channel by a factor of 0 to 1 that depends on all channels' means.

    Source: Hu et al. 2018, https://arxiv.org/abs/1709.01507
    """
    name = block.name
    few = max(1, int(block.inputs * block.squeeze))
    weight = layers.GlobalAveragePooling2D(name=f"{name}se_squeeze")(x)
    shape = (channels, 1, 1) if channel_axis() == 1 else (1, 1, channels)
    weight = layers.Reshape(shape, name=f"{name}se_reshape")(weight)
    weight = conv(weight, few, 1, f"{name}se_reduce", use_bias=True, activation=block.activation)
    weight = conv(weight, channels, 1, f"{name}se_expand", use_bias=True, activation="sigmoid")
    return layers.Multiply(name=f"{name}se_excite")([x, weight])


def _normalized(x: Any, block: Block, name: str) -> Any:
    return normalized(x, f"{block.name}{name}", momentum=block.momentum)


def _joined(start: Any, x: Any, block: Block) -> Any:
    if block.stride != 1 or block.inputs != block.filters:
        return x
    if block.drop > 0:
        x = layers.Dropout(block.drop, noise_shape=(None, 1, 1, 1), name=f"{block.name}drop")(x)
    return layers.Add(name=f"{block.name}add")([x, start])
