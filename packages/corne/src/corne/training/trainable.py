"""Trainable: what the training loop asks of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from corne.backend import Step
from corne.training.compiled_loss import CompiledLoss
from corne.variable import Variable


class Trainable(Protocol):
    """A compiled model, as the loop, its observers and its checks see it. :class:`corne.Model` is one."""

    name: str
    optimizer: Any
    history: Any
    stop_training: bool
    stop_evaluating: bool
    stop_predicting: bool
    steps_per_execution: int
    _compile_loss: CompiledLoss | None
    _compile_arguments: dict[str, Any]
    _corne_steps: dict[Any, Step]

    @property
    def trainable_variables(self) -> list[Variable]: ...
    def get_metrics_result(self) -> dict[str, Any]: ...
    def reset_metrics(self) -> None: ...
    def _flatten_layers(self, include_self: bool = True, recursive: bool = True) -> list[Any]: ...
    def _optimizers(self) -> list[Any]: ...
    def _variables_of(self, kind: str) -> list[Variable]: ...
    def _make_step(self, kind: str, force: bool = False) -> Step: ...
    def _step_key(self, kind: str) -> tuple[Any, ...]: ...
    def _is_prepared(self, kind: str) -> bool: ...
    def _prepare_for(self, batch: Any, kind: str) -> None: ...
    def _expect_steps(
        self,
        kind: str,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None: ...
