"""Helpers around models: seeds, labels, data sets, registration, and plugins' additions."""

from corne.plugins.namespace import open_module

_NAMES = {
    "Config": "corne.utils.settings:Config",
    "CustomObjectScope": "corne.serialization:custom_object_scope",
    "Progbar": "corne.training.progbar:Progbar",
    "PyDataset": "corne.training.py_dataset:PyDataset",
    "Sequence": "corne.training.py_dataset:PyDataset",
    "clear_session": "corne.utils.session:clear_session",
    "custom_object_scope": "corne.serialization:custom_object_scope",
    "deserialize_keras_object": "corne.serialization:deserialize_object",
    "disable_interactive_logging": "corne.config:disable_interactive_logging",
    "enable_interactive_logging": "corne.config:enable_interactive_logging",
    "get_custom_objects": "corne.serialization:get_custom_objects",
    "get_registered_name": "corne.serialization:get_registered_name",
    "get_source_inputs": "corne.utils.session:get_source_inputs",
    "get_registered_object": "corne.serialization:get_registered_object",
    "is_interactive_logging_enabled": "corne.config:is_interactive_logging_enabled",
    "is_keras_tensor": "corne.utils.session:is_keras_tensor",
    "message": "corne.utils.messages:message",
    "normalize": "corne.utils.numerical:normalize",
    "pack_x_y_sample_weight": "corne.utils.batches:pack_x_y_sample_weight",
    "register_keras_serializable": "corne.serialization:register_serializable",
    "serialize_keras_object": "corne.serialization:serialize_object",
    "set_random_seed": "corne.random:set_random_seed",
    "standardize_dtype": "corne.dtypes:standardize_dtype",
    "to_categorical": "corne.utils.numerical:to_categorical",
    "unpack_x_y_sample_weight": "corne.utils.batches:unpack_x_y_sample_weight",
}

__getattr__, __dir__ = open_module(__name__, _NAMES)
