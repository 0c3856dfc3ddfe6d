# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import torch as preprocess_input
from corne_applications.densenet import DenseNet121 as DenseNet121
from corne_applications.densenet import DenseNet169 as DenseNet169
from corne_applications.densenet import DenseNet201 as DenseNet201
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
