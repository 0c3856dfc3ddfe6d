"""DenseNet: every block sees the features of all blocks before it.

Source: Huang et al. 2017, "Densely connected convolutional networks", table 1, https://arxiv.org/abs/1608.06993
"""

from __future__ import annotations

from typing import Any

from corne import layers

from corne_applications._blocks import activated, channel_axis, channels_of, normalized
from corne_applications.application import Options, StandardApplication

EPSILON = 1.001e-5
GROWTH = 32


class DenseNet(StandardApplication):
    """Four stages of blocks whose outputs are put beside their inputs.

    Input: pixels as :func:`corne.applications.densenet.preprocess_input` scales them.

    Args:
        title: The public name.
        depths: Blocks in each stage.
        name: Default name of the models.

    Source: Huang et al. 2017, https://arxiv.org/abs/1608.06993, table 1
    """

    mode = "torch"

    def __init__(self, title: str, depths: tuple[int, ...], name: str) -> None:
        super().__init__(title, name=name)
        self.depths = depths

    def features(self, x: Any, options: Options) -> Any:
        """Return the normalized features of the fourth stage."""
        x = layers.ZeroPadding2D(3)(x)
        x = layers.Conv2D(64, 7, strides=2, use_bias=False, name="conv1_conv")(x)
        x = activated(normalized(x, "conv1_bn", epsilon=EPSILON), "relu", "conv1_relu")
        x = layers.ZeroPadding2D(1)(x)
        x = layers.MaxPooling2D(3, strides=2, name="pool1")(x)
        for stage, depth in enumerate(self.depths, 2):
            if stage > 2:
                x = transition(x, f"pool{stage - 1}")
            for number in range(1, depth + 1):
                x = dense_block(x, f"conv{stage}_block{number}")
        return activated(normalized(x, "bn", epsilon=EPSILON), "relu", "relu")


def dense_block(x: Any, name: str) -> Any:
    """Put ``GROWTH`` new channels beside the old ones."""
    new = activated(normalized(x, f"{name}_0_bn", epsilon=EPSILON), "relu", f"{name}_0_relu")
    new = layers.Conv2D(4 * GROWTH, 1, use_bias=False, name=f"{name}_1_conv")(new)
    new = activated(normalized(new, f"{name}_1_bn", epsilon=EPSILON), "relu", f"{name}_1_relu")
    new = layers.Conv2D(GROWTH, 3, padding="same", use_bias=False, name=f"{name}_2_conv")(new)
    return layers.Concatenate(axis=channel_axis(), name=f"{name}_concat")([x, new])


def transition(x: Any, name: str) -> Any:
    """Halve the channels, then the height and width."""
    x = activated(normalized(x, f"{name}_bn", epsilon=EPSILON), "relu", f"{name}_relu")
    x = layers.Conv2D(channels_of(x) // 2, 1, use_bias=False, name=f"{name}_conv")(x)
    return layers.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


DenseNet121 = DenseNet("DenseNet121", (6, 12, 24, 16), "densenet121")
DenseNet169 = DenseNet("DenseNet169", (6, 12, 32, 32), "densenet169")
DenseNet201 = DenseNet("DenseNet201", (6, 12, 48, 32), "densenet201")
