"""Translate a layer's configuration of Keras 1 or 2 to today's form."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from corne.errors import FileFormatError, UnknownNameError, nearest
from corne.plugins import registry
from corne.serialization import get_registered_object

from corne_keras import keras_1, objects
from corne_keras.origin import Origin

_CLASSES = {
    "BatchNormalizationV1": "BatchNormalization",
    "BatchNormalizationV2": "BatchNormalization",
    "SyncBatchNormalization": "BatchNormalization",
    "CuDNNLSTM": "LSTM",
    "CuDNNGRU": "GRU",
    "UnifiedLSTM": "LSTM",
    "UnifiedGRU": "GRU",
    "ThresholdedReLU": "ReLU",
}
MERGES = frozenset({"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate", "Dot"})
RECURRENT = frozenset({"RNN", "SimpleRNN", "LSTM", "GRU", "Bidirectional"})
_MODELS = frozenset({"Model", "Functional", "Sequential"})
#: Keras 2 layers that wrapped a TensorFlow op by name.
_TENSORFLOW = frozenset(
    {"TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer", "ClassMethod", "InstanceProperty"}
)
#: Arguments without effect on results.
_DROPPED = frozenset(
    {"batch_input_shape", "input_dtype", "input_length", "implementation", "fused", "consume_less", "weights",
     "experimental_autocast", "query_shape", "key_shape", "value_shape"}
)  # fmt: skip
#: Values of removed arguments that had no effect, so they can be dropped.
_NOTHING: tuple[Any, ...] = (None, False, 0, 0.99, [], {})
#: Arguments of convolutions that derived classes list without supporting them.
_UNUSED_BY = {
    "DepthwiseConv1D": ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "DepthwiseConv2D": ("filters", "groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv1D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "SeparableConv2D": ("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint"),
    "Conv1DTranspose": ("groups",),
    "Conv2DTranspose": ("groups",),
    "Conv3DTranspose": ("groups",),
}
_INPUT_ARGUMENTS = frozenset({"batch_shape", "dtype", "name", "optional", "ragged", "sparse"})
_LAMBDA_KINDS = ("module", "output_shape_module", "function_type", "output_shape_type", "mask_type")


def layer(entry: Any, origin: Origin, model: Callable[[Any], Any]) -> dict[str, Any]:
    """Return ``{"class_name", "config", ...}`` in today's form.

    Args:
        entry: The file's entry: class name and arguments.
        origin: Who wrote it.
        model: Translates a model's configuration, for nested models.

    Raises:
        FileFormatError: It is malformed, or needs a feature that only the old Keras had.
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("class_name"), str):
        raise FileFormatError(
            "a layer", "its class_name and config", repr(entry)[:80], "The file is corrupt."
        )
    class_name: str = entry["class_name"]
    if class_name in _MODELS and get_registered_object(class_name) is None:
        result: dict[str, Any] = model(entry)
        return result
    config = entry.get("config")
    where = f"{class_name} {_name(entry)!r}"
    if not isinstance(config, dict):
        raise FileFormatError(where, "a dict of arguments", type(config).__name__, "The file is corrupt.")
    if get_registered_object(class_name) is not None:
        return {
            "class_name": class_name,
            "config": _common(config, class_name, origin),
            "registered_name": class_name,
        }
    if class_name in _TENSORFLOW:
        raise FileFormatError(
            where, "layers that Corne or a plugin provides",
            f"the operation {config.get('function') or config.get('name')!r} of TensorFlow's own",
            f"Write it as a layer and pass custom_objects={{{class_name!r}: …}}, or rebuild the model in code and "
            "load its weights.",
        )  # fmt: skip
    if origin.major == 1:
        class_name, config = keras_1.modernized(class_name, config, where)
    config = _arguments(class_name, config, origin, lambda inner: layer(inner, origin, model))
    new = _CLASSES.get(class_name, class_name)
    known = _INPUT_ARGUMENTS if new == "InputLayer" else _arguments_of(new)
    config = {key: value for key, value in config.items() if key in known or value not in _NOTHING}
    if class_name == "SyncBatchNormalization":
        config["synchronized"] = True
    if class_name == "InputLayer":
        shape = entry["config"].get("batch_input_shape", entry["config"].get("batch_shape"))
        config = {**{key: value for key, value in config.items() if key in known}, "batch_shape": shape}
    if class_name == "Lambda":
        config = _lambda(config, where)
    return {"module": "keras.layers", "class_name": new, "config": config, "registered_name": None}


def _arguments_of(class_name: str) -> frozenset[str]:
    """Return the arguments of a layer's class and its bases.

    Raises:
        UnknownNameError: No plugin registers the class.
        MissingPluginError: A known package provides it and is not installed.
    """
    try:
        bases = inspect.getmro(registry.get("layers", class_name))
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{class_name}", "a layer of Corne, an installed plugin or custom_objects", "none of that name",
            f"Pass custom_objects={{{class_name!r}: …}} with its class.{nearest(class_name, registry.names('layers'))}",
        ) from error  # fmt: skip
    makers = [vars(base)["__init__"] for base in bases if "__init__" in vars(base) and base is not object]
    return frozenset(name for make in makers for name in inspect.signature(make).parameters)


def _name(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return str(entry.get("name") or (config.get("name") if isinstance(config, dict) else None) or "")


def _common(config: dict[str, Any], class_name: str, origin: Origin) -> dict[str, Any]:
    """Translate the arguments of every layer; the others belong to a custom class."""
    result = {key: value for key, value in config.items() if key not in ("batch_input_shape", "dynamic")}
    if "dtype" in result:
        kind = objects.dtype(result.pop("dtype"))
        # Until Keras 2.2, a first layer's dtype was that of its input.
        is_input = (
            class_name != "InputLayer"
            and origin.major < 3
            and not str(kind).startswith(("float", "mixed", "bf"))
        )
        if kind is not None and not is_input:
            result["dtype"] = kind
    return result


def _arguments(
    class_name: str, config: dict[str, Any], origin: Origin, inner: Callable[[Any], Any]
) -> dict[str, Any]:
    unused = _UNUSED_BY.get(class_name, ())
    result: dict[str, Any] = {}
    for key, value in _common(config, class_name, origin).items():
        value = objects.number(value)
        if key in _DROPPED or key in unused:
            continue
        if key == "activation" or key.endswith("_activation"):
            value = objects.activation(value, origin, inner)
        elif key.endswith("_initializer"):
            value = objects.initializer(value)
        elif key.endswith("_regularizer"):
            value = objects.regularizer(value)
        elif key.endswith("_constraint"):
            value = objects.constraint(value)
        elif key in ("layer", "backward_layer", "cell") and value is not None:
            value = inner(value)
        elif key == "cells" and isinstance(value, list):
            value = [inner(cell) for cell in value]
        elif key == "axis" and isinstance(value, list) and len(value) == 1:
            (value,) = value
        result[key] = value
    if class_name == "ThresholdedReLU":
        result["threshold"] = result.pop("theta", 1.0)
    if class_name == "LeakyReLU" and "alpha" in result:
        result["negative_slope"] = result.pop("alpha")
    if class_name in ("GRU", "GRUCell", "LSTM", "LSTMCell") and origin.major < 3:
        result.setdefault("recurrent_activation", objects.activation("hard_sigmoid", origin, inner))
    if class_name in ("GRU", "GRUCell") and origin.major < 3:
        result.setdefault("reset_after", False)
    if class_name == "ReLU":
        result = {key: value for key, value in result.items() if value is not None or key == "max_value"}
    return result


def _lambda(config: dict[str, Any], where: str) -> dict[str, Any]:
    """Keep functions that the file names; replace code with a marker that the layer refuses."""
    result = {key: value for key, value in config.items() if key not in _LAMBDA_KINDS}
    kind = config.get("function_type")
    function = config.get("function")
    if kind == "function" and isinstance(function, str):
        result["function"] = {"class_name": "function", "config": function}
    elif not (kind is None and isinstance(function, dict) and function.get("class_name") == "function"):
        result["function"] = {"class_name": "__lambda__", "config": {}}
    shape, shape_kind = config.get("output_shape"), config.get("output_shape_type")
    if shape_kind == "function" and isinstance(shape, str):
        result["output_shape"] = {"class_name": "function", "config": shape}
    elif shape_kind == "lambda" or not _is_shape(shape):
        result.pop("output_shape", None)  # found by evaluating the function
    if result.get("mask") is not None:
        raise FileFormatError(
            f"{where}: mask", "none", "a function", "Rebuild the model in code and load its weights."
        )
    return result


def _is_shape(value: Any) -> bool:
    if isinstance(value, list):
        return all(size is None or isinstance(size, int) for size in value) or all(map(_is_shape, value))
    return value is None
