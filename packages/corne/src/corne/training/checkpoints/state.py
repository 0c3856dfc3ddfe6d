"""Everything that training depends on, as one structure, and back."""

from __future__ import annotations

import random as python_random
from typing import Any

import numpy as np

from corne.errors import StateError
from corne.layer import tracking
from corne.random.seed_generator import global_seed_generator
from corne.training.callbacks.progbar_logger import ProgbarLogger
from corne.variable import Variable


def collect(model: Any, train: Any, validate: Any, watchers: Any) -> dict[str, Any]:
    """Return the state of a fit between two batches.

    Args:
        model: What is trained.
        train: The training data as Epochs.
        validate: The validation data, or None.
        watchers: The CallbackList.
    """
    return {
        "variables": [[v.path, v.numpy()] for v in _variables(model)],
        "steps": [
            [key[0], getattr(step, "get_state", dict)()]
            for key, step in model._steps.items()
            if key == model._step_key(key[0])
        ],
        "data": train.get_state(),
        "validation_data": None if validate is None else validate.get_state(),
        "callbacks": [[type(c).__name__, c.get_state()] for c in _stateful(watchers)],
        "random": _random_state(),
    }


def restore(state: dict[str, Any], model: Any, train: Any, validate: Any, watchers: Any) -> None:
    """Give everything the state that :func:`collect` returned, in another process perhaps.

    Raises:
        StateError: The model, its optimizer or its metrics are others; nothing is changed.
    """
    variables = _variables(model)
    _check(state["variables"], variables)
    _check_names(state["callbacks"], watchers)
    for variable, (_, value) in zip(variables, state["variables"], strict=True):
        variable.assign(value)
    for kind, calls in state["steps"]:
        set_state = getattr(model._make_step(kind), "set_state", None)
        if set_state is not None:
            set_state(calls)
    if train is not None:
        train.set_state(state["data"])
    if validate is not None and state["validation_data"] is not None:
        validate.set_state(state["validation_data"])
    for callback, (_, remembered) in zip(_stateful(watchers), state["callbacks"], strict=True):
        callback.set_state(remembered)
    _set_random_state(state["random"])


def _variables(model: Any) -> list[Variable]:
    """Return every variable that training changes: what a step names, and what layers hold beside their weights."""
    found: list[Variable] = model._variables_of("train")
    for layer in model._flatten_layers():
        for transient in tracking.own_objects(layer, tracking.Transient):
            found += transient.variables
    return tracking.unique(iter(found))


def _stateful(watchers: Any) -> list[Any]:
    return [c for c in watchers.callbacks if hasattr(c, "get_state") and not isinstance(c, ProgbarLogger)]


def _check(saved: list[Any], variables: list[Variable]) -> None:
    differences = []
    if len(saved) != len(variables):
        differences.append(f"{len(saved)} variables, the model has {len(variables)}")
    for (path, value), variable in zip(saved, variables, strict=False):
        if tuple(value.shape) != variable.shape:
            differences.append(
                f"{path} of shape {tuple(value.shape)}, the model has {variable.path} {variable.shape}"
            )
    if differences:
        more = f" and {len(differences) - 5} more" if len(differences) > 5 else ""
        raise StateError(
            "fit(resume=True)", "a checkpoint of this model, optimizer and metrics", "; ".join(differences[:5]) + more,
            "Build the program as it was, or choose another folder.",
        )  # fmt: skip


def _check_names(saved: list[Any], watchers: Any) -> None:
    names = [name for name, _ in saved]
    present = [type(callback).__name__ for callback in _stateful(watchers)]
    if names != present:
        raise StateError(
            "fit(resume=True)", f"the callbacks of the interrupted fit, {', '.join(names)}", ", ".join(present) or "none",
            "Pass the same callbacks in the same order.",
        )  # fmt: skip


def _random_state() -> dict[str, Any]:
    """Return the state of Python's, NumPy's and Corne's global random generators."""
    version, numbers, gauss = python_random.getstate()
    _, keys, *rest = np.random.get_state(legacy=True)
    return {
        "python": [version, np.array(numbers, "uint64"), gauss],
        "numpy": [keys, *rest],
        "corne": list(global_seed_generator().state.key),
    }


def _set_random_state(state: dict[str, Any]) -> None:
    """Set the global random generators."""
    version, numbers, gauss = state["python"]
    python_random.setstate((version, tuple(map(int, numbers)), gauss))
    np.random.set_state(("MT19937", *state["numpy"]))
    seed, counter = state["corne"]
    global_seed_generator().state.key = (seed, counter)
