# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import unchanged as preprocess_input
from corne_applications.efficientnet import EfficientNetB0 as EfficientNetB0
from corne_applications.efficientnet import EfficientNetB1 as EfficientNetB1
from corne_applications.efficientnet import EfficientNetB2 as EfficientNetB2
from corne_applications.efficientnet import EfficientNetB3 as EfficientNetB3
from corne_applications.efficientnet import EfficientNetB4 as EfficientNetB4
from corne_applications.efficientnet import EfficientNetB5 as EfficientNetB5
from corne_applications.efficientnet import EfficientNetB6 as EfficientNetB6
from corne_applications.efficientnet import EfficientNetB7 as EfficientNetB7
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
