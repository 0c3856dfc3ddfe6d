"""What corne-applications registers."""

from __future__ import annotations

from typing import Any

from corne.plugins import hookimpl

CORNE_API = 1

#: Each module of Keras's: where its architectures lie, their names, and how it scales pixels.
_MODULES = {
    "convnext": (
        "convnext",
        "ConvNeXtTiny ConvNeXtSmall ConvNeXtBase ConvNeXtLarge ConvNeXtXLarge",
        "unchanged",
    ),
    "densenet": ("densenet", "DenseNet121 DenseNet169 DenseNet201", "torch"),
    "efficientnet": (
        "efficientnet",
        "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 "
        "EfficientNetB7",
        "unchanged",
    ),
    "efficientnet_v2": (
        "efficientnet_v2",
        "EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2S EfficientNetV2M "
        "EfficientNetV2L",
        "unchanged",
    ),
    "efficientnet_lite": (
        "efficientnet_lite",
        "EfficientNetLite0 EfficientNetLite1 EfficientNetLite2",
        "unchanged",
    ),
    "inception_resnet_v2": ("inception_resnet_v2", "InceptionResNetV2", "tf"),
    "inception_v3": ("inception_v3", "InceptionV3", "tf"),
    "mobilenet": ("mobilenet", "MobileNet", "tf"),
    "mobilenet_v2": ("mobilenet_v2", "MobileNetV2", "tf"),
    "mobilenet_v3": ("mobilenet_v3", "MobileNetV3Large MobileNetV3Small", "unchanged"),
    "nasnet": ("nasnet", "NASNetLarge NASNetMobile", "tf"),
    "resnet": ("resnet", "ResNet50 ResNet101 ResNet152", "caffe"),
    "resnet50": ("resnet", "ResNet50", "caffe"),
    "resnet_v2": ("resnet_v2", "ResNet50V2 ResNet101V2 ResNet152V2", "tf"),
    "vgg16": ("_vgg", "VGG16", "caffe"),
    "vgg19": ("_vgg", "VGG19", "caffe"),
    "xception": ("xception", "Xception", "tf"),
}


@hookimpl
def corne_applications() -> dict[str, str]:
    """Return name to ``module:object`` of the architectures."""
    return {
        name: f"corne_applications.{source}:{name}"
        for source, names, _ in _MODULES.values()
        for name in names.split()
    }


@hookimpl
def corne_names() -> dict[str, str]:
    """Return what stands in the modules of ``corne.applications``, by its path below ``corne``."""
    utils = "corne_applications.imagenet_utils"
    targets = {"imagenet_utils.preprocess_input": f"{utils}:preprocess_input"}
    targets["imagenet_utils.decode_predictions"] = f"{utils}:decode_predictions"
    for module, (source, names, scaling) in _MODULES.items():
        for name in names.split():
            targets[f"{module}.{name}"] = f"corne_applications.{source}:{name}"
        targets[f"{module}.preprocess_input"] = f"corne_applications._scaling:{scaling}"
        targets[f"{module}.decode_predictions"] = f"{utils}:decode_predictions"
    return {f"applications.{path}": target for path, target in targets.items()}


@hookimpl
def corne_weights() -> dict[str, str]:
    """Return where weights from other packages lie."""
    return {f"EfficientNetLite{n}/imagenet": f"corne_applications.lite_weights:lite{n}" for n in (0, 1, 2)}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return the layers that only some architectures have."""
    return {
        "CustomScaleLayer": "corne_applications.custom_scale_layer:CustomScaleLayer",
        "LayerScale": "corne_applications.layer_scale:LayerScale",
        "StochasticDepth": "corne_applications.stochastic_depth:StochasticDepth",
    }


@hookimpl
def corne_commands(cli: Any) -> None:
    """Add ``corne apps``."""
    from corne_applications.command import apps

    cli.add_command(apps)
