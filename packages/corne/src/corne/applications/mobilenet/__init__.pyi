# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import tf as preprocess_input
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
from corne_applications.mobilenet import MobileNet as MobileNet
