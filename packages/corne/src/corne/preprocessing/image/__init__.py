"""Image files and arrays, under the names of Keras 2."""

from corne._lazy import attach

_NAMES = {
    "array_to_img": "corne_images.array_to_img:array_to_img",
    "img_to_array": "corne_images.img_to_array:img_to_array",
    "load_img": "corne_images.load_img:load_img",
    "save_img": "corne_images.save_img:save_img",
    "smart_resize": "corne_images.smart_resize:smart_resize",
}

__getattr__, __dir__ = attach(__name__, _NAMES)
