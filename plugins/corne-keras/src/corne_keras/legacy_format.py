"""Read and write models and weights in the formats of Keras 1 and 2; the object that the hook returns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from corne.errors import CorneError, FileFormatError
from corne.saving.building import build_model
from corne.saving.read_errors import wrap_read_errors
from corne.serialization import custom_object_scope

from corne_keras import compile_config, model_config, optimizer_state, weights, writing
from corne_keras.legacy_file import LegacyFile, opened
from corne_keras.origin import Origin


class LegacyFormat:
    """HDF5 files, and configurations as JSON, of Keras 1 and 2."""

    def load(self, path: Path, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
        """Return the model in a file.

        Raises:
            FileFormatError: It has weights alone, is corrupt, or needs a feature that only the old Keras had.
            UnknownNameError: It names an unregistered class or function.
        """
        with opened(path) as file:
            if file.model_config is None:
                raise FileFormatError(
                    str(path), "a whole model", "weights alone",
                    "Build the model in code, then model.load_weights(…).",
                )  # fmt: skip
            return _whole_model(file, custom_objects, compile)

    def save(self, path: Path, model: Any) -> None:
        """Write a whole model."""
        writing.write_model(model, path)

    def load_weights(self, path: Path, model: Any, by_name: bool, skip_mismatch: bool) -> None:
        """Load a file's weights into a model.

        Raises:
            ShapeError: Layers or shapes differ.
        """
        with opened(path) as file:
            plan = weights.by_name(file, model, str(path)) if by_name else weights.in_order(file, model)
            plan.carry_out(str(path), model, skip_mismatch)

    def save_weights(self, path: Path, model: Any) -> None:
        """Write a model's weights."""
        writing.write_weights(model, path)

    def from_json(self, config: Any, where: str, custom_objects: Mapping[str, Any] | None) -> Any:
        """Return the model that a configuration describes, with new weights."""
        version = config.get("keras_version")
        backend = config.get("backend")
        origin = Origin.of(
            version if isinstance(version, str) else "",
            backend if isinstance(backend, str) else "",
            config,
            where,
        )
        return build_model(_translated(config, origin, where, custom_objects), where, custom_objects)


def _translated(config: Any, origin: Origin, where: str, custom_objects: Mapping[str, Any] | None) -> Any:
    with custom_object_scope(custom_objects or {}), wrap_read_errors(where, "a model's configuration"):
        return model_config.model(config, origin, where)


def _whole_model(file: LegacyFile, custom_objects: Mapping[str, Any] | None, compile: bool) -> Any:
    where = f"{file.where}:model_config"
    config = _translated(file.model_config, file.origin, where, custom_objects)
    model = build_model(config, where, custom_objects, file.nbytes)
    if not model.built:
        raise FileFormatError(
            where, "a model with the shape of its input", "a Sequential without one",
            "Build the model in code with an Input, then model.load_weights(…).",
        )  # fmt: skip
    plan = weights.in_order(file, model)
    plan.carry_out(file.where, model)
    if compile and file.training_config is not None:
        _compile(model, file, custom_objects)
        if file.optimizer:
            optimizer_state.restore(model, file.optimizer, plan, file.origin, file.where)
    return model


def _compile(model: Any, file: LegacyFile, custom_objects: Mapping[str, Any] | None) -> None:
    where = f"{file.where}:training_config"
    advice = f"while compiling as {where} describes; load_model(…, compile=False) skips that"
    try:
        with custom_object_scope(custom_objects or {}):
            model.compile_from_config(compile_config.translated(file.training_config, where))
    except CorneError as error:
        error.add_note(advice)
        raise
    except Exception as error:  # values of any type meet constructors that expect others
        raise FileFormatError(
            where, "arguments of compile()", f"{type(error).__name__}: {error}", "Load with compile=False."
        ) from error
