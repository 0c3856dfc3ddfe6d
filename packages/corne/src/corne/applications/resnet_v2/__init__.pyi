# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import tf as preprocess_input
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
from corne_applications.resnet_v2 import ResNet101V2 as ResNet101V2
from corne_applications.resnet_v2 import ResNet152V2 as ResNet152V2
from corne_applications.resnet_v2 import ResNet50V2 as ResNet50V2
