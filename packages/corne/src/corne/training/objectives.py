"""What ``compile`` makes of losses and metrics: one entry for each output of the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from corne import losses, metrics, ops, tree
from corne.backend import Array
from corne.errors import ArgumentError, DataError, nearest
from corne.loss import Loss, LossFunctionWrapper
from corne.metric import Mean, MeanMetricWrapper, Metric


def named_outputs(y_pred: Any, output_names: Sequence[str] | None) -> list[tuple[str, Any]]:
    """Return ``(name, prediction)`` for each output, in flat order."""
    if isinstance(y_pred, Mapping):
        return [(str(key), y_pred[key]) for key in sorted(y_pred)]
    flat = tree.flatten(y_pred)
    if output_names is not None and len(output_names) == len(flat):
        return list(zip(output_names, flat, strict=True))
    return [(f"output_{i}", value) for i, value in enumerate(flat)]


def spread(what: str, given: Any, names: Sequence[str], is_leaf: Callable[[Any], bool]) -> list[Any]:
    """Return one item for each output from one for all, a list in their order, or a dict by their names.

    Raises:
        ArgumentError: A list of another length, or a name that is no output's.
    """
    if given is None:
        return [None] * len(names)
    if is_leaf(given):
        return [given] * len(names)
    if isinstance(given, Mapping):
        for key in given:
            if key not in names:
                raise ArgumentError(
                    f"compile({what}=…)", f"names of outputs, {list(names)}", repr(key),
                    f"Correct the key.{nearest(str(key), names)}",
                )  # fmt: skip
        return [given.get(name) for name in names]
    if len(given) != len(names):
        raise ArgumentError(
            f"compile({what}=…)", f"{len(names)} entries, one for each output {list(names)}", f"{len(given)}",
            "Add or remove some, or pass a dict by the outputs' names.",
        )  # fmt: skip
    return list(given)


def matched(what: str, value: Any, names: Sequence[str], needed: Sequence[bool]) -> list[Any]:
    """Return the targets (or weights) of each output from what the data holds.

    Raises:
        DataError: They are fewer or more than the outputs, or lack a name.
    """
    if value is None:
        return [None] * len(names)
    if isinstance(value, Mapping):
        missing = [name for name, need in zip(names, needed, strict=True) if need and name not in value]
        if missing:
            raise DataError(
                f"{what} in the data", f"entries for the outputs {missing}", f"a dict with {sorted(value)}",
                "Name them as the outputs are named.",
            )  # fmt: skip
        return [value.get(name) for name in names]
    flat = tree.flatten(value)
    if len(flat) == len(names):
        return flat
    if len(flat) == sum(needed):
        rest = iter(flat)
        return [next(rest) if need else None for need in needed]
    if len(flat) == 1:
        return flat * len(names)
    raise DataError(
        f"{what} in the data", f"{len(names)} entries, one for each output {list(names)}", f"{len(flat)}",
        "Pass one for each output, in a list or in a dict by name.",
    )  # fmt: skip


def _is_one(value: Any) -> bool:
    return not isinstance(value, (list, tuple, Mapping)) or (
        isinstance(value, Mapping) and "class_name" in value
    )


class CompiledLoss:
    """The weighted sum of the outputs' losses, and the mean of each where there are several.

    Args:
        loss: A loss for all outputs, or a list or dict of them; None where an output has none.
        loss_weights: Factors, likewise. Default: 1.
        output_names: Names of the outputs, where they are known.
    """

    def __init__(
        self, loss: Any, loss_weights: Any = None, output_names: Sequence[str] | None = None
    ) -> None:
        self._given, self._given_weights, self._output_names = loss, loss_weights, output_names
        self._losses: list[Any] | None = None
        self._weights: list[float | None] = []
        self._names: list[str] = []
        self._classes: list[int | None] = []
        self.metrics: list[Mean | None] = []

    @property
    def built(self) -> bool:
        """Whether the outputs are known."""
        return self._losses is not None

    def build(self, y_pred: Any) -> None:
        """Assign losses to the outputs."""
        self._names = [name for name, _ in named_outputs(y_pred, self._output_names)]
        chosen = spread("loss", self._given, self._names, _is_one)
        self._losses = [_as_loss(item) for item in chosen]
        weights = spread(
            "loss_weights", self._given_weights, self._names, lambda w: isinstance(w, (int, float))
        )
        self._weights = [None if w is None else float(w) for w in weights]
        if all(loss is None for loss in self._losses):
            raise ArgumentError(
                "compile(loss=…)", "a loss for at least one output", "none", f"Outputs are {self._names}."
            )
        self._classes = [
            int(value.shape[-1]) if _takes_class_numbers(loss) and value.shape and value.shape[-1] else None
            for loss, (_, value) in zip(self._losses, named_outputs(y_pred, self._output_names), strict=True)
        ]
        if len(self._names) > 1:
            self.metrics = [
                Mean(name=f"{name}_loss") if loss is not None else None
                for name, loss in zip(self._names, self._losses, strict=True)
            ]

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the total for a batch."""
        if self._losses is None:
            self.build(y_pred)
        assert self._losses is not None
        predictions = [value for _, value in named_outputs(y_pred, self._output_names)]
        needed = [loss is not None for loss in self._losses]
        targets = matched("y", y_true, self._names, needed)
        weights = matched("sample_weight", sample_weight, self._names, [False] * len(self._names))
        total: Any = None
        for i, loss in enumerate(self._losses):
            if loss is None:
                continue
            if targets[i] is None:
                raise DataError(
                    f"targets of output {self._names[i]!r}", "an array to compare with", "None",
                    "Pass y, or compile without a loss for this output.",
                )  # fmt: skip
            value = loss(targets[i], predictions[i], weights[i])
            tracker = self.metrics[i] if self.metrics else None
            if tracker is not None:
                size = predictions[i].shape[0] if len(predictions[i].shape) else 1
                tracker.update_state(ops.stop_gradient(value), sample_weight=size)
            if self._weights[i] is not None:
                value = ops.multiply(value, self._weights[i])
            total = value if total is None else ops.add(total, value)
        return total

    def class_targets(self, y_true: Any) -> list[tuple[int, Any]]:
        """Return ``(number of classes, targets)`` for the outputs whose targets are class numbers."""
        if self._losses is None or y_true is None:
            return []
        targets = matched("y", y_true, self._names, [loss is not None for loss in self._losses])
        return [
            (c, t) for c, t in zip(self._classes, targets, strict=True) if c is not None and t is not None
        ]


def _takes_class_numbers(loss: Any) -> bool:
    if loss is None or getattr(loss, "ignore_class", None) is not None:
        return False
    by_function = getattr(getattr(loss, "fn", None), "__name__", None) == "sparse_categorical_crossentropy"
    return by_function or not getattr(loss, "_casts_labels", True)


def _as_loss(item: Any) -> Any:
    if item is None:
        return None
    found = losses.get(item)
    if isinstance(found, Loss):
        return found
    if not callable(found):
        raise ArgumentError(
            "compile(loss=…)",
            "a name, a Loss or a function of (y_true, y_pred)",
            repr(item),
            "Pass one of them.",
        )
    return LossFunctionWrapper(found, name=getattr(found, "__name__", type(found).__name__))


class CompiledMetrics(Metric):
    """The metrics of all outputs, as one.

    Args:
        given: Metrics without sample weights: a list, or a list or dict of lists by output.
        weighted: Metrics with sample weights, likewise.
        output_names: Names of the outputs, where they are known.
    """

    def __init__(self, given: Any, weighted: Any, output_names: Sequence[str] | None = None) -> None:
        super().__init__(name="compile_metrics")
        for argument, value in (("metrics", given), ("weighted_metrics", weighted)):
            if value is not None and not isinstance(value, (list, tuple, Mapping)):
                raise ArgumentError(
                    f"compile({argument}=…)", "a list or dict of metrics", repr(value), f"Write [{value!r}]."
                )
        self._given, self._weighted, self._output_names = given, weighted, output_names
        self._entries: list[tuple[int, str, Metric, bool]] | None = None  # output, log name, metric, weighted
        self._names: list[str] = []

    @property
    def built(self) -> bool:
        """Whether the outputs are known."""
        return self._entries is not None

    @property
    def metrics(self) -> list[Metric]:
        """The metrics inside."""
        return [metric for _, _, metric, _ in self._entries or []]

    @property
    def variables(self) -> list[Any]:
        """The state of the metrics inside."""
        return [v for metric in self.metrics for v in metric.variables]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Assign metrics to the outputs; "accuracy" and "crossentropy" are told by the shapes."""
        outputs = named_outputs(y_pred, self._output_names)
        self._names = [name for name, _ in outputs]
        targets = matched("y", y_true, self._names, [False] * len(outputs))
        entries = []
        for weighted, given in ((False, self._given), (True, self._weighted)):
            for i, items in enumerate(self._per_output(given)):
                for item in items:
                    name, metric = _as_metric(item, targets[i], outputs[i][1])
                    entries.append(
                        (i, name if len(outputs) == 1 else f"{self._names[i]}_{name}", metric, weighted)
                    )
        self._entries = _with_unique_names(entries)

    def _per_output(self, given: Any) -> list[list[Any]]:
        if given is None:
            return [[] for _ in self._names]
        if isinstance(given, (list, tuple)) and (
            len(self._names) == 1 and not (len(given) == 1 and isinstance(given[0], (list, tuple)))
        ):
            return [list(given)]
        if (
            isinstance(given, (list, tuple))
            and all(_is_one(item) and item is not None for item in given)
            and (len(given) != len(self._names))
        ):
            raise ArgumentError(
                "compile(metrics=…)", f"a list of metrics for each of the outputs {self._names}", f"{len(given)} metrics",
                "Pass a dict: {'output name': ['accuracy']}.",
            )  # fmt: skip
        chosen = spread("metrics", given, self._names, lambda v: False)
        return [[] if c is None else list(c) if isinstance(c, (list, tuple)) else [c] for c in chosen]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Accumulate a batch."""
        if self._entries is None:
            self.build(y_true, y_pred)
        predictions = [value for _, value in named_outputs(y_pred, self._output_names)]
        targets = matched("y", y_true, self._names, [False] * len(predictions))
        weights = matched("sample_weight", sample_weight, self._names, [False] * len(predictions))
        for i, _, metric, weighted in self._entries or []:
            if targets[i] is not None:
                metric.update_state(targets[i], predictions[i], *((weights[i],) if weighted else ()))

    def result(self) -> dict[str, Any]:
        """Return ``{log name: value}``."""
        results: dict[str, Any] = {}
        for _, name, metric, _ in self._entries or []:
            value = metric.result()
            if isinstance(value, Mapping):
                results.update(value)
            else:
                results[name] = value
        return results

    def reset_state(self) -> None:
        """Start all metrics anew."""
        for metric in self.metrics:
            metric.reset_state()


def _with_unique_names(entries: list[Any]) -> list[Any]:
    used: dict[str, int] = {}
    result = []
    for i, name, metric, weighted in entries:
        count = used.get(name, 0)
        used[name] = count + 1
        unique = f"weighted_{name}" if count and weighted else f"{name}_{count}" if count else name
        result.append((i, unique, metric, weighted))
    return result


def _as_metric(item: Any, y_true: Any, y_pred: Any) -> tuple[str, Metric]:
    if isinstance(item, str) and item.lower() in ("accuracy", "acc", "crossentropy", "ce"):
        name = _by_shapes(item.lower(), y_true, y_pred)
        metric = metrics.get(name)
        return item.lower(), metric if isinstance(metric, Metric) else MeanMetricWrapper(
            metric, name=item.lower()
        )
    found = metrics.get(item)
    if isinstance(found, Metric):
        return (item if isinstance(item, str) else found.name), found
    if not callable(found):
        raise ArgumentError(
            "compile(metrics=…)",
            "names, Metrics or functions of (y_true, y_pred)",
            repr(item),
            "Pass one of them.",
        )
    name = item if isinstance(item, str) else getattr(found, "__name__", type(found).__name__)
    return name, MeanMetricWrapper(found, name=name)


def _by_shapes(word: str, y_true: Any, y_pred: Any) -> str:
    kind = "accuracy" if word.startswith("acc") else "crossentropy"
    true_shape, pred_shape = tuple(getattr(y_true, "shape", ())), tuple(y_pred.shape)
    if not pred_shape or pred_shape[-1] == 1:
        return f"binary_{kind}"
    if len(true_shape) < len(pred_shape) or (true_shape[-1] == 1 and pred_shape[-1] > 1):
        return f"sparse_categorical_{kind}"
    return f"categorical_{kind}"
