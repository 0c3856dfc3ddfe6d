"""What corne-conv registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: ``{module: names of the one class in it, its own first}``
_NAMES = {
    "conv1d": "Conv1D Convolution1D",
    "conv2d": "Conv2D Convolution2D",
    "conv3d": "Conv3D Convolution3D",
    "conv1d_transpose": "Conv1DTranspose Convolution1DTranspose",
    "conv2d_transpose": "Conv2DTranspose Convolution2DTranspose",
    "conv3d_transpose": "Conv3DTranspose Convolution3DTranspose",
    "depthwise_conv1d": "DepthwiseConv1D",
    "depthwise_conv2d": "DepthwiseConv2D",
    "separable_conv1d": "SeparableConv1D SeparableConvolution1D",
    "separable_conv2d": "SeparableConv2D SeparableConvolution2D",
    "max_pooling1d": "MaxPooling1D MaxPool1D",
    "max_pooling2d": "MaxPooling2D MaxPool2D",
    "max_pooling3d": "MaxPooling3D MaxPool3D",
    "average_pooling1d": "AveragePooling1D AvgPool1D",
    "average_pooling2d": "AveragePooling2D AvgPool2D",
    "average_pooling3d": "AveragePooling3D AvgPool3D",
    "global_max_pooling1d": "GlobalMaxPooling1D GlobalMaxPool1D",
    "global_max_pooling2d": "GlobalMaxPooling2D GlobalMaxPool2D",
    "global_max_pooling3d": "GlobalMaxPooling3D GlobalMaxPool3D",
    "global_average_pooling1d": "GlobalAveragePooling1D GlobalAvgPool1D",
    "global_average_pooling2d": "GlobalAveragePooling2D GlobalAvgPool2D",
    "global_average_pooling3d": "GlobalAveragePooling3D GlobalAvgPool3D",
    "adaptive_max_pooling1d": "AdaptiveMaxPooling1D",
    "adaptive_max_pooling2d": "AdaptiveMaxPooling2D",
    "adaptive_max_pooling3d": "AdaptiveMaxPooling3D",
    "adaptive_average_pooling1d": "AdaptiveAveragePooling1D",
    "adaptive_average_pooling2d": "AdaptiveAveragePooling2D",
    "adaptive_average_pooling3d": "AdaptiveAveragePooling3D",
    "zero_padding1d": "ZeroPadding1D",
    "zero_padding2d": "ZeroPadding2D",
    "zero_padding3d": "ZeroPadding3D",
    "cropping1d": "Cropping1D",
    "cropping2d": "Cropping2D",
    "cropping3d": "Cropping3D",
    "up_sampling1d": "UpSampling1D",
    "up_sampling2d": "UpSampling2D",
    "up_sampling3d": "UpSampling3D",
}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``; several names may mean one class."""
    return {
        name: f"corne_conv.{module}:{names.split()[0]}"
        for module, names in _NAMES.items()
        for name in names.split()
    }


@hookimpl
def corne_ops() -> dict[str, str]:
    """Return name to ``module:function``."""
    names = "adaptive_average_pool adaptive_max_pool average_pool conv conv_transpose depthwise_conv max_pool separable_conv"
    operations = {name: f"corne_conv.ops.convolution:{name}" for name in names.split(" ")}
    return {**operations, "image.resize": "corne_conv.ops.resizing:resize"}
