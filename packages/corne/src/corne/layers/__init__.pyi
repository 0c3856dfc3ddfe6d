# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.layer import InputSpec as InputSpec
from corne.layer import Layer as Layer
from corne.model import Input as Input
from corne.model import InputLayer as InputLayer
from corne_conv.adaptive_average_pooling1d import AdaptiveAveragePooling1D as AdaptiveAveragePooling1D
from corne_conv.adaptive_average_pooling2d import AdaptiveAveragePooling2D as AdaptiveAveragePooling2D
from corne_conv.adaptive_average_pooling3d import AdaptiveAveragePooling3D as AdaptiveAveragePooling3D
from corne_conv.adaptive_max_pooling1d import AdaptiveMaxPooling1D as AdaptiveMaxPooling1D
from corne_conv.adaptive_max_pooling2d import AdaptiveMaxPooling2D as AdaptiveMaxPooling2D
from corne_conv.adaptive_max_pooling3d import AdaptiveMaxPooling3D as AdaptiveMaxPooling3D
from corne_conv.average_pooling1d import AveragePooling1D as AveragePooling1D
from corne_conv.average_pooling1d import AveragePooling1D as AvgPool1D
from corne_conv.average_pooling2d import AveragePooling2D as AveragePooling2D
from corne_conv.average_pooling2d import AveragePooling2D as AvgPool2D
from corne_conv.average_pooling3d import AveragePooling3D as AveragePooling3D
from corne_conv.average_pooling3d import AveragePooling3D as AvgPool3D
from corne_conv.conv1d import Conv1D as Conv1D
from corne_conv.conv1d import Conv1D as Convolution1D
from corne_conv.conv1d_transpose import Conv1DTranspose as Conv1DTranspose
from corne_conv.conv1d_transpose import Conv1DTranspose as Convolution1DTranspose
from corne_conv.conv2d import Conv2D as Conv2D
from corne_conv.conv2d import Conv2D as Convolution2D
from corne_conv.conv2d_transpose import Conv2DTranspose as Conv2DTranspose
from corne_conv.conv2d_transpose import Conv2DTranspose as Convolution2DTranspose
from corne_conv.conv3d import Conv3D as Conv3D
from corne_conv.conv3d import Conv3D as Convolution3D
from corne_conv.conv3d_transpose import Conv3DTranspose as Conv3DTranspose
from corne_conv.conv3d_transpose import Conv3DTranspose as Convolution3DTranspose
from corne_conv.cropping1d import Cropping1D as Cropping1D
from corne_conv.cropping2d import Cropping2D as Cropping2D
from corne_conv.cropping3d import Cropping3D as Cropping3D
from corne_conv.depthwise_conv1d import DepthwiseConv1D as DepthwiseConv1D
from corne_conv.depthwise_conv2d import DepthwiseConv2D as DepthwiseConv2D
from corne_conv.global_average_pooling1d import GlobalAveragePooling1D as GlobalAveragePooling1D
from corne_conv.global_average_pooling1d import GlobalAveragePooling1D as GlobalAvgPool1D
from corne_conv.global_average_pooling2d import GlobalAveragePooling2D as GlobalAveragePooling2D
from corne_conv.global_average_pooling2d import GlobalAveragePooling2D as GlobalAvgPool2D
from corne_conv.global_average_pooling3d import GlobalAveragePooling3D as GlobalAveragePooling3D
from corne_conv.global_average_pooling3d import GlobalAveragePooling3D as GlobalAvgPool3D
from corne_conv.global_max_pooling1d import GlobalMaxPooling1D as GlobalMaxPool1D
from corne_conv.global_max_pooling1d import GlobalMaxPooling1D as GlobalMaxPooling1D
from corne_conv.global_max_pooling2d import GlobalMaxPooling2D as GlobalMaxPool2D
from corne_conv.global_max_pooling2d import GlobalMaxPooling2D as GlobalMaxPooling2D
from corne_conv.global_max_pooling3d import GlobalMaxPooling3D as GlobalMaxPool3D
from corne_conv.global_max_pooling3d import GlobalMaxPooling3D as GlobalMaxPooling3D
from corne_conv.max_pooling1d import MaxPooling1D as MaxPool1D
from corne_conv.max_pooling1d import MaxPooling1D as MaxPooling1D
from corne_conv.max_pooling2d import MaxPooling2D as MaxPool2D
from corne_conv.max_pooling2d import MaxPooling2D as MaxPooling2D
from corne_conv.max_pooling3d import MaxPooling3D as MaxPool3D
from corne_conv.max_pooling3d import MaxPooling3D as MaxPooling3D
from corne_conv.separable_conv1d import SeparableConv1D as SeparableConv1D
from corne_conv.separable_conv1d import SeparableConv1D as SeparableConvolution1D
from corne_conv.separable_conv2d import SeparableConv2D as SeparableConv2D
from corne_conv.separable_conv2d import SeparableConv2D as SeparableConvolution2D
from corne_conv.up_sampling1d import UpSampling1D as UpSampling1D
from corne_conv.up_sampling2d import UpSampling2D as UpSampling2D
from corne_conv.up_sampling3d import UpSampling3D as UpSampling3D
from corne_conv.zero_padding1d import ZeroPadding1D as ZeroPadding1D
from corne_conv.zero_padding2d import ZeroPadding2D as ZeroPadding2D
from corne_conv.zero_padding3d import ZeroPadding3D as ZeroPadding3D
from corne_layers.activation import Activation as Activation
from corne_layers.activity_regularization import ActivityRegularization as ActivityRegularization
from corne_layers.add import Add as Add
from corne_layers.add import add as add
from corne_layers.alpha_dropout import AlphaDropout as AlphaDropout
from corne_layers.average import Average as Average
from corne_layers.average import average as average
from corne_layers.batch_normalization import BatchNormalization as BatchNormalization
from corne_layers.concatenate import Concatenate as Concatenate
from corne_layers.concatenate import concatenate as concatenate
from corne_layers.dense import Dense as Dense
from corne_layers.dot import Dot as Dot
from corne_layers.dot import dot as dot
from corne_layers.dropout import Dropout as Dropout
from corne_layers.elu import ELU as ELU
from corne_layers.embedding import Embedding as Embedding
from corne_layers.flatten import Flatten as Flatten
from corne_layers.gaussian_dropout import GaussianDropout as GaussianDropout
from corne_layers.gaussian_noise import GaussianNoise as GaussianNoise
from corne_layers.group_normalization import GroupNormalization as GroupNormalization
from corne_layers.identity import Identity as Identity
from corne_layers.lambda_layer import Lambda as Lambda
from corne_layers.layer_normalization import LayerNormalization as LayerNormalization
from corne_layers.leaky_relu import LeakyReLU as LeakyReLU
from corne_layers.masking import Masking as Masking
from corne_layers.maximum import Maximum as Maximum
from corne_layers.maximum import maximum as maximum
from corne_layers.minimum import Minimum as Minimum
from corne_layers.minimum import minimum as minimum
from corne_layers.multiply import Multiply as Multiply
from corne_layers.multiply import multiply as multiply
from corne_layers.permute import Permute as Permute
from corne_layers.prelu import PReLU as PReLU
from corne_layers.relu import ReLU as ReLU
from corne_layers.repeat_vector import RepeatVector as RepeatVector
from corne_layers.reshape import Reshape as Reshape
from corne_layers.rms_normalization import RMSNormalization as RMSNormalization
from corne_layers.softmax import Softmax as Softmax
from corne_layers.spatial_dropout1d import SpatialDropout1D as SpatialDropout1D
from corne_layers.spatial_dropout2d import SpatialDropout2D as SpatialDropout2D
from corne_layers.spatial_dropout3d import SpatialDropout3D as SpatialDropout3D
from corne_layers.subtract import Subtract as Subtract
from corne_layers.subtract import subtract as subtract
from corne_layers.unit_normalization import UnitNormalization as UnitNormalization

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
