# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_applications._scaling import unchanged as preprocess_input
from corne_applications.convnext import ConvNeXtBase as ConvNeXtBase
from corne_applications.convnext import ConvNeXtLarge as ConvNeXtLarge
from corne_applications.convnext import ConvNeXtSmall as ConvNeXtSmall
from corne_applications.convnext import ConvNeXtTiny as ConvNeXtTiny
from corne_applications.convnext import ConvNeXtXLarge as ConvNeXtXLarge
from corne_applications.imagenet_utils import decode_predictions as decode_predictions
