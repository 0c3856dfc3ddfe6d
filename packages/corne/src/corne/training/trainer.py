"""Trainer: what makes a layer with inputs and outputs trainable."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from corne import backend as backends
from corne import ops, tree
from corne.backend import Array, TensorSpec
from corne.errors import ArgumentError, StateError
from corne.training import loop
from corne.training.adapters.arrays import prepared
from corne.training.adapters.streams import as_batch
from corne.training.compilation import Compilable
from corne.utils.batches import unpack_x_y_sample_weight
from corne.variable import StatelessScope, Variable


class Trainer(Compilable):
    """``compile``, ``fit``, ``evaluate``, ``predict`` and the calls on single batches; mixed into Model.

    ``train_step``, ``test_step``, ``predict_step``, ``compute_loss`` and ``compute_metrics`` may be
    overridden.
    """

    if TYPE_CHECKING:  # what a layer adds

        def _added_losses(self) -> list[Array]: ...
        @property
        def variables(self) -> list[Variable]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    # -- steps ----------------------------------------------------------------------------------------
    def train_step(self, data: Any) -> dict[str, Any]:
        """Learn from one batch and return the logs. Override it for training loops of your own.

        Args:
            data: The batch: ``(x,)``, ``(x, y)`` or ``(x, y, sample_weight)``.
        """
        self._learn(data)
        return self.get_metrics_result()

    def _learn(self, data: Any) -> None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        variables = self._trained_variables()
        if not variables or self.optimizer is None:
            raise StateError(
                f"{self.name}.fit(…)", "trainable weights and an optimizer",
                "a model without an optimizer" if self.optimizer is None else "a model whose weights are all frozen",
                "Set layer.trainable = True, or compile with an optimizer.",
            )  # fmt: skip

        def forward() -> tuple[Array, Any]:
            y_pred = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)
            return self.optimizer.scale_loss(loss), (loss, y_pred)

        backend = backends.active()
        (_, (loss, y_pred)), gradients = backend.value_and_grad(forward, variables)
        loss = backend.stop_gradient(loss)
        y_pred = tree.map_structure(lambda a: backend.stop_gradient(a) if backend.is_array(a) else a, y_pred)
        self._track_loss(loss, x)
        self.optimizer.apply(gradients, variables)
        self._update_metrics(x, y, y_pred, sample_weight)

    def test_step(self, data: Any) -> dict[str, Any]:
        """Evaluate one batch and return the logs."""
        self._judge(data)
        return self.get_metrics_result()

    def _judge(self, data: Any) -> None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=False)
        self._track_loss(loss, x)
        self._update_metrics(x, y, y_pred, sample_weight)

    def predict_step(self, data: Any) -> Any:
        """Return the predictions for one batch."""
        x, _, _ = unpack_x_y_sample_weight(data)
        return self(x, training=False)

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
        **kwargs: Any,
    ) -> Array:
        """Return the scalar that training makes small: the compiled losses and those the layers added.

        Raises:
            ArgumentError: There is no loss at all.
        """
        total: Any = None
        if self._compile_loss is not None:
            total = self._compile_loss(y, y_pred, sample_weight)
        penalties = [v.regularizer(v.value) for v in self._trained_variables() if v.regularizer is not None]
        for loss in self._added_losses() + penalties:
            loss = ops.sum(ops.cast(loss, "float32"))
            total = loss if total is None else ops.add(total, loss)
        if total is None:
            if training:
                raise ArgumentError(
                    f"{self.name}.compute_loss(…)", "a loss", "none",
                    "Pass loss=… to compile(), call add_loss() in a layer, or override compute_loss().",
                )  # fmt: skip
            return ops.zeros(())
        return total

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics with a batch and return the logs."""
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _update_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> None:
        if type(self).compute_metrics is not Trainer.compute_metrics:
            self.compute_metrics(x, y, y_pred, sample_weight)
        elif self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)

    def _track_loss(self, loss: Array, x: Any) -> None:
        if self._loss_tracker is not None:
            leaves = [leaf for leaf in tree.flatten(x) if hasattr(leaf, "shape")]
            size = leaves[0].shape[0] if leaves and len(leaves[0].shape) else 1
            self._loss_tracker.update_state(loss, sample_weight=size)

    def value_and_grad(self, fn: Callable[[], Any], variables: Any = None) -> tuple[Any, list[Any]]:
        """Return ``fn()``, a scalar, and its gradients, for steps of your own on any backend.

        Args:
            fn: A function without arguments that returns the loss.
            variables: Default: the model's trainable variables.
        """
        variables = self.trainable_variables if variables is None else variables
        (value, _), gradients = backends.active().value_and_grad(lambda: (fn(), None), variables)
        return value, gradients

    # -- making steps ---------------------------------------------------------------------------------
    def make_train_function(self, force: bool = False) -> Callable[..., Any]:
        """Return the function that learns from one batch, made by the backend."""
        return self._make_step("train", force)

    def make_test_function(self, force: bool = False) -> Callable[..., Any]:
        """Return the function that evaluates one batch, made by the backend."""
        return self._make_step("test", force)

    def make_predict_function(self, force: bool = False) -> Callable[..., Any]:
        """Return the function that predicts one batch, made by the backend."""
        return self._make_step("predict", force)

    def _make_step(self, kind: str, force: bool = False) -> Callable[..., Any]:
        """Return a step of a kind. It returns logs if it was overridden, else None: they are read on demand."""
        if force or kind not in self._steps:
            overridden = getattr(type(self), f"{kind}_step") is not getattr(Trainer, f"{kind}_step")
            plain = {"train": self._learn, "test": self._judge, "predict": self.predict_step}[kind]
            step = getattr(self, f"{kind}_step") if overridden else plain
            self._trained = None
            variables = list(self.variables)
            if kind != "predict":
                known = {id(v) for v in variables}
                variables += [v for m in self.metrics for v in m.variables if id(v) not in known]
            if kind == "train" and self.optimizer is not None:
                variables += self.optimizer.variables
            if not self.run_eagerly:
                jit: bool | str = self.jit_compile
                step = backends.active().step(step, variables, training=kind == "train", jit_compile=jit)
            self._steps[kind] = step
        return self._steps[kind]

    def _prepare_for(self, batch: Any, training: bool) -> None:
        """Make everything that a step needs to exist: weights, metrics, the optimizer's state."""
        x, y, _ = unpack_x_y_sample_weight(batch)
        unfinished = [
            part
            for part in (self._compile_loss, self._compile_metrics)
            if part is not None and not part.built
        ]
        if not self._is_built() or unfinished:
            y_pred = self._outputs_like(x)
            if self._compile_loss is not None and not self._compile_loss.built:
                self._compile_loss.build(y_pred)
            if self._compile_metrics is not None and not self._compile_metrics.built:
                self._compile_metrics.build(y, y_pred)
            self._reset_compiled_steps()
        if training and self.optimizer is not None and not self.optimizer.built:
            self.optimizer.build(self.trainable_variables)
            self._reset_compiled_steps()

    def _is_built(self) -> bool:
        return self.built and all(layer.built for layer in self._flatten_layers())  # type: ignore[attr-defined]

    def _outputs_like(self, x: Any) -> Any:
        """Return specs like the outputs for inputs like ``x``, making weights on the way."""
        backend = backends.active()

        def spec(leaf: Any) -> Any:
            return (
                TensorSpec((None, *leaf.shape[1:]), backend.dtype_name(leaf))
                if backend.is_array(leaf)
                else leaf
            )

        def run(inputs: Any) -> Any:
            with StatelessScope():
                return self(inputs, training=False)

        if not self._is_built():
            # Real data make layers that look at values; nothing but the making of weights remains of the call.
            with StatelessScope():
                self(x, training=False)
        with contextlib.suppress(Exception):
            return backend.infer_specs(run, tree.map_structure(spec, x))
        with StatelessScope():  # a call that needs values: run it on the batch itself
            return self(x, training=False)

    # -- one batch ------------------------------------------------------------------------------------
    def train_on_batch(
        self,
        x: Any,
        y: Any = None,
        sample_weight: Any = None,
        class_weight: Any = None,
        return_dict: bool = False,
    ) -> Any:
        """Learn from one batch and return what the metrics say of it alone.

        Args:
            x: Inputs.
            y: Targets.
            sample_weight: A weight for each sample.
            class_weight: A factor for each class number.
            return_dict: Whether to return a dict by name rather than numbers in the metrics' order.

        Returns:
            The loss, or a list of the loss and the metrics, or a dict.
        """
        self._require_compiled("train_on_batch")
        with self._on_backend(training=True):
            batch = self._one_batch(x, y, sample_weight, class_weight)
            self._prepare_for(batch, training=True)
            self.reset_metrics()
            return self._result(self._make_step("train")(batch), return_dict)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Evaluate one batch and return what the metrics say of it alone. See :meth:`train_on_batch`."""
        self._require_compiled("test_on_batch")
        with self._on_backend(training=False):
            batch = self._one_batch(x, y, sample_weight)
            self._prepare_for(batch, training=False)
            self.reset_metrics()
            return self._result(self._make_step("test")(batch), return_dict)

    def predict_on_batch(self, x: Any) -> Any:
        """Return the predictions for one batch, as NumPy arrays."""
        with self._on_backend(training=False) as backend:
            batch = self._one_batch(x)
            if not self._is_built():
                self._outputs_like(unpack_x_y_sample_weight(batch)[0])
            outputs = self._make_step("predict")(batch)
            return tree.map_structure(lambda a: np.asarray(backend.to_numpy(a)), outputs)

    def _one_batch(self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None) -> Any:
        from corne.training.adapters.arrays import check_lengths

        parts = tuple(prepared(n, v) for n, v in (("x", x), ("y", y), ("sample_weight", sample_weight)))
        check_lengths(*parts)
        return as_batch(parts, class_weight)

    def _result(self, logs: Any, return_dict: bool) -> Any:
        values = loop.as_numbers(self.get_metrics_result() if logs is None else logs)
        if return_dict:
            return values
        numbers = list(values.values())
        return numbers[0] if len(numbers) == 1 else numbers

    # -- the loops --------------------------------------------------------------------------------------
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
            validation_steps: Batches to validate on. Default: all.
            validation_batch_size: Default ``batch_size``.
            validation_freq: Validate every so many epochs, or after the epochs in a list. Default 1.

        Returns:
            The History callback; its ``history`` holds a list for each quantity.

        Raises:
            StateError: Not compiled.
            BackendError: The backend has no gradients.
            DataError: Data that don't fit together.
            ArgumentError: Unusable values of other arguments.
        """
        self._require_compiled("fit")
        with self._on_backend(training=True):
            return loop.fit(
                self, x, y, sample_weight, batch_size=batch_size, epochs=epochs, verbose=verbose, callbacks=callbacks,
                validation_split=validation_split, validation_data=validation_data, shuffle=shuffle,
                class_weight=class_weight, initial_epoch=initial_epoch, steps_per_epoch=steps_per_epoch,
                validation_steps=validation_steps, validation_batch_size=validation_batch_size,
                validation_freq=validation_freq,
            )  # fmt: skip

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
        self._refuse_keywords("evaluate", kwargs)
        self._require_compiled("evaluate")
        with self._on_backend(training=False):
            logs = loop.evaluate(self, x, y, sample_weight, batch_size=batch_size, verbose=verbose, steps=steps,
                                 callbacks=callbacks)  # fmt: skip
        return self._result(logs, return_dict)

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
        with self._on_backend(training=False):
            return loop.predict(
                self, x, batch_size=batch_size, verbose=verbose, steps=steps, callbacks=callbacks
            )

    @staticmethod
    def _refuse_keywords(method: str, kwargs: Mapping[str, Any]) -> None:
        from corne.errors import UnknownArgumentError

        if kwargs:
            raise UnknownArgumentError(
                f"{method}(…)", "the documented arguments", f"{sorted(kwargs)}", "Remove them."
            )
