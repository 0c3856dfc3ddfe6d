"""What PyTorch's libraries call the layers of the same architectures.

A scheme turns a layer's name into the beginning of its entries in a state dict: ``"conv2_block1_1_conv"`` into
``"layer1.0.conv1"``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

Rule = tuple[str, Callable[..., str]]


class Scheme(NamedTuple):
    """One library's names for one family.

    Args:
        marker: An entry that tells state dicts of this scheme from others.
        rules: Patterns of layers' names, each with what makes the other name of its groups.
        symmetric: Whether the library pads strided convolutions equally on both sides, which Keras doesn't.
        epsilon: Of the library's batch normalization.
    """

    marker: str
    rules: tuple[Rule, ...]
    symmetric: bool = False
    epsilon: float = 1e-5

    def prefix(self, layer: str) -> str | None:
        """Return the beginning of a layer's entries, None if the library has no such layer."""
        for pattern, name in self.rules:
            found = re.fullmatch(pattern, layer)
            if found:
                return name(*found.groups())
        return None


def _fixed(**names: str) -> tuple[Rule, ...]:
    return tuple((layer, lambda other=other: other) for layer, other in names.items())


def _less(number: str, by: int = 1) -> int:
    return int(number) - by


def _resnet() -> tuple[Scheme, ...]:
    def block(stage: str, number: str, part: str, kind: str) -> str:
        below = {"conv": f"conv{part}", "bn": f"bn{part}"}[kind]
        if part == "0":
            below = "downsample." + {"conv": "0", "bn": "1"}[kind]
        return f"layer{_less(stage)}.{_less(number)}.{below}"

    rules = (*_fixed(conv1_conv="conv1", conv1_bn="bn1", predictions="fc"),
             (r"conv(\d)_block(\d+)_(\d)_(conv|bn)", block))  # fmt: skip
    return (Scheme("layer1.0.conv1.weight", rules, symmetric=True),)


def _densenet() -> tuple[Scheme, ...]:
    parts = {"0_bn": "norm1", "1_conv": "conv1", "1_bn": "norm2", "2_conv": "conv2"}
    rules: tuple[Rule, ...] = (
        *_fixed(
            conv1_conv="features.conv0",
            conv1_bn="features.norm0",
            bn="features.norm5",
            predictions="classifier",
        ),
        (
            r"conv(\d)_block(\d+)_(\w+)",
            lambda s, n, p: f"features.denseblock{_less(s)}.denselayer{n}.{parts[p]}",
        ),
        (r"pool(\d)_bn", lambda n: f"features.transition{_less(n)}.norm"),
        (r"pool(\d)_conv", lambda n: f"features.transition{_less(n)}.conv"),
    )
    return (Scheme("features.denseblock1.denselayer1.norm1.weight", rules),)


def _vgg(depths: Iterable[int]) -> tuple[Scheme, ...]:
    first, starts = 0, []
    for depth in depths:
        starts.append(first)
        first += 2 * depth + 1  # each convolution has an activation after it, each block a pooling
    rules: tuple[Rule, ...] = (
        *_fixed(fc1="classifier.0", fc2="classifier.3", predictions="classifier.6"),
        (r"block(\d)_conv(\d)", lambda b, c: f"features.{starts[_less(b)] + 2 * _less(c)}"),
    )
    return (Scheme("features.0.weight", rules),)


def _convnext(name: str) -> tuple[Scheme, ...]:
    torchvision_parts = {"depthwise_conv": "block.0", "layernorm": "block.2", "pointwise_conv_1": "block.3",
                         "pointwise_conv_2": "block.5", "layer_scale": "layer_scale"}  # fmt: skip
    timm_parts = {"depthwise_conv": "conv_dw", "layernorm": "norm", "pointwise_conv_1": "mlp.fc1",
                  "pointwise_conv_2": "mlp.fc2", "layer_scale": "gamma"}  # fmt: skip
    block, down = rf"{name}_stage_(\d)_block_(\d+)_(\w+)", rf"{name}_downsampling_(layernorm|conv)_(\d)"
    place = {"layernorm": "0", "conv": "1"}
    torchvision: tuple[Rule, ...] = (
        *_fixed(**{f"{name}_stem_conv": "features.0.0", f"{name}_stem_layernorm": "features.0.1",
                   f"{name}_head_layernorm": "classifier.0", f"{name}_head_dense": "classifier.2"}),
        (block, lambda s, b, p: f"features.{2 * int(s) + 1}.{b}.{torchvision_parts[p]}"),
        (down, lambda kind, n: f"features.{2 * int(n) + 2}.{place[kind]}"),
    )  # fmt: skip
    timm: tuple[Rule, ...] = (
        *_fixed(**{f"{name}_stem_conv": "stem.0", f"{name}_stem_layernorm": "stem.1",
                   f"{name}_head_layernorm": "head.norm", f"{name}_head_dense": "head.fc"}),
        (block, lambda s, b, p: f"stages.{s}.blocks.{b}.{timm_parts[p]}"),
        (down, lambda kind, n: f"stages.{int(n) + 1}.downsample.{place[kind]}"),
    )  # fmt: skip
    return (Scheme("features.0.0.weight", torchvision), Scheme("stem.0.weight", timm))


def _mobilenet_v2() -> tuple[Scheme, ...]:
    first = {"depthwise": "0.0", "depthwise_BN": "0.1", "project": "1", "project_BN": "2"}
    later = {"expand": "0.0", "expand_BN": "0.1", "depthwise": "1.0", "depthwise_BN": "1.1",
             "project": "2", "project_BN": "3"}  # fmt: skip
    rules: tuple[Rule, ...] = (
        *_fixed(Conv1="features.0.0", bn_Conv1="features.0.1", Conv_1="features.18.0", Conv_1_bn="features.18.1",
                predictions="classifier.1"),
        (r"expanded_conv_(\w+)", lambda part: f"features.1.conv.{first[part]}"),
        (r"block_(\d+)_(\w+)", lambda n, part: f"features.{int(n) + 1}.conv.{later[part]}"),
    )  # fmt: skip
    return (Scheme("features.1.conv.0.0.weight", rules, symmetric=True),)


def _mobilenet_v3(blocks: Iterable[Any]) -> tuple[Scheme, ...]:
    blocks = tuple(blocks)

    def part(number: str | None, name: str) -> str:
        index = int(number or 0)
        order = [*(["expand"] if index else []), "depthwise", *(["squeeze"] if blocks[index].squeezes else []),
                 "project"]  # fmt: skip
        kind = name.partition("_")[0]
        below = {"squeeze_excite_conv": "fc1", "squeeze_excite_conv_1": "fc2"}.get(
            name, "1" if name.endswith("_bn") else "0"
        )
        return f"features.{index + 1}.block.{order.index(kind)}.{below}"

    last = len(blocks) + 1
    rules: tuple[Rule, ...] = (
        *_fixed(conv="features.0.0", conv_bn="features.0.1", conv_1=f"features.{last}.0",
                conv_1_bn=f"features.{last}.1", conv_2="classifier.0", logits="classifier.3"),
        (r"expanded_conv_(?:(\d+)_)?([a-z]\w*)", part),
    )  # fmt: skip
    return (Scheme("features.1.block.0.0.weight", rules, symmetric=True, epsilon=1e-3),)


_MBCONV = {"expand_conv": "{0}.0", "expand_bn": "{0}.1", "dwconv": "{1}.0", "dwconv_bn": "{1}.1", "bn": "{1}.1",
           "se_reduce": "{2}.fc1", "se_expand": "{2}.fc2", "project_conv": "{3}.0", "project_bn": "{3}.1"}  # fmt: skip


def _efficientnet(title: str) -> tuple[Scheme, ...]:
    def block(stage: str, letter: str, part: str) -> str:
        places = (0, 0, 1, 2) if stage == "1" else (0, 1, 2, 3)  # the first stage doesn't expand
        return f"features.{stage}.{ord(letter) - 97}.block.{_MBCONV[part].format(*places)}"

    rules: tuple[Rule, ...] = (
        *_fixed(stem_conv="features.0.0", stem_bn="features.0.1", top_conv="features.8.0", top_bn="features.8.1",
                predictions="classifier.1"),
        (r"block(\d)([a-z])_(\w+)", block),
    )  # fmt: skip
    return (
        Scheme(
            "features.1.0.block.0.0.weight",
            rules,
            symmetric=True,
            epsilon=1e-3 if title[-1] in "567" else 1e-5,
        ),
    )


def _lite(blocks: Iterable[Any]) -> tuple[Scheme, ...]:
    parts = {"expand_conv": "_expand_conv", "expand_bn": "_bn0", "dwconv": "_depthwise_conv", "bn": "_bn1",
             "project_conv": "_project_conv", "project_bn": "_bn2"}  # fmt: skip
    numbers = {block.name: number for number, block in enumerate(blocks)}
    rules: tuple[Rule, ...] = (
        *_fixed(
            stem_conv="_conv_stem", stem_bn="_bn0", top_conv="_conv_head", top_bn="_bn1", predictions="_fc"
        ),
        (r"(block\d[a-z]_)(\w+)", lambda block, part: f"_blocks.{numbers[block]}.{parts[part]}"),
    )
    return (Scheme("_conv_stem.weight", rules, epsilon=1e-3),)


def schemes(application: Any, name: str | None) -> tuple[Scheme, ...]:
    """Return the schemes that are known for an architecture, none if state dicts of it can't be read.

    Args:
        application: The architecture.
        name: The model's name, with which names of layers may begin.
    """
    known: dict[str, Callable[[], tuple[Scheme, ...]]] = {
        "ResNet": _resnet,
        "DenseNet": _densenet,
        "VGG": lambda: _vgg(application.depths),
        "ConvNeXt": lambda: _convnext(re.escape(name or application.name)),
        "MobileNetV2Network": _mobilenet_v2,
        "MobileNetV3": lambda: _mobilenet_v3(application.blocks),
        "EfficientNet": lambda: _efficientnet(application.title),
        "EfficientNetLite": lambda: _lite(application.blocks()),
    }
    kind = type(application).__name__
    return known[kind]() if kind in known else ()
