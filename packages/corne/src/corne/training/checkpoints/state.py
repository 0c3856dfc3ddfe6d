"""Everything that training depends on, as one structure, and back."""

from __future__ import annotations

import contextlib
from typing import Any

from corne.errors import StateError
from corne.layer import tracking
from corne.random.generators import global_generators
from corne.training.callbacks.progbar_logger import ProgbarLogger
from corne.variable import Variable


def collect(
    model: Any, train: Any, validate: Any, watchers: Any, *, evaluating: bool = False
) -> dict[str, Any]:
    """Return the state of a fit between two batches.

    Args:
        model: What is trained.
        train: The training data as Epochs.
        validate: The validation data, or None.
        watchers: The CallbackList.
        evaluating: Whether an evaluation comes before the state is used. Then what only training changes, the
            trained weights and the optimizer's state, is not copied: :func:`completed` does that. Default False.
    """
    later = {id(v) for v in _trained(model)} if evaluating else set()
    draws = [part.adapter.draws for part in (validate, train) if part is not None]
    with contextlib.ExitStack() as still:
        for each in draws:
            if each is not None:
                still.enter_context(each.lock)
        random = get_random_state()
        for each in draws:
            if each is not None:
                random.update({k: v for k, v in each.before_unused().items() if k in random})
        data = train.get_state()
        validation_data = None if validate is None else validate.get_state()
    return {
        "variables": [[v.path, v if id(v) in later else v.numpy()] for v in _variables(model)],
        "steps": [
            [key[0], step.get_state()] for key, step in model._steps.items() if key == model._step_key(key[0])
        ],
        "data": data,
        "validation_data": validation_data,
        "callbacks": [[type(c).__name__, _copied(c.get_state())] for c in _stateful(watchers)],
        "random": random,
    }


def _copied(value: Any) -> Any:
    """Return a structure of its own, as callbacks go on with theirs; arrays are shared."""
    if type(value) is dict:
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if type(value) is list else value


def completed(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state that was collected before an evaluation, with what the evaluation left as it was."""
    variables = [[path, v.numpy() if isinstance(v, Variable) else v] for path, v in state["variables"]]
    return {**state, "variables": variables}


def get_random_state() -> dict[str, Any]:
    """Return the states of the generators that a whole program shares."""
    return {name: generator.read() for name, generator in global_generators().items()}


def set_random_state(state: dict[str, Any]) -> None:
    """Set the generators that a whole program shares."""
    for name, generator in global_generators().items():
        if name in state:
            generator.set(state[name])


def restore(state: dict[str, Any], model: Any, train: Any, validate: Any, watchers: Any, epoch: int) -> None:
    """Give everything the state that :func:`collect` returned, in another process perhaps.

    Args:
        state: What it returned.
        model: What is trained.
        train: The training data, or None if no more are wanted.
        validate: The validation data, or None.
        watchers: The CallbackList.
        epoch: The epoch that goes on or comes next.

    Raises:
        StateError: The model, its optimizer or its metrics are others; nothing is changed.
    """
    variables = _variables(model)
    _check(state["variables"], variables)
    _check_names(state["callbacks"], watchers)
    for variable, (_, value) in zip(variables, state["variables"], strict=True):
        variable.assign(value)
    for kind, calls in state["steps"]:
        model._make_step(kind).set_state(calls)
    if train is not None:
        train.set_state(state["data"], epoch)
    if validate is not None and state["validation_data"] is not None:
        validate.set_state(state["validation_data"], epoch)
    for callback, (_, remembered) in zip(_stateful(watchers), state["callbacks"], strict=True):
        try:
            callback.set_state(remembered)
        except Exception as error:
            raise StateError(
                f"{type(callback).__name__}.set_state(…)", "to take what get_state returned in the interrupted fit",
                f"{type(error).__name__}: {error}", "Let both fit together; lists stand for tuples.",
            ) from error  # fmt: skip
    set_random_state(state["random"])


def _variables(model: Any) -> list[Variable]:
    """Return every variable that training changes: what a step names, and what layers hold beside their weights."""
    found: list[Variable] = model._variables_of("train")
    for layer in model._flatten_layers():
        for transient in tracking.own_objects(layer, tracking.Transient):
            found += transient.variables
    return tracking.unique(iter(found))


def _trained(model: Any) -> list[Variable]:
    """Return the variables that an evaluation leaves as they are."""
    return [
        *model.trainable_variables,
        *(v for optimizer in model._optimizers() for v in optimizer.variables),
    ]


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
