"""Steps: forward, loss, gradients, update, metrics, and the backend's fast functions of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from corne import backend as backends
from corne import masking, ops, tree
from corne.backend import Array, Step, TensorSpec
from corne.errors import ArgumentError, StateError
from corne.layer.building import making
from corne.layer.signature import signature_of
from corne.state_lock import LockedStep
from corne.training.compilation import Compilable
from corne.training.compiled_loss import track
from corne.utils.batches import unpack_x_y_sample_weight
from corne.variable import StatelessScope, Variable

_KEPT = 12  # steps of all kinds; those for layers frozen and thawed in turn are used again


class Steps(Compilable):
    """``train_step`` and its like, which subclasses may override; mixed into Trainer."""

    #: Whether the model has been given text that it reads in ``call``, so that steps run as plain Python.
    _corne_reads_text: bool = False

    if TYPE_CHECKING:  # what a layer adds

        def _corne_added_losses(self) -> list[Array]: ...
        @property
        def variables(self) -> list[Variable]: ...
        def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

    def train_step(self, data: Any) -> Mapping[str, Any]:
        """Train on one batch and return the logs. Override it for your own training steps.

        Args:
            data: The batch as the data hold it: ``(x, y)`` or ``(x, y, sample_weight)``; x alone, an array or a dict,
                is itself, and ``(x,)`` where it is a list. ``utils.unpack_x_y_sample_weight`` takes all of them apart.
        """
        logs = self._train_batch(data)
        return self.get_metrics_result() if logs is None else logs

    def _train_batch(self, data: Any) -> Mapping[str, Any] | None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        variables = self._trained_variables()
        optimizer = self.optimizer

        def forward() -> tuple[Array, Any]:
            y_pred = self(x, training=True)
            loss = self._loss_of(x, y, y_pred, sample_weight, training=True)
            masks = [masking.get_mask(a) for a in tree.flatten(y_pred)] if masking.any_masks() else None
            return optimizer.scale_loss(loss), (loss, y_pred, masks)

        backend = backends.active()
        if variables:
            (_, (loss, y_pred, masks)), gradients = backend.value_and_grad(forward, variables)
        else:
            (_, (loss, y_pred, masks)), gradients = forward(), []
        self._track_loss(backend.stop_gradient(loss), x)
        optimizer.apply(gradients, variables)
        return self._update_metrics(x, y, _constants(backend, y_pred, masks), sample_weight)

    def test_step(self, data: Any) -> Mapping[str, Any]:
        """Evaluate one batch and return the logs."""
        logs = self._test_batch(data)
        return self.get_metrics_result() if logs is None else logs

    def _test_batch(self, data: Any) -> Mapping[str, Any] | None:
        x, y, sample_weight = unpack_x_y_sample_weight(data)
        y_pred = self(x, training=False)
        loss = self._loss_of(x, y, y_pred, sample_weight, training=False)
        self._track_loss(loss, x)
        return self._update_metrics(x, y, y_pred, sample_weight)

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
        """Return the scalar that training minimizes: the compiled losses plus those that layers added.

        Raises:
            ArgumentError: There is no loss at all.
        """
        total: Any = None
        if self._compile_loss is not None:
            total = self._compile_loss(y, y_pred, sample_weight)
        penalties = [v.regularizer(v.value) for v in self._trained_variables() if v.regularizer is not None]
        for loss in self._corne_added_losses() + penalties:
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

    def _loss_of(self, x: Any, y: Any, y_pred: Any, sample_weight: Any, training: bool) -> Array:
        """Call ``compute_loss``, which older programs override without the argument ``training``."""
        given: dict[str, Any] = {"x": x, "y": y, "y_pred": y_pred, "sample_weight": sample_weight}
        signature = signature_of(type(self).compute_loss)
        if signature.has_training or signature.accepts_any_keyword:
            given["training"] = training
        return self.compute_loss(**given)

    def compute_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None) -> dict[str, Any]:
        """Update the compiled metrics with a batch and return the logs."""
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return self.get_metrics_result()

    def _update_metrics(self, x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Mapping[str, Any] | None:
        """Return what an overridden ``compute_metrics`` returns; else None, for logs are read on demand."""
        if type(self).compute_metrics is not Steps.compute_metrics:
            return self.compute_metrics(x, y, y_pred, sample_weight)
        if self._compile_metrics is not None:
            self._compile_metrics.update_state(y, y_pred, sample_weight)
        return None

    def _track_loss(self, loss: Array, x: Any) -> None:
        if self._loss_tracker is not None:
            leaves = [x] if hasattr(x, "shape") else [leaf for leaf in tree.flatten(x) if leaf is not None]
            size = leaves[0].shape[0] if leaves and len(leaves[0].shape) else 1
            track(self._loss_tracker, loss, size)

    # -- for your own steps -------------------------------------------------------------------------
    def value_and_grad(self, fn: Callable[[], Any], variables: Any = None) -> tuple[Any, list[Any]]:
        """Return ``fn()``, a scalar, and its gradients, for steps of your own on any backend.

        Args:
            fn: A function without arguments that returns the loss.
            variables: Default: the model's trainable variables.
        """
        variables = self._trained_variables() if variables is None else variables
        (value, _), gradients = backends.active().value_and_grad(lambda: (fn(), None), variables)
        return value, gradients

    def zero_grad(self) -> None:
        """Drop the gradients that ``loss.backward()`` left on the weights' arrays, on engines that keep them."""
        for variable in self.variables:
            variable.backend.zero_grad(variable.value)

    # -- making steps -----------------------------------------------------------------------------------
    def make_train_function(self, force: bool = False) -> Step:
        """Return the step that learns from one batch, made by the backend."""
        return self._make_step("train", force)

    def make_test_function(self, force: bool = False) -> Step:
        """Return the step that evaluates one batch, made by the backend."""
        return self._make_step("test", force)

    def make_predict_function(self, force: bool = False) -> Step:
        """Return the step that predicts one batch, made by the backend."""
        return self._make_step("predict", force)

    def _make_step(self, kind: str, force: bool = False) -> Step:
        """Return a step of a kind. It returns logs if it was overridden, else None: they are read on demand."""
        key = self._step_key(kind)
        made = None if force else self._corne_steps.get(key)
        if made is None:
            name = f"{kind}_step"
            overridden = name in vars(self) or getattr(type(self), name) is not getattr(Steps, name)
            plain = {"train": self._train_batch, "test": self._test_batch, "predict": self.predict_step}[kind]
            function = getattr(self, name) if overridden else plain
            variables = self._variables_of(kind)
            plainly = self.run_eagerly or self._calls_python(kind)
            step = backends.active().step(
                function,
                variables,
                training=kind == "train",
                jit_compile=None if plainly else self.jit_compile,
            )
            for oldest in list(self._corne_steps)[: len(self._corne_steps) + 1 - _KEPT]:
                self._corne_steps.pop(oldest, None)
            made = self._corne_steps[key] = LockedStep(self, step) if kind == "train" else step
        return made

    def _variables_of(self, kind: str) -> list[Variable]:
        """Return the variables that a step of a kind reads and assigns, each once."""
        variables = list(self.variables)
        if kind != "predict":
            variables += [v for metric in self.metrics for v in metric.variables]
        if kind == "train":
            variables += [v for optimizer in self._optimizers() for v in optimizer.variables]
        return list({id(v): v for v in variables}.values())

    def _expect_steps(
        self,
        kind: str,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None:
        """Prepare a step for a number of calls; see :meth:`corne.backend.Step.expect`.

        Args:
            kind: "train", "test" or "predict".
            calls: How many; None if unknown.
            notify: Called with a line for the user before something takes long.
            first_report_after: How many calls pass before the user sees results; None if all do.
        """
        self._make_step(kind).expect(calls, notify, first_report_after)

    def explain_steps(self) -> dict[str, str]:
        """Return how the steps made so far run, and why, by kind: "train", "test", "predict"."""
        return {key[0]: step.decision for key, step in self._corne_steps.items()}

    def _step_key(self, kind: str) -> tuple[Any, ...]:
        how = self.run_eagerly, self.jit_compile, self._calls_python(kind)
        return kind, *how, backends.active().name, self._what_is_frozen()

    def _calls_python(self, kind: str) -> bool:
        """Whether a learning rate is a function, which must be called in each step, or the model reads text."""
        return self._corne_reads_text or (
            kind == "train" and any(optimizer.calls_python for optimizer in self._optimizers())
        )

    def _is_prepared(self, kind: str) -> bool:
        """Return quickly whether :meth:`_prepare_for` has nothing to do."""
        return self._step_key(kind) in self._corne_steps and (kind != "train" or self._trained_are_known())

    def _prepare_for(self, batch: Any, kind: str) -> None:
        """Make everything that a step needs: weights, metrics, the optimizer's state."""
        with making:
            self._prepare_parts(batch, kind)

    def _prepare_parts(self, batch: Any, kind: str) -> None:
        x, y, _ = unpack_x_y_sample_weight(batch)
        objectives = () if kind == "predict" else (self._compile_loss, self._compile_metrics)
        unfinished = [part for part in objectives if part is not None and not part.built]
        if unfinished or not self._is_built():
            y_pred = self._outputs_like(x)
            for part in unfinished:
                part.build(y, y_pred)
            self._reset_compiled_steps()
        if kind == "train":
            self._prepare_optimizer()

    def _prepare_optimizer(self) -> None:
        self._corne_trained = None
        variables = self._trained_variables()
        if type(self).train_step is not Steps.train_step or "train_step" in vars(self):
            variables = variables if self.optimizer is not None else []  # its own step may need none
        elif self.optimizer is None:
            raise StateError(
                f"{self.name}.fit(…)", "an optimizer", "a model compiled with optimizer=None",
                "Compile with an optimizer such as 'adam'.",
            )  # fmt: skip
        elif not variables:
            warnings.warn(
                f"{self.name} has no trainable weights: fit only measures it. Set layer.trainable = True?",
                stacklevel=7,
            )
        if variables and not self.optimizer.built:
            self.optimizer.build(variables)
            self._reset_compiled_steps()

    def _is_built(self) -> bool:
        return bool(self._corne_steps) or (
            self.built and all(layer.built for layer in self._flatten_layers())
        )

    def _outputs_like(self, x: Any) -> Any:
        """Return the outputs for inputs like ``x``, or specs of them; an unbuilt model makes its weights on the way."""
        backend = backends.active()
        graph = getattr(self, "_corne_graph", None)
        is_built = self._is_built()
        if graph is not None and is_built:
            return graph.outputs

        def spec(leaf: Any) -> Any:
            if not backend.is_array(leaf):
                return leaf
            return TensorSpec((None, *leaf.shape[1:]), backend.dtype_name(leaf))

        def run(inputs: Any) -> Any:
            with StatelessScope():  # nothing but the weights that it makes remains of the call
                return self(inputs, training=False)

        if not is_built:  # on the batch: layers may make weights and state from values
            return run(x)
        try:
            return backend.infer_specs(run, tree.map_structure(spec, x))
        except Exception as abstract:  # a call that needs values
            try:
                return run(x)
            except Exception as error:
                error.add_note(f"Evaluated without values it failed before: {abstract}")
                raise


def _constants(backend: backends.Backend, structure: Any, masks: list[Any] | None) -> Any:
    """Return arrays as constants for differentiation, with these masks attached to them."""

    def constant(x: Any) -> Any:
        return backend.stop_gradient(x) if backend.is_array(x) else x

    result = constant(structure) if backend.is_array(structure) else tree.map_structure(constant, structure)
    for x, mask in zip(tree.flatten(result), masks or (), strict=False):
        if mask is not None:
            masking.set_mask(x, mask)
    return result
