"""Everything that training depends on, as one structure, and back."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from corne.errors import StateError
from corne.training import FitRun, Position
from corne.variable import Variable

from corne_checkpoints.generators import global_generators
from corne_checkpoints.rng_recorder import RngRecorder


def collect(run: FitRun, *, evaluating: bool = False) -> dict[str, Any]:
    """Return the state of a fit between two batches.

    Args:
        run: The fit.
        evaluating: Whether an evaluation comes before the state is used. Then what only training changes, the
            trained weights and the optimizer's state, is not copied: :func:`completed` does that. Default False.
    """
    later = {id(v) for v in run.trained_variables} if evaluating else set()
    sources = [source for source in (run.validation, run.data) if source is not None]
    recorders = [r for source in sources if isinstance(r := source.adapter.recorder, RngRecorder)]
    with contextlib.ExitStack() as still:
        for recorder in recorders:
            still.enter_context(recorder.lock)
        random = get_random_state()
        for recorder in recorders:
            random.update({k: v for k, v in recorder.before_unused().items() if k in random})
        data = run.data.get_state()
        validation_data = None if run.validation is None else run.validation.get_state()
    return {
        "variables": [[v.path, v if id(v) in later else v.numpy()] for v in run.variables],
        "steps": run.get_step_states(),
        "data": data,
        "validation_data": validation_data,
        "callbacks": [[type(c).__name__, _copied(c.get_state())] for c in _stateful(run)],
        "random": random,
    }


def _copied(value: Any) -> Any:
    """Return a copy of a structure, which callbacks keep changing; arrays are shared."""
    if type(value) is dict:
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if type(value) is list else value


def completed(state: dict[str, Any]) -> dict[str, Any]:
    """Return a state that was collected before an evaluation, with the values that the evaluation left alone."""
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


def restore(state: dict[str, Any], run: FitRun, position: Position, same_callbacks: bool = True) -> None:
    """Give everything the state that :func:`collect` returned, perhaps in another process.

    Args:
        state: What it returned.
        run: The fit.
        position: Where the state was taken. The data of a finished fit are not read again.
        same_callbacks: Whether the callbacks must be those of the interrupted fit. If not, state goes to those of the
            same class in the same order, and the others begin. Default True.

    Raises:
        StateError: The model, its optimizer or its metrics are others; nothing is changed.
    """
    variables = run.variables
    _check(state["variables"], variables)
    if same_callbacks:
        _check_names(state["callbacks"], run)
    for variable, (_, value) in zip(variables, state["variables"], strict=True):
        variable.assign(value)
    run.set_step_states(state["steps"])
    if not position.finished:
        run.data.set_state(state["data"], position.epoch)
        if run.validation is not None and state["validation_data"] is not None:
            run.validation.set_state(state["validation_data"], position.epoch)
    for callback, remembered in _matched(_stateful(run), state["callbacks"]):
        try:
            callback.set_state(remembered)
        except Exception as error:
            raise StateError(
                f"{type(callback).__name__}.set_state(…)", "to take what get_state returned in the interrupted fit",
                f"{type(error).__name__}: {error}", "Let both fit together; lists stand for tuples.",
            ) from error  # fmt: skip
    set_random_state(state["random"])


def _stateful(run: FitRun) -> list[Any]:
    return [c for c in run.callbacks.callbacks if hasattr(c, "get_state") and getattr(c, "remembers", True)]


def _matched(callbacks: list[Any], saved: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Give each callback the saved state of its class that is next in order, if there is one."""
    waiting: dict[str, list[Any]] = {}
    for name, remembered in saved:
        waiting.setdefault(name, []).append(remembered)
    for callback in callbacks:
        states = waiting.get(type(callback).__name__)
        if states:
            yield callback, states.pop(0)


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


def _check_names(saved: list[Any], run: FitRun) -> None:
    names = [name for name, _ in saved]
    present = [type(callback).__name__ for callback in _stateful(run)]
    if names != present:
        raise StateError(
            "fit(resume=True)", f"the callbacks of the interrupted fit, {', '.join(names)}", ", ".join(present) or "none",
            "Pass the same callbacks in the same order.",
        )  # fmt: skip
