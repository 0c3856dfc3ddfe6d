"""Names in configurations: own classes, contradictions, Keras's arguments, and the form of Keras 2."""

from __future__ import annotations

import pytest
from corne import Layer, initializers, regularizers
from corne.errors import ArgumentError, FileFormatError, UnknownNameError
from corne.legacy import saving as legacy
from corne.saving import (
    deserialize_keras_object,
    get_registered_object,
    register_keras_serializable,
    serialize_keras_object,
)


class L2(regularizers.Regularizer):
    """The user's own, with a built-in's name."""

    def __call__(self, x):
        return 0.0

    def get_config(self):
        return {}


@register_keras_serializable(package="corne-tests-names")
class Mine(Layer):
    pass


def test_an_own_class_is_never_exchanged_for_a_built_in():
    config = serialize_keras_object(L2())
    with pytest.raises(UnknownNameError) as caught:
        deserialize_keras_object(config)
    assert caught.value.where.endswith(".L2")
    assert type(deserialize_keras_object(config, custom_objects={"L2": L2})) is L2


@pytest.mark.parametrize("registered", ["corne-tests-names>Mine", "acme:Zeros", "Zeros"])
def test_a_registered_name_that_contradicts_the_class_is_refused(registered):
    config = {
        "module": "keras.initializers",
        "class_name": "Ones",
        "config": {},
        "registered_name": registered,
    }
    with pytest.raises(FileFormatError) as caught:
        deserialize_keras_object(config)
    assert caught.value.given == repr(registered)


def test_keras_arguments():
    config = serialize_keras_object(L2())
    assert type(deserialize_keras_object(config, module_objects={"L2": L2})) is L2
    assert deserialize_keras_object("L2", module_objects={"L2": L2}) is L2
    assert deserialize_keras_object("other", module_objects={"L2": L2}) == "other"
    with pytest.raises(ArgumentError):
        deserialize_keras_object(config, safe_mode=False)
    assert get_registered_object("L2") is None
    assert get_registered_object("L2", None, {"L2": L2}) is L2
    assert get_registered_object("L2", {"L2": Mine}, {"L2": L2}) is Mine


def test_the_form_of_keras_2():
    from corne.utils import legacy as by_utils

    assert by_utils.serialize_keras_object is legacy.serialize_keras_object
    config = legacy.serialize_keras_object(initializers.Constant(2.0))
    assert config == {"class_name": "Constant", "config": {"value": 2.0}}
    objects = {"Constant": initializers.Constant, "double": lambda x: 2 * x}
    assert legacy.deserialize_keras_object(config, module_objects=objects).value == 2.0
    assert legacy.deserialize_keras_object("double", objects)(3) == 6
    assert legacy.deserialize_keras_object(None) is None
    with pytest.raises(UnknownNameError):
        legacy.deserialize_keras_object("none", objects, printable_module_name="layer")
    with pytest.raises(FileFormatError):
        legacy.deserialize_keras_object({"class_name": "Constant", "config": 1}, objects)
    with pytest.raises(ArgumentError):
        legacy.serialize_keras_object(3)


@pytest.mark.oracle
def test_keras_2s_form_is_keras():
    keras = pytest.importorskip("keras")
    theirs = keras.legacy.saving.serialize_keras_object(keras.regularizers.L1L2(0.5, 0.25))
    assert legacy.serialize_keras_object(regularizers.L1L2(0.5, 0.25)) == theirs
