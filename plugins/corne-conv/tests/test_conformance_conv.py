"""What every layer owes its users, of the layers of corne-conv."""

from __future__ import annotations

from corne_testkit import Case, LayerConformance


class TestConvolutions(LayerConformance):
    """Layers with kernels."""

    cases = [
        Case("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "causal"}, input_shape=(5, 2)),
        Case("Conv2D", {"filters": 3, "kernel_size": 2, "activation": "tanh"}, input_shape=(4, 5, 2)),
        Case(
            "Conv2D",
            {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same", "groups": 2},
            input_shape=(5, 5, 2),
        ),
        Case(
            "Conv2D",
            {"filters": 2, "kernel_size": 2, "dilation_rate": 2, "data_format": "channels_first"},
            input_shape=(2, 5, 5),
        ),
        Case("Conv3D", {"filters": 2, "kernel_size": 2}, input_shape=(3, 3, 3, 1)),
        Case("Conv1DTranspose", {"filters": 2, "kernel_size": 3, "strides": 2}, input_shape=(4, 2)),
        Case(
            "Conv2DTranspose",
            {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"},
            input_shape=(3, 3, 2),
        ),
        Case("Conv3DTranspose", {"filters": 2, "kernel_size": 2, "strides": 2}, input_shape=(2, 2, 2, 1)),
        Case("DepthwiseConv1D", {"kernel_size": 2}, input_shape=(5, 2)),
        Case("DepthwiseConv2D", {"kernel_size": 2, "depth_multiplier": 2}, input_shape=(4, 4, 2)),
        Case("SeparableConv1D", {"filters": 2, "kernel_size": 2}, input_shape=(5, 2)),
        Case("SeparableConv2D", {"filters": 3, "kernel_size": 2}, input_shape=(4, 4, 2)),
    ]


class TestPooling(LayerConformance):
    """Layers that summarize windows."""

    cases = [
        Case("MaxPooling1D", {"pool_size": 2}, input_shape=(5, 2)),
        Case("MaxPooling2D", {"pool_size": 2, "padding": "same"}, input_shape=(5, 4, 2)),
        Case("AveragePooling1D", {"pool_size": 3, "strides": 2}, input_shape=(7, 2)),
        Case("AveragePooling2D", {"pool_size": 2, "padding": "same"}, input_shape=(5, 5, 2)),
        Case("GlobalMaxPooling2D", input_shape=(3, 3, 2)),
        Case("GlobalAveragePooling1D", input_shape=(4, 2)),
        Case("GlobalAveragePooling2D", {"keepdims": True}, input_shape=(3, 3, 2)),
        Case("MaxPooling3D", {"pool_size": 2}, input_shape=(3, 4, 2, 1)),
        Case("AveragePooling3D", {"pool_size": 2, "padding": "same"}, input_shape=(3, 4, 2, 1)),
        Case("GlobalMaxPooling1D", {"data_format": "channels_first"}, input_shape=(2, 4)),
        Case("GlobalMaxPooling3D", input_shape=(2, 2, 3, 2)),
        Case("GlobalAveragePooling3D", input_shape=(2, 2, 3, 2)),
        Case("AdaptiveAveragePooling1D", {"output_size": 3}, input_shape=(5, 2)),
        Case("AdaptiveAveragePooling3D", {"output_size": 2}, input_shape=(3, 3, 2, 1)),
        Case("AdaptiveMaxPooling2D", {"output_size": (2, 3)}, input_shape=(5, 5, 2)),
        Case("AdaptiveMaxPooling3D", {"output_size": 2}, input_shape=(3, 3, 2, 1)),
        Case("AdaptiveAveragePooling2D", {"output_size": (2, 3)}, input_shape=(5, 5, 2)),
        Case("AdaptiveMaxPooling1D", {"output_size": 2}, input_shape=(5, 2)),
    ]


class TestMargins(LayerConformance):
    """Layers that pad, crop and repeat."""

    cases = [
        Case("ZeroPadding1D", {"padding": (1, 2)}, input_shape=(3, 2)),
        Case("ZeroPadding2D", {"padding": ((1, 0), (2, 1))}, input_shape=(3, 3, 2)),
        Case("Cropping1D", {"cropping": 1}, input_shape=(5, 2)),
        Case("Cropping2D", {"cropping": ((1, 0), (0, 1))}, input_shape=(4, 4, 2)),
        Case("ZeroPadding3D", {"padding": 1}, input_shape=(2, 2, 2, 1)),
        Case("Cropping3D", {"cropping": ((1, 0), (0, 1), (0, 0))}, input_shape=(3, 3, 2, 1)),
        Case("UpSampling3D", {"size": (1, 2, 2)}, input_shape=(2, 2, 2, 1)),
        Case("UpSampling1D", {"size": 2}, input_shape=(3, 2)),
        Case("UpSampling2D", {"size": (2, 3)}, input_shape=(3, 3, 2)),
        Case("UpSampling2D", {"interpolation": "bilinear"}, input_shape=(3, 3, 2)),
    ]
