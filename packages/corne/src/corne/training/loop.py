"""The loops of fit, evaluate and predict: batches in, callbacks told, nothing waited for."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError
from corne.plugins import hook
from corne.state_lock import lock_of
from corne.training.adapters import choose_adapter
from corne.training.adapters.arrays import split_validation
from corne.training.adapters.draws import Draws
from corne.training.adapters.prepare import is_arrays, is_number_list
from corne.training.callbacks.backup_and_restore import BackupAndRestore
from corne.training.callbacks.callback_list import CallbackList
from corne.training.checkpoints import Checkpointer, Position
from corne.training.epochs import Epochs
from corne.training.labels import watch_targets
from corne.training.logs import as_numbers
from corne.utils.batches import unpack_x_y_sample_weight

_PENDING = 1 << 26  # bytes of predictions left on the device before they are fetched together


def fit(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    *,
    batch_size: int | None,
    epochs: int,
    verbose: str | int,
    callbacks: Any,
    validation_split: float,
    validation_data: Any,
    shuffle: bool | str,
    class_weight: Any,
    initial_epoch: int,
    steps_per_epoch: int | None,
    validation_steps: int | None,
    validation_batch_size: int | None,
    validation_freq: Any,
    checkpoint: Any,
    checkpoint_freq: str | int,
    resume: bool,
) -> Any:
    """Train; see ``Trainer.fit``."""
    _check_count("fit(epochs=…)", epochs)
    _check_count("fit(initial_epoch=…)", initial_epoch)
    if validation_split and validation_data is None:
        if not (is_arrays(x) or is_number_list(x)):
            raise ArgumentError(
                "fit(validation_split=…)", "arrays to split", type(x).__name__,
                "Pass validation_data for data that come in batches.",
            )  # fmt: skip
        (x, y, sample_weight), validation_data = split_validation(x, y, sample_weight, validation_split)
    due = [epoch for epoch in range(initial_epoch, epochs) if _is_due(epoch, validation_freq)]
    limit = _product(steps_per_epoch, epochs - initial_epoch)
    given = callbacks.callbacks if isinstance(callbacks, CallbackList) else callbacks
    offered = [each for some in hook.corne_fit_callbacks(model=model) for each in some or []]
    saver = _checkpointer([*tree.flatten(given or []), *offered], checkpoint, checkpoint_freq, resume)
    if saver is not None:
        saver.begin(epochs if epochs > initial_epoch else 0)
    watch = (lambda: None) if saver is None else Draws
    adapter = choose_adapter(
        x, y, sample_weight, batch_size, shuffle, class_weight, steps_per_epoch, limit, draws=watch()
    )
    train = Epochs(adapter, steps_per_epoch, epochs)
    validate = None
    try:
        if validation_data is not None:
            vx, vy, vw = unpack_validation(validation_data)
            size = validation_batch_size or (batch_size if is_arrays(vx) else None)
            limit = _product(validation_steps, len(due))
            adapter = choose_adapter(vx, vy, vw, size, steps=validation_steps, limit=limit, draws=watch())
            validate = Epochs(adapter, validation_steps, len(due), anew=True)
        model._prepare_for(train.adapter.first(), "train")
        for part in (train, validate):
            if part is not None:
                watch_targets(model, part.adapter)
        watchers = CallbackList(
            [given or [], offered], add_history=True, add_progbar=verbose != 0, model=model, verbose=verbose,
            epochs=epochs, steps=train.count,
        )  # fmt: skip
        try:
            if saver is None:
                return _run(model, train, validate, watchers, range(initial_epoch, epochs), due)
            arguments = {
                "initial_epoch": initial_epoch, "batches": train.count, "batch_size": train.adapter.batch_size,
                "samples": train.adapter.size, "steps_per_epoch": steps_per_epoch,
                "validation_steps": validation_steps, "validation_freq": _plain(validation_freq), "steps_per_execution": model.steps_per_execution, "validation": validate is not None,
            }  # fmt: skip
            saver.attach(model, train, validate, watchers, arguments)
            with saver.watching_signals():
                return _run(model, train, validate, watchers, range(initial_epoch, epochs), due, saver)
        finally:
            watchers.close()
    finally:
        train.adapter.close()
        if validate is not None:
            validate.adapter.close()


def _run(
    model: Any,
    train: Epochs,
    validate: Epochs | None,
    watchers: CallbackList,
    epochs: Sequence[int],
    due: list[int],
    saver: Checkpointer | None = None,
) -> Any:
    model.stop_training = False
    notify = print if watchers.params["verbose"] else None
    model._expect_steps("train", _product(train.count, len(epochs)), notify, train.count)
    if validate is not None:
        model._expect_steps("test", _product(validate.count, len(due)), first_report_after=validate.count)
    at = Position(epochs[0] if epochs else 0)
    if saver is not None and saver.state is not None:
        if saver.state["position"]["finished"]:
            saver.restore()
            return model.history
        watchers.set_params({**watchers.params, "resuming": True})
    watchers.on_train_begin()
    if saver is not None and saver.state is not None:
        at = saver.restore()
        if watchers.params["verbose"]:
            print(f"Going on in epoch {at.epoch + 1} after {'all' if at.validating else at.batch} batches.")
    elif saver is not None:
        saver.start(at.epoch)
    logs: dict[str, Any] = {}
    for epoch in (
        epochs[max(0, at.epoch - epochs[0]) :] if epochs and (at.validating or not at.stopped) else ()
    ):
        if at.validating and epoch == at.epoch:
            model.stop_training, logs = at.stopped, dict(at.logs or {})
        elif train.is_over(epoch):
            break
        else:
            done, returned = (at.batch, at.logs) if epoch == at.epoch else (0, None)
            logs = _train_epoch(model, train, watchers, epoch, done, returned, saver)
        if validate is not None and epoch in due and not validate.is_over(epoch):
            if saver is not None:
                saver.before_validation(epoch, logs)
            values = evaluate_epochs(
                model, validate, watchers, epoch, None if saver is None else saver.in_validation
            )
            logs.update({f"val_{key}": value for key, value in values.items()})
        watchers.on_epoch_end(epoch, logs)
        if saver is not None:
            saver.after_epoch(epoch)
        if model.stop_training or train.ran_out:
            break
    if saver is not None:
        saver.before_end(epochs[-1] + 1 if epochs else 0)
    if hasattr(model.optimizer, "finalize_variable_values"):
        lock_of(model).step(model.optimizer.finalize_variable_values, model.trainable_weights)
    watchers.on_train_end(logs)
    if saver is not None:
        saver.finish(epochs[-1] + 1 if epochs else 0)
    return model.history


def _train_epoch(
    model: Any,
    train: Epochs,
    watchers: CallbackList,
    epoch: int,
    done: int,
    returned: Any,
    saver: Checkpointer | None,
) -> dict[str, Any]:
    """Run the training step over one epoch, or what is left of it, and return the logs as numbers."""
    if not done:
        model.reset_metrics()
        watchers.on_epoch_begin(epoch)
    step = model._make_step("train")
    for index, group in _executions(train.batches(epoch, done), model.steps_per_execution, done):
        watchers.on_train_batch_begin(index)
        for batch in group:
            returned = step(batch)
        watchers.on_train_batch_end(
            index + len(group) - 1, functools.partial(_logs, model, "train", returned)
        )
        if model.stop_training:
            break
        if saver is not None:
            saver.after_batches(len(group), epoch, index + len(group), returned)
    return as_numbers(_logs(model, "train", returned))


def _checkpointer(callbacks: list[Any], folder: Any, freq: str | int, resume: bool) -> Checkpointer | None:
    """Return what writes checkpoints, if fit or a callback wants them."""
    asking = [callback for callback in callbacks if isinstance(callback, BackupAndRestore)]
    if folder is None and not asking:
        if resume:
            raise ArgumentError(
                "fit(resume=True)", "checkpoint=…, the folder to go on from", "None", "Pass the folder."
            )
        return None
    if len(asking) + (folder is not None) > 1:
        raise ArgumentError(
            "fit(checkpoint=…)",
            "one folder for checkpoints",
            "several",
            "Leave BackupAndRestore out, or checkpoint.",
        )
    if folder is not None:
        return Checkpointer(folder, freq, resume)
    (backup,) = asking
    return Checkpointer(backup.backup_dir, backup.save_freq, resume=True, clear=backup.delete_checkpoint)


def evaluate(
    model: Any,
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
    epochs = Epochs(choose_adapter(x, y, sample_weight, batch_size, steps=steps, limit=steps), steps)
    try:
        model._prepare_for(epochs.adapter.first(), "test")
        model._expect_steps("test", epochs.count)
        watch_targets(model, epochs.adapter)
        watchers = _watchers(callbacks, model, verbose, epochs)
        try:
            return evaluate_epochs(model, epochs, watchers, 0)
        finally:
            watchers.close()
    finally:
        epochs.adapter.close()


def evaluate_epochs(
    model: Any,
    epochs: Epochs,
    watchers: CallbackList,
    epoch: int,
    after_batch: Callable[[], None] | None = None,
) -> dict[str, Any]:
    """Run the evaluation step over one epoch and return the logs as numbers."""
    model.stop_evaluating = False
    watchers.on_test_begin()
    model.reset_metrics()
    step = model._make_step("test")
    returned: Any = None
    for index, group in _executions(epochs.batches(epoch), model.steps_per_execution):
        watchers.on_test_batch_begin(index)
        for batch in group:
            returned = step(batch)
        watchers.on_test_batch_end(index + len(group) - 1, functools.partial(_logs, model, "test", returned))
        if after_batch is not None:
            after_batch()
        if model.stop_evaluating:
            break
    logs = as_numbers(_logs(model, "test", returned))
    watchers.on_test_end(logs)
    return logs


def predict(model: Any, x: Any, *, batch_size: Any, verbose: Any, steps: Any, callbacks: Any) -> Any:
    """Predict; see ``Trainer.predict``."""
    epochs = Epochs(choose_adapter(x, batch_size=batch_size, steps=steps, limit=steps), steps)
    try:
        if not model._is_prepared("predict"):
            model._prepare_for(epochs.adapter.first(), "predict")
        if epochs.count != 1:
            model._expect_steps("predict", epochs.count)
        if not callbacks and verbose == 0:
            step = model._make_step("predict")
            return _joined(step(batch) for batch in epochs.batches(0))
        watchers = _watchers(callbacks, model, verbose, epochs)
        try:
            return _joined(_predictions(model, epochs, watchers))
        finally:
            watchers.close()
    finally:
        epochs.adapter.close()


def _predictions(model: Any, epochs: Epochs, watchers: CallbackList) -> Iterator[Any]:
    model.stop_predicting = False
    watchers.on_predict_begin()
    step = model._make_step("predict")
    for index, group in _executions(epochs.batches(0), model.steps_per_execution):
        watchers.on_predict_batch_begin(index)
        for batch in group:
            outputs = step(batch)
            yield outputs
        watchers.on_predict_batch_end(index + len(group) - 1, {"outputs": outputs})
        if model.stop_predicting:
            break
    watchers.on_predict_end()


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
    joined = [np.concatenate(part) if len(part) > 1 else part[0] for part in parts]
    return joined[0] if hasattr(structure, "shape") else tree.pack_sequence_as(structure, joined)


def unpack_validation(data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and sample weights of ``validation_data``; a data set is x alone."""
    return unpack_x_y_sample_weight(data) if isinstance(data, (tuple, list)) else (data, None, None)


def _watchers(callbacks: Any, model: Any, verbose: Any, epochs: Epochs) -> CallbackList:
    return CallbackList(
        callbacks, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=1, steps=epochs.count
    )


def _executions(batches: Iterator[Any], size: int, start: int = 0) -> Iterator[tuple[int, list[Any]]]:
    """Yield ``(index of the first batch, batches)`` for groups of ``size`` batches, counted from ``start``."""
    if size == 1:
        for index, batch in enumerate(batches, start):
            yield index, [batch]
        return
    while group := list(itertools.islice(batches, size)):
        yield start, group
        start += len(group)


def _logs(model: Any, kind: str, returned: Any) -> Mapping[str, Any]:
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


def _plain(frequency: Any) -> Any:
    """Return ``validation_freq`` as JSON holds it."""
    return frequency if isinstance(frequency, int) else sorted(frequency)


def _is_due(epoch: int, frequency: Any) -> bool:
    if isinstance(frequency, int) and not isinstance(frequency, bool) and frequency > 0:
        return (epoch + 1) % frequency == 0
    if isinstance(frequency, (list, tuple, set)):
        return epoch + 1 in frequency
    raise ArgumentError(
        "fit(validation_freq=…)",
        "a positive integer or a list of epochs",
        repr(frequency),
        "Pass 1 for every epoch.",
    )


def _check_count(where: str, value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0:
        raise ArgumentError(where, "an integer, zero or more", repr(value), "Pass a number of epochs.")


def _product(steps: Any, epochs: int) -> int | None:
    return steps * epochs if isinstance(steps, int) else None
