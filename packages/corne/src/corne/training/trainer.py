"""Trainer: what makes a layer with inputs and outputs trainable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from corne import tree
from corne.training import loop
from corne.training.adapters.prepare import NAMES, as_batch, check_lengths, is_one_batch, prepared
from corne.training.entry import entry
from corne.training.fit_options import FitOptions, check_class_weight, check_steps
from corne.training.labels import target_check
from corne.training.logs import as_numbers
from corne.training.steps import Steps
from corne.utils.batches import pack_x_y_sample_weight


class Trainer(Steps):
    """``compile``, ``fit``, ``evaluate``, ``predict`` and the calls on single batches; mixed into Model.

    ``train_step``, ``test_step``, ``predict_step``, ``compute_loss`` and ``compute_metrics`` may be
    overridden.
    """

    _unwatched = frozenset({"stop_training", "stop_evaluating", "stop_predicting", "history"})

    def _corne_staged(self, data: Any) -> Any:
        """Return data as steps see them; a model with text inputs turns them into numbers here."""
        return data

    # -- one batch ------------------------------------------------------------------------------------
    @entry
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Train on one batch and return the metrics of it alone.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: A weight for each sample.
            class_weight: A factor for each class number.
            return_dict: Whether to return a dict by name rather than numbers in the metrics' order.

        Returns:
            The loss, or a list of the loss and the metrics, or a dict.
        """
        check_class_weight("train_on_batch(class_weight=…)", class_weight)
        self._require_compiled("train_on_batch")
        with self._on_backend(training=True):
            batch = self._one_batch("train", x, y, sample_weight, class_weight)
            self.reset_metrics()
            return self._result(self._make_step("train")(batch), return_dict)

    @entry
    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Evaluate one batch and return the metrics of it alone. See :meth:`train_on_batch`."""
        self._require_compiled("test_on_batch")
        with self._on_backend(training=False):
            batch = self._one_batch("test", x, y, sample_weight)
            self.reset_metrics()
            return self._result(self._make_step("test")(batch), return_dict)

    @entry
    def predict_on_batch(self, x: Any) -> Any:
        """Return the predictions for one batch, as NumPy arrays."""
        with self._on_backend(training=False) as backend:
            given, x = x, self._corne_staged(x)
            if x is not given and isinstance(x, dict) and all(map(len, x.values())):
                batch: Any = {key: backend.asarray(prepared("x", value)) for key, value in x.items()}
                if not self._is_prepared("predict"):
                    self._prepare_for(batch, "predict")
            elif (type(x) is np.ndarray or backend.is_array(x)) and x.shape and x.shape[0]:
                batch = backend.asarray(prepared("x", x))
                if not self._is_prepared("predict"):
                    self._prepare_for(batch, "predict")
            else:
                batch = self._one_batch("predict", x)
            outputs = self._make_step("predict")(batch)
            if backend.is_array(outputs):
                return np.asarray(backend.to_numpy(outputs))
            return tree.map_structure(lambda a: np.asarray(backend.to_numpy(a)), outputs)

    def _one_batch(
        self, kind: str, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None
    ) -> Any:
        """Return a batch for a step of a kind, for which everything is prepared."""
        x = self._corne_staged(x)
        parts = tuple(prepared(name, v) for name, v in zip(NAMES, (x, y, sample_weight), strict=True))
        check_lengths(*parts)
        alone = parts[1] is None and parts[2] is None
        batch = as_batch(pack_x_y_sample_weight(parts[0]) if alone else parts, class_weight)
        if not self._is_prepared(kind):
            self._prepare_for(batch, kind)
        check = None if kind == "predict" else target_check(self)
        if check is not None:
            check(parts[1])
        return batch

    def _result(self, logs: Any, return_dict: bool) -> Any:
        values = as_numbers(self.get_metrics_result() if logs is None else logs)
        if return_dict:
            return values
        numbers = self._in_order(values)
        return numbers[0] if len(numbers) == 1 else numbers

    def _corne_staged_validation(self, data: Any) -> Any:
        if isinstance(data, (tuple, list)):
            return (self._corne_staged(data[0]), *data[1:])
        return self._corne_staged(data)

    # -- the loops --------------------------------------------------------------------------------------
    @entry
    def fit(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        epochs: int = 1,
        verbose: str | int = "auto",
        callbacks: Any = None,
        validation_split: float = 0.0,
        validation_data: Any = None,
        shuffle: bool | str = True,
        class_weight: Mapping[int, float] | None = None,
        sample_weight: Any = None,
        initial_epoch: int = 0,
        steps_per_epoch: int | None = None,
        validation_steps: int | None = None,
        validation_batch_size: int | None = None,
        validation_freq: Any = 1,
        checkpoint: Any = None,
        checkpoint_freq: str | int = "epoch",
        resume: bool = False,
    ) -> Any:
        """Train for a number of epochs.

        Args:
            x: Inputs: arrays, lists or dicts of arrays, pandas frames, a generator, a PyDataset, a torch
                DataLoader or Dataset, or what a plugin knows.
            y: Targets, for arrays.
            batch_size: Samples in a batch, for arrays. Default 32.
            epochs: Number of the last epoch. Default 1.
            verbose: 0 is silent, 1 shows progress, 2 one line an epoch. Default "auto": 1.
            callbacks: Callbacks, or None.
            validation_split: Share of the samples (the last ones) to validate on. Default 0.
            validation_data: ``(x, y)``, ``(x, y, sample_weight)`` or a data set, instead.
            shuffle: Whether each epoch has a new order; "batch" shuffles whole batches. Default True.
            class_weight: Factor for each class number.
            sample_weight: A weight for each sample.
            initial_epoch: Epoch to begin with, counted from 0. Default 0.
            steps_per_epoch: Batches in an epoch. Default: all.
            validation_steps: Batches to validate on, the same ones each time. Default: all.
            validation_batch_size: Default ``batch_size``.
            validation_freq: Validate every so many epochs, or after the epochs in a list. Default 1.
            checkpoint: Folder for the state of training, written so that the process may die at any moment.
                SIGTERM and Ctrl-C let the current batch end, then write it. Needs corne-checkpoints. Default None:
                write none.
            checkpoint_freq: "epoch": after every epoch and once a minute within one; or a number of batches
                between two checkpoints. Another is written where fit begins. Default "epoch".
            resume: Whether to resume from the folder's checkpoint, if there is one, to the same bits as a fit that
                was never interrupted. A fit that had ended returns at once, or trains the further epochs asked for.
                Default False: start over, and remove older checkpoints once there are two new ones.

        Returns:
            The History callback; its ``history`` holds a list for each quantity.

        Raises:
            StateError: Not compiled; the checkpoint is of other data, of another model or fit; or a callback
                returns state that a checkpoint can't hold.
            MissingPluginError: ``checkpoint`` or ``resume`` without corne-checkpoints.
            BackendError: The backend has no gradients.
            DataError: Data that don't fit together.
            ArgumentError: Unusable values of other arguments.
            SystemExit: SIGTERM arrived and a checkpoint is written.
        """
        self._require_compiled("fit")
        options = FitOptions(
            batch_size, epochs, verbose, callbacks, validation_split, validation_data, shuffle, class_weight,
            initial_epoch, steps_per_epoch, validation_steps, validation_batch_size, validation_freq, checkpoint,
            checkpoint_freq, resume,
        )  # fmt: skip
        with self._on_backend(training=True):
            if options.validation_data is not None:
                options = replace(options, validation_data=self._corne_staged_validation(validation_data))
            return loop.fit(self, self._corne_staged(x), y, sample_weight, options)

    @entry
    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        sample_weight: Any = None,
        steps: int | None = None,
        callbacks: Any = None,
        return_dict: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Return loss and metrics on data.

        Args:
            x: As for :meth:`fit`.
            y: Targets, for arrays.
            batch_size: Samples in a batch, for arrays. Default 32.
            verbose: 0 is silent, 1 shows progress, 2 one line. Default "auto": 1.
            sample_weight: A weight for each sample.
            steps: Batches to take. Default: all.
            callbacks: Callbacks, or None.
            return_dict: Whether to return a dict by name rather than numbers in the metrics' order.
            **kwargs: None are known.
        """
        check_steps("evaluate(steps=…)", steps)
        self._require_compiled("evaluate")
        with self._on_backend(training=False):
            logs = loop.evaluate(self, self._corne_staged(x), y, sample_weight, batch_size=batch_size, verbose=verbose, steps=steps,
                                 callbacks=callbacks)  # fmt: skip
        return self._result(logs, return_dict)

    @entry
    def predict(
        self,
        x: Any,
        batch_size: int | None = None,
        verbose: str | int = "auto",
        steps: int | None = None,
        callbacks: Any = None,
    ) -> Any:
        """Return the predictions for data, as NumPy arrays in the outputs' structure.

        Args:
            x: As for :meth:`fit`.
            batch_size: Samples in a batch, for arrays. Default 32.
            verbose: 0 is silent, 1 shows progress. Default "auto": 1.
            steps: Batches to take. Default: all.
            callbacks: Callbacks, or None.
        """
        check_steps("predict(steps=…)", steps)
        if verbose == 0 and steps is None and not callbacks and is_one_batch(x, batch_size):
            return self.predict_on_batch(x)
        with self._on_backend(training=False):
            return loop.predict(
                self,
                self._corne_staged(x),
                batch_size=batch_size,
                verbose=verbose,
                steps=steps,
                callbacks=callbacks,
            )
