# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import unchanged as preprocess_input
from corne_applications.efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from corne_applications.efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from corne_applications.efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from corne_applications.efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from corne_applications.efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from corne_applications.efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from corne_applications.efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
