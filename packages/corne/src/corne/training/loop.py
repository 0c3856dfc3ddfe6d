"""The loops of fit, evaluate and predict: batches in, callbacks told, nothing waited for."""

from __future__ import annotations

import functools
import itertools
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from corne import backend as backends
from corne import tree
from corne.errors import ArgumentError, DataError
from corne.training.adapters import DataAdapter, choose_adapter
from corne.training.adapters.arrays import split_validation
from corne.training.callbacks.callback_list import CallbackList
from corne.utils.batches import unpack_x_y_sample_weight


class DataRanOutWarning(UserWarning):
    """The data ended before the steps that were asked for."""


def as_numbers(logs: Mapping[str, Any]) -> dict[str, Any]:
    """Return logs with every value read from the device, scalars as Python floats."""
    backend = backends.active()

    def read(value: Any) -> Any:
        array = np.asarray(backend.to_numpy(value) if backend.is_array(value) else value)
        return float(array) if array.ndim == 0 and array.dtype != object else array

    return {
        key: read(value) if not isinstance(value, Mapping) else as_numbers(value)
        for key, value in logs.items()
    }


class Epochs:
    """The batches of one adapter, epoch by epoch, ``steps`` at most in each.

    With ``steps`` an epoch goes on where the last one stopped. One that meets the end of the data ends
    there, with a warning; the next begins anew if the data can be read again.
    """

    def __init__(self, adapter: DataAdapter, steps: int | None, epochs: int = 1) -> None:
        if steps is not None and (isinstance(steps, bool) or not isinstance(steps, int) or steps < 1):
            raise ArgumentError(
                "steps", "a positive integer, or None", repr(steps), "Pass a number of batches."
            )
        self.adapter, self.steps, self._epochs = adapter, steps, epochs
        self._running: Iterator[Any] | None = None
        self._seen = self._passes = 0
        self.ran_out = False  # for good: the data can't be read again

    @property
    def count(self) -> int | None:
        """The number of batches in an epoch, where it is known."""
        return self.steps if self.steps is not None else self.adapter.num_batches

    def batches(self, epoch: int) -> Iterator[Any]:
        """Yield the batches of an epoch."""
        if self.steps is None:
            yield from self.adapter.batches(epoch)
            return
        if self._running is None or self._seen == self.adapter.num_batches:
            self._running, self._seen = self.adapter.batches(self._passes), 0
            self._passes += 1
        taken = 0
        for batch in itertools.islice(self._running, self.steps):
            taken += 1
            self._seen += 1
            yield batch
        if taken < self.steps:
            self._running = None
            self.ran_out = self.adapter.num_batches is None
            warnings.warn(
                f"The data ran out after {taken} of {self.steps} steps of epoch {epoch + 1}. They should hold at "
                f"least steps_per_epoch * epochs = {self.steps * self._epochs} batches: let the generator go on, or "
                "ask for fewer steps.",
                DataRanOutWarning,
                stacklevel=4,
            )


def _executions(batches: Iterator[Any], size: int) -> Iterator[tuple[int, list[Any]]]:
    """Yield ``(index of the first batch, batches)`` for groups of ``size`` batches."""
    if size == 1:
        for index, batch in enumerate(batches):
            yield index, [batch]
        return
    start = 0
    while group := list(itertools.islice(batches, size)):
        yield start, group
        start += len(group)


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
) -> Any:
    """Train; see ``Trainer.fit``."""
    _check_count("fit(epochs=…)", epochs)
    _check_count("fit(initial_epoch=…)", initial_epoch)
    if validation_split and validation_data is None:
        if not _is_in_memory(x):
            raise ArgumentError(
                "fit(validation_split=…)", "arrays to split", type(x).__name__,
                "Pass validation_data for data that come in batches.",
            )  # fmt: skip
        (x, y, sample_weight), validation_data = split_validation(x, y, sample_weight, validation_split)
    train = Epochs(
        choose_adapter(x, y, sample_weight, batch_size, shuffle, class_weight, steps_per_epoch),
        steps_per_epoch,
        epochs,
    )
    validate = None
    if validation_data is not None:
        vx, vy, vw = unpack_validation(validation_data)
        adapter = choose_adapter(vx, vy, vw, validation_batch_size or batch_size, steps=validation_steps)
        validate = Epochs(adapter, validation_steps, epochs)
    model._prepare_for(train.adapter.first(), training=True)
    _check_labels(model, train.adapter)
    watchers = CallbackList(
        callbacks, model=model, add_history=True, verbose=verbose, epochs=epochs, steps=train.count
    )
    model.stop_training = False
    watchers.on_train_begin()
    logs: dict[str, Any] = {}
    try:
        for epoch in range(initial_epoch, epochs):
            model.reset_metrics()
            watchers.on_epoch_begin(epoch)
            step = model._make_step("train")
            returned = None
            done = 0
            for index, group in _executions(train.batches(epoch), model.steps_per_execution):
                watchers.on_train_batch_begin(index)
                for batch in group:
                    returned = step(batch)
                done = index + len(group)
                watchers.on_train_batch_end(done - 1, functools.partial(_logs, model, returned))
                if model.stop_training:
                    break
            train.adapter.on_epoch_end()
            logs = as_numbers(_logs(model, returned)) if done else {}
            if done and hasattr(model.optimizer, "finalize_variable_values") and epoch == epochs - 1:
                model.optimizer.finalize_variable_values(model.trainable_weights)
            if validate is not None and _is_due(epoch, validation_freq):
                values = evaluate_epochs(model, validate, watchers, epoch)
                logs.update({f"val_{key}": value for key, value in values.items()})
            watchers.on_epoch_end(epoch, logs)
            if model.stop_training or train.ran_out:
                break
    finally:
        train.adapter.close()
        if validate is not None:
            validate.adapter.close()
    watchers.on_train_end(logs)
    return model.history


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
    epochs = Epochs(choose_adapter(x, y, sample_weight, batch_size, steps=steps), steps)
    model._prepare_for(epochs.adapter.first(), training=False)
    watchers = CallbackList(callbacks, model=model, verbose=verbose, epochs=1, steps=epochs.count)
    try:
        return evaluate_epochs(model, epochs, watchers, 0)
    finally:
        epochs.adapter.close()


def evaluate_epochs(model: Any, epochs: Epochs, watchers: CallbackList, epoch: int) -> dict[str, Any]:
    """Run the evaluation step over one epoch and return the logs as numbers."""
    watchers.on_test_begin()
    model.reset_metrics()
    step = model._make_step("test")
    returned: Any = None
    for index, group in _executions(epochs.batches(epoch), model.steps_per_execution):
        watchers.on_test_batch_begin(index)
        for batch in group:
            returned = step(batch)
        watchers.on_test_batch_end(index + len(group) - 1, functools.partial(_logs, model, returned))
        if getattr(model, "stop_evaluating", False):
            break
    logs = as_numbers(_logs(model, returned))
    watchers.on_test_end(logs)
    return logs


def predict(model: Any, x: Any, *, batch_size: Any, verbose: Any, steps: Any, callbacks: Any) -> Any:
    """Predict; see ``Trainer.predict``."""
    epochs = Epochs(choose_adapter(x, batch_size=batch_size, steps=steps), steps)
    backend = backends.active()
    if not model._is_built():
        model._outputs_like(unpack_x_y_sample_weight(epochs.adapter.first())[0])
    watchers = CallbackList(callbacks, model=model, verbose=verbose, epochs=1, steps=epochs.count)
    watchers.on_predict_begin()
    step = model._make_step("predict")
    parts: list[list[np.ndarray[Any, Any]]] = []
    structure: Any = None
    for index, batch in enumerate(epochs.batches(0)):
        watchers.on_predict_batch_begin(index)
        outputs = step(batch)
        if structure is None:
            structure = outputs
            parts = [[] for _ in tree.flatten(outputs)]
        for part, value in zip(parts, tree.flatten(outputs), strict=True):
            part.append(np.asarray(backend.to_numpy(value)))
        watchers.on_predict_batch_end(index, functools.partial(dict, outputs=outputs))
    watchers.on_predict_end()
    epochs.adapter.close()
    joined = [np.concatenate(part) if len(part) > 1 else part[0] for part in parts]
    return tree.pack_sequence_as(structure, joined)


def unpack_validation(data: Any) -> tuple[Any, Any, Any]:
    """Return x, y and sample weights of ``validation_data``; a data set is x alone."""
    return unpack_x_y_sample_weight(data) if isinstance(data, (tuple, list)) else (data, None, None)


def _logs(model: Any, returned: Any) -> Mapping[str, Any]:
    """Return the logs of a step: what an overridden one returned, else what the metrics say now."""
    if returned is None:
        result: Mapping[str, Any] = model.get_metrics_result()
        return result
    if not isinstance(returned, Mapping):
        raise ArgumentError(
            f"{model.name}.train_step(…)", "a dict of logs as its result", type(returned).__name__,
            "Return self.get_metrics_result(), or {'loss': loss}.",
        )  # fmt: skip
    return returned


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


def _is_in_memory(x: Any) -> bool:
    from corne.training.adapters.arrays import is_arrays, is_number_list

    return is_arrays(x) or is_number_list(x)


def _check_labels(model: Any, adapter: DataAdapter) -> None:
    """Refuse class numbers that the output has no place for, before training on them."""
    if model._compile_loss is None:
        return
    _, y, _ = unpack_x_y_sample_weight(adapter.sample())
    for classes, labels in model._compile_loss.class_targets(y):
        values = np.asarray(backends.active().to_numpy(labels))
        if values.size and (values.min() < 0 or values.max() >= classes):
            wrong = values.min() if values.min() < 0 else values.max()
            raise DataError(
                "y", f"class numbers from 0 to {classes - 1}, as the model has {classes} outputs", f"{wrong}",
                "Count classes from 0, or give the last layer one unit for each class.",
            )  # fmt: skip
