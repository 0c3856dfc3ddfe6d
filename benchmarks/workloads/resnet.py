"""ResNet-20 on images of 32 by 32, batches of 64.

He et al. 2015, section 4.2, https://arxiv.org/abs/1512.03385, with projections where the size changes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.workloads._workload import Workload, classes, cross_entropy

WIDTHS = (16, 32, 64)
BLOCKS = 3  # of two convolutions each, at every width


def data() -> tuple[np.ndarray, np.ndarray]:
    """Return ten batches."""
    return classes(640, (32, 32, 3))


def build(K: Any, **options: Any) -> Any:
    """Return the model of Keras or Corne."""
    layers = K.layers

    def convolution(x: Any, width: int, size: int, stride: int = 1) -> Any:
        x = layers.Conv2D(
            width, size, strides=stride, padding="same", use_bias=False, kernel_initializer="he_normal"
        )(x)
        return layers.BatchNormalization()(x)

    inputs = layers.Input((32, 32, 3))
    x = layers.ReLU()(convolution(inputs, WIDTHS[0], 3))
    for width in WIDTHS:
        for block in range(BLOCKS):
            shrinks = block == 0 and width != WIDTHS[0]
            stride = 2 if shrinks else 1
            inner = layers.ReLU()(convolution(x, width, 3, stride))
            inner = convolution(inner, width, 3)
            shortcut = convolution(x, width, 1, stride) if shrinks else x
            x = layers.ReLU()(layers.Add()([inner, shortcut]))
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(10, activation="softmax")(x)
    model = K.Model(inputs, outputs)
    model.compile(
        optimizer=K.optimizers.SGD(0.1, momentum=0.9),
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        **options,
    )
    return model


def network() -> Any:
    """Return the network in PyTorch."""
    import torch
    from torch import nn
    from torch.nn.functional import relu

    def convolution(before: int, width: int, size: int, stride: int = 1) -> nn.Module:
        conv = nn.Conv2d(before, width, size, stride, padding=size // 2, bias=False)
        nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
        return nn.Sequential(conv, nn.BatchNorm2d(width, eps=1e-3, momentum=0.01))

    class Block(nn.Module):
        def __init__(self, before: int, width: int, stride: int) -> None:
            super().__init__()
            self.first = convolution(before, width, 3, stride)
            self.second = convolution(width, width, 3)
            self.shortcut = nn.Identity() if stride == 1 else convolution(before, width, 1, stride)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            inner = self.second(relu(self.first(x), inplace=True))
            return relu(inner + self.shortcut(x), inplace=True)

    parts: list[nn.Module] = [convolution(3, WIDTHS[0], 3), nn.ReLU(inplace=True)]
    before = WIDTHS[0]
    for width in WIDTHS:
        for _ in range(BLOCKS):
            parts.append(Block(before, width, 1 if before == width else 2))
            before = width
    module = nn.Sequential(*parts, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(before, 10))
    return module.to(memory_format=torch.channels_last)


def optimizer(parameters: Any) -> Any:
    """Return gradient descent with momentum and its fused update."""
    import torch

    return torch.optim.SGD(parameters, lr=0.1, momentum=0.9, fused=True)


def prepare(x: Any) -> Any:
    """Return images with their channels first in shape, last in memory."""
    return x.permute(0, 3, 1, 2)


WORKLOAD = Workload("resnet", 64, 3, data, build, network, cross_entropy, optimizer, prepare)
