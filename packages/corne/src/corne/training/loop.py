"""The loops of fit, evaluate and predict. They never wait for the device unless a callback reads the logs."""

from __future__ import annotations

import contextlib
import functools
import math
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError, DataError
from corne.plugins import hook
from corne.state_lock import lock_of
from corne.training.adapters import choose_adapter
from corne.training.adapters.arrays import Arrays
from corne.training.adapters.prepare import is_arrays
from corne.training.batch_source import BatchSource
from corne.training.callbacks.callback_list import CallbackList
from corne.training.fit_observer import FitObservers, Position
from corne.training.fit_options import FitOptions
from corne.training.fit_run import FitRun
from corne.training.labels import check_sample, target_check
from corne.training.logs import as_numbers
from corne.training.trainable import Trainable
from corne.utils.batches import unpack_x_y_sample_weight
from corne.utils.messages import message

_NO_OBSERVERS = FitObservers()
_PENDING = 1 << 26  # bytes of predictions left on the device before they are fetched together


class NonFiniteLossWarning(UserWarning):
    """The loss of an epoch is NaN or infinite."""


def fit(model: Trainable, x: Any, y: Any, sample_weight: Any, options: FitOptions) -> Any:
    """Train; see ``Trainer.fit``."""
    offered = [each for some in hook.corne_fit_callbacks(model=model) for each in some or []]
    options = options.with_callbacks(offered)
    observers = FitObservers.of(model, options)
    with contextlib.ExitStack() as stack:
        run = _prepared(model, x, y, sample_weight, options, observers, stack)
        observers.attach(run)
        with observers.during():
            return _run(run, observers)


def _prepared(
    model: Trainable,
    x: Any,
    y: Any,
    sample_weight: Any,
    options: FitOptions,
    observers: FitObservers,
    stack: contextlib.ExitStack,
) -> FitRun:
    """Make data, callbacks and the model's parts ready; ``stack`` closes what was opened."""
    validation_data = options.validation_data
    if options.validation_split and validation_data is None:
        x, validation_data = _split(x, y, sample_weight, options.validation_split)
        y = sample_weight = None
    observers.begin(options)
    check, steps, epochs = target_check(model), options.steps_per_epoch, options.epoch_numbers.stop
    adapter = choose_adapter(
        x, y, sample_weight, options.batch_size, options.shuffle, options.class_weight, steps,
        _product(steps, len(options.epoch_numbers)), observers.recorder(), check,
    )  # fmt: skip
    stack.callback(adapter.close)
    train, validation = BatchSource(adapter, steps, epochs), None
    if validation_data is not None:
        vx, vy, vw = unpack_validation(validation_data)
        size = options.validation_batch_size or (options.batch_size if _in_memory(vx) else None)
        steps, count = options.validation_steps, len(options.validation_epochs)
        limit = _product(steps, count)
        adapter = choose_adapter(
            vx, vy, vw, size, steps=steps, limit=limit, recorder=observers.recorder(), check_targets=check
        )
        stack.callback(adapter.close)
        validation = BatchSource(adapter, steps, count, restarts=True)
    model._prepare_for(train.adapter.first(), "train")
    for source in (train, validation):
        if source is not None:
            check_sample(model, source.adapter)
    callbacks = CallbackList(
        options.callbacks, add_history=True, add_progbar=options.verbose != 0, model=model,
        verbose=options.verbose, epochs=epochs, steps=train.count,
    )  # fmt: skip
    stack.callback(callbacks.on_close)
    return FitRun(model, options, train, validation, callbacks)


def _split(x: Any, y: Any, sample_weight: Any, fraction: float) -> tuple[Arrays, Arrays]:
    if not Arrays.fit(x):
        raise ArgumentError(
            "fit(validation_split=…)", "arrays to split", type(x).__name__,
            "Pass validation_data for data that come in batches.",
        )  # fmt: skip
    return Arrays.of(x, y, sample_weight).split(fraction)


def _in_memory(data: Any) -> bool:
    return isinstance(data, Arrays) or is_arrays(data)


def _run(run: FitRun, observers: FitObservers) -> Any:
    """Train epoch by epoch, from the beginning or from where an observer resumes."""
    model, options, callbacks = run.model, run.options, run.callbacks
    epochs, validation_epochs = options.epoch_numbers, options.validation_epochs
    model.stop_training = False
    notify = message if callbacks.params["verbose"] else None
    model._expect_steps("train", _product(run.data.count, len(epochs)), notify, run.data.count)
    if run.validation is not None:
        count = run.validation.count
        model._expect_steps("test", _product(count, len(validation_epochs)), first_report_after=count)
    at = observers.resume_from()
    if at is None:
        at = Position(epochs[0] if epochs else 0)
        callbacks.on_train_begin()
        observers.start(at.epoch)
    elif at.finished:
        observers.restore()
        return model.history
    else:
        callbacks.set_params({**callbacks.params, "resuming": True})
        callbacks.on_train_begin()
        observers.restore()
        if callbacks.params["verbose"]:
            done = "all" if at.validating else at.batch
            message(f"Resuming in epoch {at.epoch + 1} after {done} batches.")
    logs: dict[str, Any] = {}
    warned = False
    for epoch in _left(epochs, at):
        if at.validating and epoch == at.epoch:
            model.stop_training, logs = at.stopped, dict(at.logs or {})
        elif run.data.is_over(epoch):
            break
        else:
            logs = _train_epoch(run, observers, at if epoch == at.epoch else Position(epoch))
            warned = warned or _warns_of_loss(epoch, logs.get("loss"))
        if run.validation is not None and epoch in validation_epochs and not run.validation.is_over(epoch):
            observers.before_validation(epoch, logs)
            values = evaluate_epoch(model, run.validation, callbacks, epoch, observers)
            logs.update({f"val_{key}": value for key, value in values.items()})
        callbacks.on_epoch_end(epoch, logs)
        observers.after_epoch(epoch)
        if model.stop_training or run.data.ran_out:
            break
    last = epochs[-1] + 1 if epochs else 0
    observers.before_end(last)
    if hasattr(model.optimizer, "finalize_variable_values"):
        lock_of(model).step(model.optimizer.finalize_variable_values, model.trainable_variables)
    callbacks.on_train_end(logs)
    observers.finish(last)
    return model.history


def _warns_of_loss(epoch: int, loss: Any) -> bool:
    """Warn of a loss that is NaN or infinite, and return whether it is."""
    if not isinstance(loss, float) or math.isfinite(loss):
        return False
    warnings.warn(
        f"The loss of epoch {epoch + 1} is {loss}. config.set_check_finite(True) looks for NaN and infinity in the data; "
        "else lower the learning rate, clip gradients (clipnorm=1.0), or check the loss for logarithms and roots of 0.",
        NonFiniteLossWarning,
        stacklevel=5,
    )
    return True


def _left(epochs: range, at: Position) -> range:
    """Return the epochs from a position on; none after a callback stopped training."""
    if not epochs or (at.stopped and not at.validating):
        return epochs[:0]
    return epochs[max(0, at.epoch - epochs[0]) :]


def _train_epoch(run: FitRun, observers: FitObservers, at: Position) -> dict[str, Any]:
    """Run the training step over one epoch, or what is left of it, and return the logs as numbers."""
    model, callbacks, returned = run.model, run.callbacks, at.logs
    if not at.batch:
        model.reset_metrics()
        callbacks.on_epoch_begin(at.epoch)
    step = model._make_step("train")
    for index, group in run.data.groups(at.epoch, model.steps_per_execution, at.batch):
        callbacks.on_train_batch_begin(index)
        for batch in group:
            returned = step(batch)
        done = index + len(group)
        last = (
            index + model.steps_per_execution - 1
        )  # as Keras counts, also where the last execution is shorter
        callbacks.on_train_batch_end(last, functools.partial(_logs, model, "train", returned))
        observers.after_batches(at.epoch, done, len(group), returned)
        if model.stop_training:
            break
    return as_numbers(_logs(model, "train", returned))


def evaluate(
    model: Trainable,
    x: Any,
    y: Any,
    sample_weight: Any,
    *,
    batch_size: Any,
    verbose: Any,
    steps: Any,
    callbacks: Any,
) -> dict[str, Any]:
    """Evaluate; see ``Trainer.evaluate``."""
    adapter = choose_adapter(
        x, y, sample_weight, batch_size, steps=steps, limit=steps, check_targets=target_check(model)
    )
    with contextlib.closing(adapter):
        source = BatchSource(adapter, steps)
        model._prepare_for(adapter.first(), "test")
        model._expect_steps("test", source.count)
        check_sample(model, adapter)
        with _callbacks(callbacks, model, verbose, source) as all_callbacks:
            return evaluate_epoch(model, source, all_callbacks)


def evaluate_epoch(
    model: Trainable,
    source: BatchSource,
    callbacks: CallbackList,
    epoch: int = 0,
    observers: FitObservers = _NO_OBSERVERS,
) -> dict[str, Any]:
    """Run the evaluation step over one epoch and return the logs as numbers."""
    model.stop_evaluating = False
    callbacks.on_test_begin()
    model.reset_metrics()
    step = model._make_step("test")
    returned: Any = None
    for index, group in source.groups(epoch, model.steps_per_execution):
        callbacks.on_test_batch_begin(index)
        for batch in group:
            returned = step(batch)
        last = index + model.steps_per_execution - 1
        callbacks.on_test_batch_end(last, functools.partial(_logs, model, "test", returned))
        observers.after_validation_batch(epoch)
        if model.stop_evaluating:
            break
    logs = as_numbers(_logs(model, "test", returned))
    callbacks.on_test_end(logs)
    return logs


def predict(model: Trainable, x: Any, *, batch_size: Any, verbose: Any, steps: Any, callbacks: Any) -> Any:
    """Predict; see ``Trainer.predict``."""
    adapter = choose_adapter(x, batch_size=batch_size, steps=steps, limit=steps)
    with contextlib.closing(adapter):
        source = BatchSource(adapter, steps)
        if not model._is_prepared("predict"):
            model._prepare_for(adapter.first(), "predict")
        if source.count != 1:
            model._expect_steps("predict", source.count)
        if not callbacks and verbose == 0:
            step = model._make_step("predict")
            return _joined(step(batch) for _, (batch,) in source.groups(0))
        with _callbacks(callbacks, model, verbose, source) as all_callbacks:
            return _joined(_predictions(model, source, all_callbacks))


def _predictions(model: Trainable, source: BatchSource, callbacks: CallbackList) -> Iterator[Any]:
    model.stop_predicting = False
    callbacks.on_predict_begin()
    step = model._make_step("predict")
    for index, group in source.groups(0, model.steps_per_execution):
        callbacks.on_predict_batch_begin(index)
        for batch in group:
            outputs = step(batch)
            yield outputs
        callbacks.on_predict_batch_end(index + model.steps_per_execution - 1, {"outputs": outputs})
        if model.stop_predicting:
            break
    callbacks.on_predict_end()


def _joined(batches: Iterator[Any]) -> Any:
    """Return all predictions as NumPy arrays in their structure, fetched many batches at a time."""
    backend = backends.active()
    structure: Any = None
    parts: list[list[np.ndarray[Any, Any]]] = []
    waiting: list[list[Any]] = []
    size = 0

    def fetch() -> None:
        for flat in waiting:
            for part, value in zip(parts, flat, strict=True):
                part.append(np.asarray(backend.to_numpy(value)))
        waiting.clear()

    for outputs in batches:
        flat = [outputs] if hasattr(outputs, "shape") else tree.flatten(outputs)
        if structure is None:
            structure, parts = outputs, [[] for _ in flat]
        waiting.append(flat)
        size += sum(4 * math.prod(value.shape) for value in flat)
        if size > _PENDING:
            fetch()
            size = 0
    fetch()
    for part in parts:
        shapes = sorted({array.shape[1:] for array in part})
        if len(shapes) > 1:
            raise DataError(
                "predict(…)", "outputs of one shape in all batches, which can be joined",
                " and ".join(str(("batch", *shape)).replace("'batch'", "batch") for shape in shapes),
                "Pad the data to one length, or call predict_on_batch for each batch.",
            )  # fmt: skip
    joined = [np.concatenate(part) if len(part) > 1 else part[0] for part in parts]
    return joined[0] if hasattr(structure, "shape") else tree.pack_sequence_as(structure, joined)


def unpack_validation(data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and sample weights of ``validation_data``; a data set is x alone."""
    return unpack_x_y_sample_weight(data) if isinstance(data, (tuple, list)) else (data, None, None)


@contextlib.contextmanager
def _callbacks(callbacks: Any, model: Trainable, verbose: Any, source: BatchSource) -> Iterator[CallbackList]:
    """Give the callbacks of an evaluation or prediction, closed afterwards."""
    every = CallbackList(
        callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=source.count
    )
    try:
        yield every
    finally:
        every.on_close()


def _logs(model: Trainable, kind: str, returned: Any) -> Mapping[str, Any]:
    """Return the logs of a step: what an overridden one returned, else what the metrics say now."""
    if returned is None:
        result: Mapping[str, Any] = model.get_metrics_result()
        return result
    if not isinstance(returned, Mapping):
        raise ArgumentError(
            f"{model.name}.{kind}_step(…)", "a dict of logs as its result", type(returned).__name__,
            "Return self.get_metrics_result(), or {'loss': loss}.",
        )  # fmt: skip
    return returned


def _product(steps: Any, epochs: int) -> int | None:
    return steps * epochs if isinstance(steps, int) else None
