"""What ``compile`` makes of losses: one for each output, weighted and added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from corne import losses, ops
from corne.backend import Array
from corne.errors import ArgumentError, DataError
from corne.loss import Loss, LossFunctionWrapper
from corne.metric import Mean
from corne.training.outputs import Outputs
from corne.training.shorthand import is_shorthand, kind_of_labels, leaves, single


class _Entry(NamedTuple):
    output: int
    loss: Any
    weight: float | None
    tracker: Mean | None  # the mean of this loss alone, where there are several
    classes: int | None  # how many, where the targets are class numbers


class CompiledLoss:
    """The weighted sum of the outputs' losses, and the mean of each where there are several.

    Args:
        loss: A loss for all outputs, or a list, dict or nested structure of them; None where an output
            has none, a list where it has several, which are added up.
        loss_weights: Factors, likewise. Default: 1.
        layer_names: Names of the layers that make the outputs, where they are known.

    Raises:
        ArgumentError: Something that can't be a loss or a weight.
        UnknownNameError: A name that no package registered.
    """

    def __init__(self, loss: Any, loss_weights: Any = None, layer_names: Sequence[str] | None = None) -> None:
        for name in leaves(loss):
            if isinstance(name, str) and not is_shorthand(name, ("crossentropy", "ce")):
                losses.get(name)  # so that compile refuses a misspelt name
        for weight in leaves(loss_weights):
            if isinstance(weight, bool) or not (weight is None or _is_number(weight)):
                raise ArgumentError(
                    "compile(loss_weights=…)", "numbers", repr(weight), "Pass 1.0 for no change."
                )
        self._given, self._given_weights, self._layer_names = loss, loss_weights, layer_names
        self._outputs: Outputs | None = None
        self._entries: list[_Entry] = []
        self._needed: list[bool] = []

    @property
    def built(self) -> bool:
        """Whether the outputs are known."""
        return self._outputs is not None

    @property
    def metrics(self) -> list[Mean]:
        """The means of the single losses; none where there is only one."""
        return [entry.tracker for entry in self._entries if entry.tracker is not None]

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Assign losses to the outputs."""
        outputs = Outputs(y_pred, self._layer_names)
        given = outputs.spread("loss", self._given, single)
        weights = outputs.spread("loss_weights", self._given_weights, _is_number)
        needed = [any(loss is not None for loss in leaves(items)) for items in given]
        if not any(needed):
            raise ArgumentError(
                "compile(loss=…)", "a loss for at least one output", "none", f"Outputs are {outputs.names}."
            )
        targets = outputs.match("y", y_true, needed)
        entries: list[_Entry] = []
        used: dict[str, int] = {}
        predictions = outputs.flat(y_pred)
        chosen = [(i, item) for i, items in enumerate(given) for item in leaves(items) if item is not None]
        for i, item in chosen:
            weight, y, prediction = weights[i], targets[i], predictions[i]
            loss = _as_loss(item, y, prediction)
            tracker = None
            if len(chosen) > 1:
                name = outputs.loss_name(i, loss.name)
                used[name] = used.get(name, -1) + 1
                tracker = Mean(name=f"{name}_loss" + (f"_{used[name]}" if used[name] else ""))
            shape: tuple[Any, ...] = tuple(getattr(prediction, "shape", ()))
            checked = loss.takes_class_numbers and getattr(loss, "ignore_class", None) is None
            classes = int(shape[-1]) if checked and len(shape) and shape[-1] else None
            entries.append(_Entry(i, loss, None if weight is None else float(weight), tracker, classes))
        self._outputs, self._entries, self._needed = outputs, entries, needed

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Array:
        """Return the total for a batch."""
        if self._outputs is None:
            self.build(y_true, y_pred)
        assert self._outputs is not None
        predictions = self._outputs.flat(y_pred)
        targets = self._outputs.match("y", y_true, self._needed)
        weights = self._outputs.match("sample_weight", sample_weight, for_all=True)
        total: Any = None
        for i, loss, weight, tracker, _ in self._entries:
            if targets[i] is None:
                raise DataError(
                    f"targets of output {self._outputs.names[i]!r}", "an array to compare with", "None",
                    "Pass y, or compile without a loss for this output.",
                )  # fmt: skip
            try:
                value = loss(targets[i], predictions[i], weights[i])
            except Exception as error:
                error.add_note(f"Raised by the loss {loss.name!r} of the output {self._outputs.names[i]!r}.")
                raise
            if tracker is not None:
                size = predictions[i].shape[0] if len(predictions[i].shape) else 1
                track(tracker, ops.stop_gradient(value), size)
            if weight is not None:
                value = ops.multiply(value, weight)
            total = value if total is None else ops.add(total, value)
        return total

    @property
    def takes_classes(self) -> bool:
        """Whether some output's targets are class numbers."""
        return any(entry.classes is not None for entry in self._entries)

    def class_targets(self, y_true: Any) -> list[tuple[int, Any]]:
        """Return ``(number of classes, targets)`` for the outputs whose targets are class numbers."""
        if self._outputs is None or y_true is None or not self.takes_classes:
            return []
        targets = self._outputs.match("y", y_true, self._needed)
        return [
            (entry.classes, targets[entry.output])
            for entry in self._entries
            if entry.classes is not None and targets[entry.output] is not None
        ]


def track(mean: Mean, value: Array, size: int) -> None:
    """Count a batch's loss ``size`` times, as ``mean.update_state(value, size)`` with fewer operations."""
    mean.total.assign_add(ops.multiply(ops.cast(value, mean.dtype), size))
    mean.count.assign_add(size)


def _is_number(value: Any) -> bool:
    return not isinstance(value, (list, tuple, Mapping, str)) and hasattr(value, "__float__")


def _as_loss(item: Any, y_true: Any, y_pred: Any) -> Loss:
    if is_shorthand(item, ("crossentropy", "ce")):
        item = f"{kind_of_labels(y_true, y_pred)}_crossentropy"
    found = losses.get(item)
    if isinstance(found, Loss):
        return found
    if not callable(found):
        raise ArgumentError(
            "compile(loss=…)",
            "a name, a Loss or a function of (y_true, y_pred)",
            repr(item),
            "",
        )
    name = item if isinstance(item, str) else getattr(found, "__name__", type(found).__name__)
    return LossFunctionWrapper(found, name=name)
