"""Translate the arguments of a model's compilation to today's form."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from corne.errors import CorneError, FileFormatError
from corne.plugins import registry

_OPTIMIZERS = {
    "adadelta": "Adadelta", "adagrad": "Adagrad", "adam": "Adam", "adamax": "Adamax", "adamw": "AdamW", "ftrl": "Ftrl",
    "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD",
}  # fmt: skip
_FUNCTIONS = {
    "kullback_leibler_divergence": "kl_divergence",
    "cosine_proximity": "cosine_similarity",
    "cosine": "cosine_similarity",
    "logcosh": "log_cosh",
    "binary_crossentropy_v2": "binary_crossentropy",
}
#: Nothing that changes results.
_DROPPED = ("is_legacy_optimizer", "jit_compile", "schedule_decay", "exclude_from_weight_decay")


def translated(config: Any, where: str) -> dict[str, Any]:
    """Return the arguments of ``compile`` in the form of today's files.

    Args:
        config: The file's ``training_config``.
        where: The file, for messages.

    Raises:
        FileFormatError: It is malformed, or has an optimizer that only one engine provides.
    """
    if not isinstance(config, dict) or not isinstance(config.get("optimizer_config"), dict):
        raise FileFormatError(
            where, "an optimizer, a loss and metrics", repr(config)[:80],
            "Load with compile=False and compile the model yourself.",
        )  # fmt: skip
    metrics = _structure(config.get("metrics"), _metric)
    if isinstance(metrics, list) and len(metrics) == 1 and isinstance(metrics[0], list):
        (metrics,) = metrics
    weighted = _structure(config.get("weighted_metrics"), _metric)
    if isinstance(weighted, list) and len(weighted) == 1 and isinstance(weighted[0], list):
        (weighted,) = weighted
    return {
        "optimizer": _optimizer(config["optimizer_config"], where),
        "loss": _structure(config.get("loss"), _loss),
        "loss_weights": config.get("loss_weights"),
        "metrics": metrics or None,
        "weighted_metrics": weighted or None,
    }


def _optimizer(entry: dict[str, Any], where: str) -> dict[str, Any]:
    name, given = entry.get("class_name"), entry.get("config")
    if not isinstance(name, str) or not isinstance(given, dict):
        raise FileFormatError(
            where, "an optimizer's class_name and config", repr(entry)[:80], "The file is corrupt."
        )
    inner = given.get("inner_optimizer")
    if isinstance(inner, dict) and given.get("dynamic", True) is True:
        kept = ("name", "initial_scale", "dynamic_growth_steps")
        scaled = {key: given[key] for key in kept if given.get(key) is not None}
        return {
            "module": "keras.optimizers", "class_name": "LossScaleOptimizer",
            "config": {**scaled, "inner_optimizer": _optimizer(inner, where)}, "registered_name": None,
        }  # fmt: skip
    if name.startswith("TF") or inner is not None:
        raise FileFormatError(
            where, "an optimizer that Corne or a plugin provides", name,
            "Load with compile=False and compile the model yourself.",
        )  # fmt: skip
    config = {key: value for key, value in given.items() if key not in _DROPPED}
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    decay = config.pop("decay", 0)
    rate = config.get("learning_rate")
    if isinstance(rate, dict):
        config["learning_rate"] = {"module": "keras.optimizers.schedules", "registered_name": None, **rate}
    elif isinstance(decay, (int, float)) and decay > 0:
        config["learning_rate"] = {
            "module": "keras.optimizers.schedules", "class_name": "InverseTimeDecay",
            "config": {"initial_learning_rate": rate, "decay_steps": 1, "decay_rate": decay}, "registered_name": None,
        }  # fmt: skip
    if config.get("epsilon", 0) is None:
        config["epsilon"] = 1e-7
    class_name = _OPTIMIZERS.get(name.removeprefix("Custom>").lower(), name)
    return {
        "module": "keras.optimizers", "class_name": class_name, "config": _neutral_dropped("optimizers", class_name, config),
        "registered_name": None,
    }  # fmt: skip


def _neutral_dropped(kind: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    """Drop removed arguments whose values had no effect."""
    try:
        known = inspect.signature(registry.get(kind, class_name)).parameters
    except (CorneError, TypeError, ValueError):
        return config  # a custom class, or not installed: reported when it is built
    neutral = (None, False, 0, 0.0)
    return {key: value for key, value in config.items() if key in known or value not in neutral}


def _structure(value: Any, leaf: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict) and "class_name" not in value:
        return {key: _structure(item, leaf) for key, item in value.items()}
    if isinstance(value, list):
        return [_structure(item, leaf) for item in value]
    return None if value is None else leaf(value)


def _loss(value: Any) -> Any:
    return _object("losses", value)


def _metric(value: Any) -> Any:
    return _object("metrics", value)


def _object(kind: str, value: Any) -> Any:
    """Return a loss or metric; a wrapped function is named itself."""
    if isinstance(value, str):
        return _FUNCTIONS.get(value, value)
    config = value.get("config") if isinstance(value, dict) else None
    if isinstance(config, str):
        return _FUNCTIONS.get(config, config)
    if not isinstance(config, dict):
        raise FileFormatError(
            f"an entry of {kind}", "a name or a configuration", repr(value)[:80], "The file is corrupt."
        )
    class_name = value["class_name"]
    if class_name in ("LossFunctionWrapper", "MeanMetricWrapper"):
        return _wrapped(kind, class_name, config)
    inner = {key: item for key, item in config.items() if key != "fn"}
    if inner.get("reduction") == "auto":
        inner["reduction"] = "sum_over_batch_size"
    return {
        "module": f"keras.{kind}", "class_name": class_name, "config": _neutral_dropped(kind, class_name, inner),
        "registered_name": None,
    }  # fmt: skip


def _wrapped(kind: str, class_name: str, config: dict[str, Any]) -> Any:
    """Return the name of the function behind a class.

    Raises:
        FileFormatError: It has arguments, which a name can't carry.
    """
    name = config.get("fn") if isinstance(config.get("fn"), str) else config.get("name")
    others = {key for key, item in config.items() if key not in ("name", "fn", "dtype", "reduction") and item}
    if (
        not isinstance(name, str)
        or others
        or config.get("reduction") not in (None, "auto", "sum_over_batch_size")
    ):
        raise FileFormatError(
            f"an entry of {kind}", "the name of a function", f"a {class_name} with {sorted(config)}",
            "Load with compile=False and compile the model yourself.",
        )  # fmt: skip
    return _FUNCTIONS.get(name, name)
