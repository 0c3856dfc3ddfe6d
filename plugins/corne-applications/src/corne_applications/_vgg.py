"""VGG: stacks of 3 by 3 convolutions.

Source: Simonyan & Zisserman 2015, "Very deep convolutional networks for large-scale image recognition", table 1,
https://arxiv.org/abs/1409.1556
"""

from __future__ import annotations

from typing import Any

from corne import layers

from corne_applications.application import Options, StandardApplication


class VGG(StandardApplication):
    """A stack of 3 by 3 convolutions in five blocks, then three dense layers.

    Input: pixels as :func:`corne.applications.vgg16.preprocess_input` scales them, in BGR order.

    Args:
        title: The public name.
        depths: Convolutions in each block.
        name: Default name of the models.

    Source: Simonyan & Zisserman 2015, https://arxiv.org/abs/1409.1556, table 1
    """

    mode = "caffe"
    pooling_names = False

    def __init__(self, title: str, depths: tuple[int, ...], name: str) -> None:
        super().__init__(title, name=name)
        self.depths = depths

    def features(self, x: Any, options: Options) -> Any:
        """Return the features after the fifth block."""
        for block, (depth, filters) in enumerate(zip(self.depths, (64, 128, 256, 512, 512), strict=True), 1):
            for conv in range(1, depth + 1):
                name = f"block{block}_conv{conv}"
                x = layers.Conv2D(filters, 3, activation="relu", padding="same", name=name)(x)
            x = layers.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
        return x

    def head(self, x: Any, options: Options) -> Any:
        """Return the classifier's output."""
        x = layers.Flatten(name="flatten")(x)
        x = layers.Dense(4096, activation="relu", name="fc1")(x)
        x = layers.Dense(4096, activation="relu", name="fc2")(x)
        return layers.Dense(options.classes, activation=options.classifier_activation, name="predictions")(x)


VGG16 = VGG("VGG16", (2, 2, 3, 3, 3), "vgg16")  # configuration D
VGG19 = VGG("VGG19", (2, 2, 4, 4, 4), "vgg19")  # configuration E
