"""What ``compile`` makes of metrics: a list for each output, under the names that logs have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from corne import metrics
from corne.errors import ArgumentError
from corne.metric import MeanMetricWrapper, Metric
from corne.training.outputs import Outputs
from corne.training.shorthand import is_shorthand, kind_of_labels, leaves, single

_WORDS = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy", "ce": "crossentropy"}


class _Entry(NamedTuple):
    output: int
    name: str  # in logs
    metric: Metric
    weighted: bool


class CompiledMetrics(Metric):
    """The metrics of all outputs, as one.

    Args:
        given: Metrics without sample weights: a list for one output; for several a list, dict or nested
            structure of lists.
        weighted: Metrics with sample weights, likewise.
        layer_names: Names of the layers that make the outputs, where they are known.

    Raises:
        ArgumentError: Something that can't be a metric.
        UnknownNameError: A name that no package registered.
    """

    def __init__(self, given: Any, weighted: Any, layer_names: Sequence[str] | None = None) -> None:
        super().__init__(name="compile_metrics")
        for argument, value in (("metrics", given), ("weighted_metrics", weighted)):
            if value is not None and not isinstance(value, (list, tuple, Mapping)):
                raise ArgumentError(
                    f"compile({argument}=…)", "a list or dict of metrics", repr(value), f"Write [{value!r}]."
                )
            for item in leaves(value):
                if isinstance(item, str) and not is_shorthand(item, _WORDS):
                    metrics.get(item)  # so that compile refuses a misspelt name
        self._given, self._weighted, self._layer_names = given, weighted, layer_names
        self._outputs: Outputs | None = None
        self._entries: list[_Entry] = []

    @property
    def built(self) -> bool:
        """Whether the outputs are known."""
        return self._outputs is not None

    @property
    def metrics(self) -> list[Metric]:
        """The metrics inside."""
        return [entry.metric for entry in self._entries]

    @property
    def variables(self) -> list[Any]:
        """The state of the metrics inside."""
        return [v for metric in self.metrics for v in metric.variables]

    def named(self, name: str) -> Metric | None:
        """Return the metric that logs call ``name``."""
        return next((entry.metric for entry in self._entries if entry.name == name), None)

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Assign metrics to the outputs; the shapes decide what "accuracy" and "crossentropy" mean."""
        outputs = Outputs(y_pred, self._layer_names)
        targets, predictions = outputs.match("y", y_true), outputs.flat(y_pred)
        entries: list[_Entry] = []
        taken: dict[str, int] = {}
        for argument, given in (("metrics", self._given), ("weighted_metrics", self._weighted)):
            weighted = argument == "weighted_metrics"
            for i, items in enumerate(_per_output(outputs, argument, given)):
                for item in items:
                    name, metric = _as_metric(item, targets[i], predictions[i])
                    names = [name, f"weighted_{name}"] if weighted else [name]
                    entries.append(_Entry(i, _free(names, outputs.prefixes[i], taken), metric, weighted))
        self._outputs, self._entries = outputs, entries

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulate a batch."""
        if self._outputs is None:
            self.build(y_true, y_pred)
        assert self._outputs is not None
        predictions = self._outputs.flat(y_pred)
        targets = self._outputs.match("y", y_true)
        weights = self._outputs.match("sample_weight", sample_weight, for_all=True)
        for i, _, metric, weighted in self._entries:
            if targets[i] is None:
                continue
            given = (targets[i], predictions[i], weights[i]) if weighted else (targets[i], predictions[i])
            try:
                metric.update_state(*given)
            except Exception as error:
                error.add_note(
                    f"Raised by the metric {metric.name!r} of the output {self._outputs.names[i]!r}."
                )
                raise

    def result(self) -> dict[str, Any]:
        """Return ``{log name: value}``."""
        results: dict[str, Any] = {}
        for _, name, metric, _ in self._entries:
            value = metric.result()
            if isinstance(value, Mapping):
                results.update(value)
            else:
                results[name] = value
        return results

    def reset_state(self) -> None:
        """Reset all metrics."""
        for metric in self.metrics:
            metric.reset_state()


def _per_output(outputs: Outputs, argument: str, given: Any) -> list[list[Any]]:
    if given is None:
        return [[] for _ in outputs.names]
    if outputs.count == 1:
        return [leaves(given)]
    if isinstance(given, (list, tuple)) and all(map(single, given)) and len(given) != outputs.count:
        raise ArgumentError(
            f"compile({argument}=…)", f"a list of metrics for each of the outputs {outputs.names}", f"{len(given)} metrics",
            "Pass a dict: {'output name': ['accuracy']}.",
        )  # fmt: skip
    chosen = outputs.spread(argument, given, lambda value: False)
    return [[] if items is None else leaves(items) for items in chosen]


def _free(names: Sequence[str], prefix: str | None, taken: dict[str, int]) -> str:
    """Return the first of the names, after the prefix, that isn't taken; the last one with a number else."""
    full = names[0]
    for name in names:
        full = name if prefix is None else f"{prefix}_{name}"
        if full not in taken:
            taken[full] = 0
            return full
    taken[full] += 1
    return f"{full}_{taken[full]}"


def _as_metric(item: Any, y_true: Any, y_pred: Any) -> tuple[str, Metric]:
    if is_shorthand(item, _WORDS):
        found = metrics.get(f"{kind_of_labels(y_true, y_pred)}_{_WORDS[item.lower()]}")
    else:
        found = metrics.get(item)
    if isinstance(found, Metric):
        if isinstance(item, str):
            found.name = item
        return found.name, found
    if not callable(found):
        raise ArgumentError(
            "compile(metrics=…)",
            "names, Metrics or functions of (y_true, y_pred)",
            repr(item),
            "",
        )
    name = item if isinstance(item, str) else getattr(found, "__name__", type(found).__name__)
    return name, MeanMetricWrapper(found, name=name)
