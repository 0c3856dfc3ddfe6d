# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import unchanged as preprocess_input
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
from corne_applications.mobilenet_v3 import MobileNetV3Large as MobileNetV3Large
from corne_applications.mobilenet_v3 import MobileNetV3Small as MobileNetV3Small
