# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne.legacy.saving import deserialize_keras_object as deserialize_keras_object
from corne.legacy.saving import serialize_keras_object as serialize_keras_object
