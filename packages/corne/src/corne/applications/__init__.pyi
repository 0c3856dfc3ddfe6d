# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne_applications._vgg import VGG16 as VGG16
from corne_applications._vgg import VGG19 as VGG19
from corne_applications.convnext import ConvNeXtBase as ConvNeXtBase
from corne_applications.convnext import ConvNeXtLarge as ConvNeXtLarge
from corne_applications.convnext import ConvNeXtSmall as ConvNeXtSmall
from corne_applications.convnext import ConvNeXtTiny as ConvNeXtTiny
from corne_applications.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from corne_applications.densenet import DenseNet121 as DenseNet121
from corne_applications.densenet import DenseNet169 as DenseNet169
from corne_applications.densenet import DenseNet201 as DenseNet201
from corne_applications.efficientnet import EfficientNetB0 as EfficientNetB0
from corne_applications.efficientnet import EfficientNetB1 as EfficientNetB1
from corne_applications.efficientnet import EfficientNetB2 as EfficientNetB2
from corne_applications.efficientnet import EfficientNetB3 as EfficientNetB3
from corne_applications.efficientnet import EfficientNetB4 as EfficientNetB4
from corne_applications.efficientnet import EfficientNetB5 as EfficientNetB5
from corne_applications.efficientnet import EfficientNetB6 as EfficientNetB6
from corne_applications.efficientnet import EfficientNetB7 as EfficientNetB7
from corne_applications.efficientnet_lite import EfficientNetLite0 as EfficientNetLite0
from corne_applications.efficientnet_lite import EfficientNetLite1 as EfficientNetLite1
from corne_applications.efficientnet_lite import EfficientNetLite2 as EfficientNetLite2
from corne_applications.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from corne_applications.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from corne_applications.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from corne_applications.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from corne_applications.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from corne_applications.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from corne_applications.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from corne_applications.inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from corne_applications.inception_v3 import InceptionV3 as InceptionV3
from corne_applications.mobilenet import MobileNet as MobileNet
from corne_applications.mobilenet_v2 import MobileNetV2 as MobileNetV2
from corne_applications.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from corne_applications.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
from corne_applications.nasnet import NASNetLarge as NASNetLarge
from corne_applications.nasnet import NASNetMobile as NASNetMobile
from corne_applications.resnet import ResNet101 as ResNet101
from corne_applications.resnet import ResNet152 as ResNet152
from corne_applications.resnet import ResNet50 as ResNet50
from corne_applications.resnet_v2 import ResNet101V2 as ResNet101V2
from corne_applications.resnet_v2 import ResNet152V2 as ResNet152V2
from corne_applications.resnet_v2 import ResNet50V2 as ResNet50V2
from corne_applications.xception import Xception as Xception

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
from corne.applications import convnext as convnext
from corne.applications import densenet as densenet
from corne.applications import efficientnet as efficientnet
from corne.applications import efficientnet_lite as efficientnet_lite
from corne.applications import efficientnet_v2 as efficientnet_v2
from corne.applications import imagenet_utils as imagenet_utils
from corne.applications import inception_resnet_v2 as inception_resnet_v2
from corne.applications import inception_v3 as inception_v3
from corne.applications import mobilenet as mobilenet
from corne.applications import mobilenet_v2 as mobilenet_v2
from corne.applications import mobilenet_v3 as mobilenet_v3
from corne.applications import nasnet as nasnet
from corne.applications import resnet as resnet
from corne.applications import resnet50 as resnet50
from corne.applications import resnet_v2 as resnet_v2
from corne.applications import vgg16 as vgg16
from corne.applications import vgg19 as vgg19
from corne.applications import xception as xception
