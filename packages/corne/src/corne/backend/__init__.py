"""Which backend runs, how to choose another, and the names that Keras has in ``keras.backend``.

The choice, made once and on first use: ``CORNE_BACKEND``, then ``backend`` in ``~/.corne/config.json``,
then the usable backend of the highest priority.
"""

from corne._lazy import attach
from corne.backend.base import Array, Backend, BackendSpec, Key, Shape, TensorSpec
from corne.backend.choice import active, available, backend, device, load, name, set_backend, use
from corne.backend.kernels import kernel
from corne.backend.step import PlainStep, Step

__all__ = [
    "Array",
    "Backend",
    "BackendSpec",
    "Key",
    "PlainStep",
    "Shape",
    "Step",
    "TensorSpec",
    "active",
    "available",
    "backend",
    "device",
    "kernel",
    "load",
    "name",
    "set_backend",
    "use",
]

#: Keras's names for what stands elsewhere, on floors above this one too.
_NAMES = {
    "clear_session": "corne.utils.session:clear_session",
    "epsilon": "corne.config:epsilon",
    "floatx": "corne.config:floatx",
    "get_uid": "corne.naming:get_uid",
    "image_data_format": "corne.config:image_data_format",
    "is_float_dtype": "corne.dtypes:is_float",
    "is_int_dtype": "corne.dtypes:is_int",
    "is_keras_tensor": "corne.utils.session:is_keras_tensor",
    "result_type": "corne.dtypes:result_type",
    "set_epsilon": "corne.config:set_epsilon",
    "set_floatx": "corne.config:set_floatx",
    "set_image_data_format": "corne.config:set_image_data_format",
    "standardize_dtype": "corne.dtypes:standardize_dtype",
}

__getattr__, __dir__ = attach(__name__, _NAMES)
