"""Translate a model's configuration from today's form to Keras 2's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corne import serialization
from corne.errors import StateError

_KERAS_TENSOR = "__keras_tensor__"
_MODELS = ("Functional", "Sequential")
_LOSSES = {
    "bce": "binary_crossentropy", "kld": "kl_divergence", "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error", "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}  # fmt: skip
#: Arguments that Keras 2 does not know, omitted if they have no effect.
_NEW = {
    "autocast": (True,), "flash_attention": (None, False), "gptq_unpacked_column_size": (None,), "lora_alpha": (None,),
    "lora_rank": (None,), "optional": (False,), "quantization_config": (None,), "renorm": (False,),
    "renorm_clipping": (None,), "renorm_momentum": (0.99,), "seed": (None,), "sliding_window": (None,),
    "synchronized": (False,), "use_cudnn": ("auto",), "use_gate": (False,), "input_axes": (None,),
    "output_axes": (None,), "score_mode": ("dot",),
}  # fmt: skip
#: The same of optimizers, left out if None or False.
_NEW_OF_OPTIMIZERS = frozenset(
    {"weight_decay", "clipnorm", "clipvalue", "global_clipnorm", "use_ema", "ema_overwrite_frequency",
     "loss_scale_factor", "gradient_accumulation_steps"}
)  # fmt: skip


def model_config(model: Any) -> dict[str, Any]:
    """Return ``{"class_name", "config"}`` for a Sequential or functional model.

    Raises:
        StateError: It is a class of its own, calls operations outside of layers, or has a function that no name
            is registered for.
    """
    return _model(serialization.serialize_object(model))


def training_config(model: Any) -> dict[str, Any] | None:
    """Return the arguments of the model's compilation, or None."""
    config = model.get_compile_config()
    if config is None or config.get("optimizer") is None:
        return None
    optimizer = _object(config["optimizer"])
    settings = {
        key: value
        for key, value in optimizer["config"].items()
        if key not in _NEW_OF_OPTIMIZERS or (value is not None and value is not False)
    }
    if "use_ema" not in settings:
        settings = {key: value for key, value in settings.items() if not key.startswith("ema_")}
    return {
        "loss": _full_names(_value(config.get("loss"))),
        "loss_weights": _value(config.get("loss_weights")),
        "metrics": _value(config.get("metrics")),
        "weighted_metrics": _value(config.get("weighted_metrics")),
        "optimizer_config": {**optimizer, "config": settings},
    }


def _full_names(loss: Any) -> Any:
    """Return the full name of a loss: Keras 3 does not know short names in legacy files."""
    if isinstance(loss, dict) and "class_name" not in loss:
        return {key: _full_names(item) for key, item in loss.items()}
    if isinstance(loss, list):
        return [_full_names(item) for item in loss]
    return _LOSSES.get(loss.lower(), loss) if isinstance(loss, str) else loss


def _refused(what: str, expected: str, given: str) -> StateError:
    return StateError(f"save {what} as legacy HDF5", expected, given, "Save it as .keras.")


def _model(entry: dict[str, Any]) -> dict[str, Any]:
    class_name, config = entry["class_name"], entry["config"]
    name = str(config.get("name"))
    if class_name not in _MODELS or str(entry.get("registered_name") or class_name) != class_name:
        raise _refused(name, "a Sequential or functional model", f"a {class_name}")
    if class_name == "Sequential":
        result = {"name": config["name"], "layers": [_layer(inner) for inner in config["layers"]]}
        if config.get("build_input_shape") is not None:
            result["build_input_shape"] = config["build_input_shape"]
    else:
        result = _functional(config)
    return {"class_name": class_name, "config": {**result, "trainable": config.get("trainable", True)}}


def _functional(config: dict[str, Any]) -> dict[str, Any]:
    models = {entry["name"] for entry in config["layers"] if entry["class_name"] in _MODELS}

    layers = []
    for entry in config["layers"]:
        nodes = [_node(node, models) for node in entry["inbound_nodes"]]
        layers.append({**_layer(entry), "name": entry["name"], "inbound_nodes": nodes})
    return {
        "name": config["name"], "layers": layers, "input_layers": config["input_layers"],
        "output_layers": config["output_layers"],
    }  # fmt: skip


def _node(node: dict[str, Any], models: set[str]) -> Any:
    """Return a call as ``[[layer, call, output, arguments], ...]``: a list even of one.

    Keras 3 finds no tensors in such arguments, nor states beside sequences, and counts the calls of models in
    another way than Keras 2. Such calls are written in Keras 3's form, which Keras 2 refuses to read.
    """
    args, kwargs = list(node["args"]), dict(node["kwargs"])
    used = {reference[0] for reference in _references(args)}
    if len(args) != 1 or not _all_tensors(args[0]) or _references(kwargs) or used & models:
        return {"args": args, "kwargs": kwargs}
    leaves = _map_tensors(args[0], lambda reference: [*reference, _value(kwargs)])
    return [leaves] if _is_tensor(args[0]) else leaves


def _references(value: Any) -> list[list[Any]]:
    if _is_tensor(value):
        return [value["config"]["keras_history"]]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [reference for item in inside for reference in _references(item)]


def _is_tensor(value: Any) -> bool:
    return isinstance(value, dict) and value.get("class_name") == _KERAS_TENSOR


def _all_tensors(value: Any) -> bool:
    if _is_tensor(value):
        return True
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inside is not None and all(map(_all_tensors, inside))


def _map_tensors(value: Any, change: Callable[[list[Any]], Any]) -> Any:
    if _is_tensor(value):
        return change(list(value["config"]["keras_history"]))
    if isinstance(value, dict):
        return {key: _map_tensors(item, change) for key, item in value.items()}
    return [_map_tensors(item, change) for item in value]


def _layer(entry: dict[str, Any], inside: bool = False) -> dict[str, Any]:
    class_name = entry["class_name"]
    if class_name in _MODELS:
        return _model(entry)
    config = entry["config"]
    if ".ops" in str(entry.get("module")):
        raise _refused(
            f"the operation {config.get('name')!r}",
            "layers alone",
            f"corne.ops.{config.get('function')} on a tensor",
        )
    result = _object(entry, inside)
    inner = result["config"]
    if class_name == "InputLayer":
        inner["batch_input_shape"] = inner.pop("batch_shape")
    if class_name == "ZeroPadding1D" and inner.get("data_format") == "channels_last":
        del inner["data_format"]
    if class_name == "LeakyReLU":
        inner["alpha"] = inner.pop("negative_slope")
    if class_name == "Lambda":
        function = inner["function"]
        if not isinstance(function, str):
            raise _refused(f"Lambda {inner.get('name')!r}", "a registered function", "something else")
        inner["function_type"] = "function"
    return result


def _object(entry: dict[str, Any], inside: bool = False) -> dict[str, Any]:
    """Return ``{"class_name", "config"}``; classes of third parties under their registered names.

    Args:
        entry: Today's configuration.
        inside: Whether it is an argument of another object, where Keras 3 needs the module.
    """
    module = str(entry.get("module") or "")
    registered = entry.get("registered_name")
    is_keras = module.startswith("keras")
    name = entry["class_name"] if is_keras or not registered else registered
    config = {key: _value(value, key) for key, value in entry["config"].items()}
    if is_keras:
        config = {key: value for key, value in config.items() if key not in _NEW or value not in _NEW[key]}
    result = {"class_name": name, "config": config}
    return {"module": module, **result, "registered_name": None} if inside and is_keras else result


def _value(value: Any, key: str = "") -> Any:
    if isinstance(value, list):
        return [_value(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {name: _value(item, name) for name, item in value.items()}
    if value["class_name"] == "function":
        return value["config"]
    if value["class_name"] == "DTypePolicy":
        return value["config"]["name"]
    if value["class_name"] == "__tuple__":
        return _value(value["config"]["value"])
    inner = value.get("config")
    if not isinstance(inner, dict):
        raise _refused(f"argument {key}", "numbers, names and configurations", value["class_name"])
    is_layer = "layers" in str(value.get("module")) or value["class_name"] in _MODELS
    return _layer(value, inside=True) if is_layer else _object(value, inside=True)
