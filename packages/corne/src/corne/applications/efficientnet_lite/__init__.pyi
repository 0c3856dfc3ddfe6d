# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import unchanged as preprocess_input
from corne_applications.efficientnet_lite import EfficientNetLite0 as EfficientNetLite0
from corne_applications.efficientnet_lite import EfficientNetLite1 as EfficientNetLite1
from corne_applications.efficientnet_lite import EfficientNetLite2 as EfficientNetLite2
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
