"""Files: whole models, weights, and the registration of what they may name."""

from corne.saving.file_editor import KerasFileEditor
from corne.saving.model_file import load_model, load_weights, model_from_json, save_model, save_weights
from corne.serialization import (
    custom_object_scope,
    get_custom_objects,
    get_registered_name,
    get_registered_object,
)
from corne.serialization import deserialize_object as deserialize_keras_object
from corne.serialization import register_serializable as register_keras_serializable
from corne.serialization import serialize_object as serialize_keras_object

CustomObjectScope = custom_object_scope

__all__ = [
    "CustomObjectScope",
    "KerasFileEditor",
    "custom_object_scope",
    "deserialize_keras_object",
    "get_custom_objects",
    "get_registered_name",
    "get_registered_object",
    "load_model",
    "load_weights",
    "model_from_json",
    "register_keras_serializable",
    "save_model",
    "save_weights",
    "serialize_keras_object",
]
