"""Helpers around models: seeds, labels, data sets, registration, pictures."""

from corne._lazy import attach

_NAMES = {
    "CustomObjectScope": "corne.serialization:custom_object_scope",
    "Progbar": "corne.training.progbar:Progbar",
    "PyDataset": "corne.training.py_dataset:PyDataset",
    "Sequence": "corne.training.py_dataset:PyDataset",
    "array_to_img": "corne_images.array_to_img:array_to_img",
    "clear_session": "corne.utils.session:clear_session",
    "custom_object_scope": "corne.serialization:custom_object_scope",
    "deserialize_keras_object": "corne.serialization:deserialize_object",
    "get_custom_objects": "corne.serialization:get_custom_objects",
    "get_registered_name": "corne.serialization:get_registered_name",
    "get_registered_object": "corne.serialization:get_registered_object",
    "img_to_array": "corne_images.img_to_array:img_to_array",
    "is_keras_tensor": "corne.utils.session:is_keras_tensor",
    "load_img": "corne_images.load_img:load_img",
    "normalize": "corne.utils.numerical:normalize",
    "pack_x_y_sample_weight": "corne.utils.batches:pack_x_y_sample_weight",
    "plot_model": "corne_visualization.plot_model:plot_model",
    "register_keras_serializable": "corne.serialization:register_serializable",
    "save_img": "corne_images.save_img:save_img",
    "serialize_keras_object": "corne.serialization:serialize_object",
    "set_random_seed": "corne.random:set_random_seed",
    "standardize_dtype": "corne.dtypes:standardize_dtype",
    "to_categorical": "corne.utils.numerical:to_categorical",
    "unpack_x_y_sample_weight": "corne.utils.batches:unpack_x_y_sample_weight",
}
_SUBMODULES = ("bounding_boxes",)

__getattr__, __dir__ = attach(__name__, _NAMES, _SUBMODULES)
