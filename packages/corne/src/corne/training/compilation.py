"""The side of a trainable model that is set by ``compile``: optimizer, objectives, metrics."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corne import backend as backends
from corne import optimizers, serialization
from corne.backend import Step
from corne.errors import ArgumentError, BackendError, StateError
from corne.layer import tracking
from corne.metric import Mean, Metric
from corne.naming import to_snake_case
from corne.optimizer import Optimizer
from corne.training.compiled_loss import CompiledLoss
from corne.training.compiled_metrics import CompiledMetrics
from corne.training.entry import entry
from corne.variable import Variable, trainability


class Compilable:
    """``compile`` and what it leaves behind; mixed into Trainer."""

    name: str
    built: bool
    dtype_policy: Any
    stop_evaluating: bool
    stop_predicting: bool

    if TYPE_CHECKING:  # what a layer adds

        @property
        def trainable_variables(self) -> list[Variable]: ...
        @property
        def variables(self) -> list[Variable]: ...
        def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]: ...

    def __init__(self) -> None:
        self.optimizer: Any = None
        self.loss: Any = None
        self.compiled = False
        self.run_eagerly = False
        self.jit_compile: bool | str = "auto"
        self.steps_per_execution = 1
        self.stop_training = False
        self.history: Any = None
        self._loss_tracker: Mean | None = None
        self._compile_loss: CompiledLoss | None = None
        self._compile_metrics: CompiledMetrics | None = None
        self._compile_arguments: dict[str, Any] = {}
        self._corne_steps: dict[Any, Step] = {}
        self._corne_trained: list[Variable] | None = None
        self._corne_trained_since = -1
        self._corne_frozen: tuple[bool, ...] = ()
        self._frozen_since = -1

    @entry
    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        loss_weights: Any = None,
        metrics: Any = None,
        weighted_metrics: Any = None,
        run_eagerly: bool = False,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        auto_scale_loss: bool = True,
    ) -> None:
        """Set how to train: the optimizer, the loss, the metrics.

        Args:
            optimizer: A name or an optimizer; None for a model that is only evaluated. Default "rmsprop".
            loss: A name, a Loss or a function of ``(y_true, y_pred)``; the shapes decide what "crossentropy" means.
                For several outputs one for all, or a list, dict or nested structure of them. Default None:
                what ``compute_loss`` and ``add_loss`` add.
            loss_weights: Factor of each output's loss, in the same structure. Default: 1.
            metrics: Names, Metrics or functions, without sample weights; the shapes decide what
                "accuracy" and "crossentropy" mean. For several outputs a list, dict or nested structure of such lists.
            weighted_metrics: Likewise, with sample weights.
            run_eagerly: Whether to run steps as plain Python, to debug them. Default False.
            steps_per_execution: Batches between two calls of callbacks. Default 1.
            jit_compile: "auto" lets the backend decide whether compiling a step pays.
            auto_scale_loss: Whether to scale the loss where the dtype policy is mixed_float16. Default True.

        Raises:
            ArgumentError: Unusable values.
            UnknownNameError: A name that no package registered.
        """
        if jit_compile not in (True, False, "auto"):
            raise ArgumentError(
                "compile(jit_compile=…)", "True, False or 'auto'", repr(jit_compile), "Choose one."
            )
        if (
            isinstance(steps_per_execution, bool)
            or not isinstance(steps_per_execution, int)
            or steps_per_execution < 1
        ):
            raise ArgumentError(
                "compile(steps_per_execution=…)",
                "a positive integer",
                repr(steps_per_execution),
                "Pass 1 or more.",
            )
        names = self._output_layer_names()
        compiled_loss = None if loss is None else CompiledLoss(loss, loss_weights, names)
        compiled_metrics = None
        if metrics is not None or weighted_metrics is not None:
            compiled_metrics = CompiledMetrics(metrics, weighted_metrics, names)
        self._compile_arguments = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        self.optimizer = optimizers.get(optimizer)
        wrapper = self.dtype_policy.optimizer_wrapper if auto_scale_loss else None
        if wrapper is not None and self.optimizer is not None:
            wrapping = getattr(optimizers, wrapper)
            if not isinstance(self.optimizer, wrapping):
                self.optimizer = wrapping(self.optimizer, name=to_snake_case(wrapper))
        self.loss = loss
        self._compile_loss, self._compile_metrics = compiled_loss, compiled_metrics
        self._loss_tracker = Mean(name="loss")
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self.compiled = True
        self._reset_compiled_steps()

    def _output_layer_names(self) -> list[str] | None:
        """Return the names of the layers that make the outputs, in flat order, where there is a graph."""
        graph = getattr(self, "_corne_graph", None)
        return None if graph is None else [tensor.node.operation.name for tensor in graph.flat_outputs]

    def _reset_compiled_steps(self) -> None:
        """Drop all steps, because something they depend on changed; they are made again when needed."""
        self._corne_steps = {}
        self._corne_trained = None

    def _trained_are_known(self) -> bool:
        return self._corne_trained is not None and self._corne_trained_since == trainability.changes

    def _trained_variables(self) -> list[Variable]:
        """Return the trainable variables, looked up once for many steps, until some layer is frozen or thawed."""
        if self._corne_trained is None or self._corne_trained_since != trainability.changes:
            self._corne_trained, self._corne_trained_since = self.trainable_variables, trainability.changes
        return self._corne_trained

    def _what_is_frozen(self) -> tuple[bool, ...]:
        """Return which layers and variables are trainable: a step depends on it."""
        if self._frozen_since != trainability.changes:
            layers = [layer.trainable for layer in self._flatten_layers()]
            self._corne_frozen = tuple(layers + [v.trainable for v in self.variables])
            self._frozen_since = trainability.changes
        return self._corne_frozen

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return the arguments of ``compile`` as JSON can hold them, or None if it wasn't called."""
        if not self.compiled:
            return None
        arguments = {**self._compile_arguments, "optimizer": self.optimizer}
        return {key: serialization.serialize_object(value) for key, value in arguments.items()}

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compile as :meth:`get_compile_config` says, and make the optimizer's state.

        A model with a ``compile`` of its own is left as it is, with a warning, unless it overrides this
        method too.
        """
        if type(self).compile is not Compilable.compile:
            warnings.warn(
                f"{self.name}: compile() was not called on loading, because {type(self).__name__} overrides it. "
                "Override get_compile_config() and compile_from_config() too, or call compile() now.",
                stacklevel=2,
            )
            return
        arguments = {key: serialization.deserialize_object(value) for key, value in config.items()}
        arguments["optimizer"] = optimizers.deserialize(config["optimizer"])
        self.compile(**arguments)
        if self.built and self.optimizer is not None:
            self.optimizer.build(self.trainable_variables)

    def _require_compiled(self, method: str) -> None:
        if not self.compiled:
            raise StateError(
                f"{self.name}.{method}(…)", "a compiled model", "one that isn't",
                "Call model.compile(optimizer='adam', loss='mse') first, with the loss that fits.",
            )  # fmt: skip

    def _on_backend(self, training: bool) -> contextlib.AbstractContextManager[backends.Backend]:
        """Run on the backend that the model was moved to, or the active one; check that it can."""
        moved: backends.Backend | None = getattr(self, "_corne_moved_to", None)
        backend = moved or backends.active()
        if training and "gradients" not in backend.capabilities:
            raise BackendError(
                f"{self.name} on backend {backend.name}", "an engine with gradients", "one that only evaluates",
                "Install one that can train (pip install corne-cpu) and choose it with CORNE_BACKEND=cpu, or "
                "model.to('cpu').",
            )  # fmt: skip
        return contextlib.nullcontext(backend) if moved is None else backends.use(backend)

    def _optimizers(self) -> list[Any]:
        """Return the compiled optimizer and those that a subclass holds for steps of its own."""
        own = [value for value in vars(self).values() if isinstance(value, Optimizer)]
        return list({id(optimizer): optimizer for optimizer in own}.values())

    # -- metrics --------------------------------------------------------------------------------------
    @property
    def metrics(self) -> list[Metric]:
        """All metrics: the loss, the compiled ones, those of single losses, those of the model and its layers.

        What models inside were compiled with is left out.
        """
        result: list[Any] = []
        if self.compiled:
            result = [self._loss_tracker, self._compile_metrics]
            result += self._compile_loss.metrics if self._compile_loss is not None else []
        for layer in self._flatten_layers():
            compiled = (
                () if not isinstance(layer, Compilable) else (layer._loss_tracker, layer._compile_metrics)
            )
            result += [
                metric
                for metric in tracking.own_objects(layer, Metric)
                if not any(metric is m for m in compiled)
            ]
        return list({id(metric): metric for metric in result if metric is not None}.values())

    @property
    def metrics_names(self) -> list[str]:
        """Names of the metrics."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Reset all metrics."""
        for metric in self.metrics:
            metric.reset_state()

    def get_metrics_result(self) -> dict[str, Any]:
        """Return ``{name: value}`` of all metrics, several values of one metric under their own names."""
        results: dict[str, Any] = {}
        for metric in self.metrics:
            value = metric.result()
            if isinstance(value, Mapping):
                results.update(value)
            else:
                results[metric.name] = value
        return results

    def _in_order(self, logs: Mapping[str, Any]) -> list[Any]:
        """Return the values of logs in the order that Keras lists them: metrics by name, then the rest."""
        names: list[str] = []
        for metric in self.metrics:
            if isinstance(metric, CompiledMetrics):
                names += [inner.name for inner in metric.metrics]
            else:
                names.append(metric.name)
        names = [name for name in dict.fromkeys(names) if name in logs]
        return [logs[name] for name in [*names, *sorted(set(logs) - set(names))]]
