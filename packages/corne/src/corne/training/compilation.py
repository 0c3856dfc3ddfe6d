"""The side of a trainable model that is set by ``compile``: optimizer, objectives, metrics."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from corne import backend as backends
from corne import optimizers, serialization
from corne.errors import ArgumentError, BackendError, StateError
from corne.metric import Mean, Metric
from corne.training.objectives import CompiledLoss, CompiledMetrics
from corne.variable import Variable


class Compilable:
    """``compile`` and what it leaves behind; mixed into Trainer."""

    name: str
    built: bool
    dtype_policy: Any

    if TYPE_CHECKING:  # what a layer adds

        @property
        def trainable_variables(self) -> list[Variable]: ...

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
        self._steps: dict[str, Callable[..., Any]] = {}
        self._trained: list[Variable] | None = None

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
        """Say how to train: by which optimizer, on which loss, watched by which metrics.

        Args:
            optimizer: A name or an optimizer. Default "rmsprop".
            loss: A name, a Loss or a function of ``(y_true, y_pred)``; for several outputs one for all,
                or a list or dict of them. Default None: what ``compute_loss`` and ``add_loss`` add.
            loss_weights: Factor of each output's loss, in a list or dict. Default: 1.
            metrics: Names, Metrics or functions, without sample weights; for several outputs a list or
                dict of such lists.
            weighted_metrics: Likewise, with sample weights.
            run_eagerly: Whether to run steps as plain Python, to debug them. Default False.
            steps_per_execution: Batches between two looks at callbacks. Default 1.
            jit_compile: "auto" lets the backend decide whether compiling a step pays.
            auto_scale_loss: Whether to scale the loss where the dtype policy is mixed_float16. Default True.

        Raises:
            ArgumentError: Unusable values.
            UnknownNameError: A name that nobody registered.
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
        self._compile_arguments = {
            "optimizer": optimizer, "loss": loss, "loss_weights": loss_weights, "metrics": metrics,
            "weighted_metrics": weighted_metrics, "run_eagerly": run_eagerly,
            "steps_per_execution": steps_per_execution, "jit_compile": jit_compile,
        }  # fmt: skip
        self.optimizer = optimizers.get(optimizer)
        if auto_scale_loss and self.dtype_policy.name == "mixed_float16" and self.optimizer is not None:
            scaled = optimizers.LossScaleOptimizer
            if not isinstance(self.optimizer, scaled):
                self.optimizer = scaled(self.optimizer, name="loss_scale_optimizer")
        names = self._output_names()
        self.loss = loss
        self._compile_loss = None if loss is None else CompiledLoss(loss, loss_weights, names)
        self._compile_metrics = (
            CompiledMetrics(metrics, weighted_metrics, names)
            if metrics is not None or weighted_metrics is not None
            else None
        )
        self._loss_tracker = Mean(name="loss")
        self.run_eagerly, self.jit_compile = run_eagerly, jit_compile
        self.steps_per_execution = steps_per_execution
        self.stop_training = False
        self.compiled = True
        self._reset_compiled_steps()

    def _output_names(self) -> list[str] | None:
        return self.output_names if getattr(self, "_graph", None) is not None else None  # type: ignore[attr-defined]

    def _reset_compiled_steps(self) -> None:
        """Make steps anew when next needed, because something they depend on changed."""
        self._steps = {}
        self._trained = None

    def _trained_variables(self) -> list[Variable]:
        """Return the trainable variables, looked up once for all steps until the next ``compile``."""
        if self._trained is None:
            self._trained = self.trainable_variables
        return self._trained

    def get_compile_config(self) -> dict[str, Any] | None:
        """Return the arguments of ``compile`` as JSON can hold them, or None if it wasn't called."""
        if not self.compiled:
            return None
        arguments = {**self._compile_arguments, "optimizer": self.optimizer}
        return {key: serialization.serialize_object(value) for key, value in arguments.items()}

    def compile_from_config(self, config: Mapping[str, Any]) -> None:
        """Compile as :meth:`get_compile_config` says, and make the optimizer's state."""
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

    @contextlib.contextmanager
    def _on_backend(self, training: bool) -> Iterator[backends.Backend]:
        """Run on the backend that the model was moved to, or the active one; check that it can."""
        moved: backends.Backend | None = getattr(self, "_moved_to", None)
        with backends.use(moved or backends.active()) as backend:
            if training and "gradients" not in backend.capabilities:
                raise BackendError(
                    f"{self.name} on backend {backend.name}", "an engine with gradients", "one that only evaluates",
                    "Install one that can train (pip install corne-cpu) and choose it with CORNE_BACKEND=cpu, or "
                    "model.to('cpu').",
                )  # fmt: skip
            yield backend

    @property
    def metrics(self) -> list[Metric]:
        """All metrics: the loss, what was compiled, what layers and the model itself hold."""
        own = [m for m in self._layer_metrics() if m not in (self._loss_tracker, self._compile_metrics)]  # type: ignore[attr-defined]
        result: list[Metric] = [self._loss_tracker] if self._loss_tracker is not None else []
        result += own
        if self._compile_metrics is not None:
            result.append(self._compile_metrics)
        if self._compile_loss is not None:
            result += [m for m in self._compile_loss.metrics if m is not None]
        return result

    @property
    def metrics_names(self) -> list[str]:
        """Names of the metrics."""
        return [metric.name for metric in self.metrics]

    def reset_metrics(self) -> None:
        """Start all metrics anew."""
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
