"""The area under a curve that decisions draw as their threshold moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, config, ops
from corne.backend import Array
from corne.errors import ArgumentError, ShapeError, nearest

from corne_metrics._confusion import Thresholds
from corne_metrics._counting import CountingMetric

_CURVES = ("ROC", "PR", "PRGAIN")
_SUMMATIONS = ("interpolation", "minoring", "majoring")


class AUC(CountingMetric):
    """The area under the ROC or precision-recall curve, approximated at some thresholds.

    Args:
        num_thresholds: Number of thresholds, at least 2: one below 0, one above 1, the rest spread evenly.
            Default 200.
        curve: ``"ROC"`` (true over false positive rate), ``"PR"`` (precision over recall) or ``"PRGAIN"``
            (precision gain over recall gain). Default ``"ROC"``.
        summation_method: How the area between two thresholds is closed: ``"interpolation"`` (a trapezium;
            for PR the true positives are interpolated), ``"minoring"`` (the lower side) or ``"majoring"``
            (the higher side). Default ``"interpolation"``.
        name: Default: ``"auc"``, numbered.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.
        thresholds: The thresholds themselves, 0 to 1, in place of ``num_thresholds``. Default None.
        multi_label: Whether each label has its own area and the mean is returned. Default False: all
            predictions are thrown together.
        num_labels: Number of labels, with ``multi_label``. Default None: taken from the first batch.
        label_weights: The weight of each label. Default None: equal weights.
        from_logits: Whether predictions are logits, not probabilities. Default False.

    Shapes:
        y_true and y_pred equal, ``(batch, labels)`` with ``multi_label``; result a scalar.

    Raises:
        ArgumentError: An argument's value makes no sense.
        ShapeError: Predictions are not ``(batch, labels)`` with ``multi_label``.

    Source: Davis and Goadrich 2006, https://doi.org/10.1145/1143844.1143874 (PR interpolation); Flach and
        Kull 2015, https://papers.nips.cc/paper/5867 (gains)

    >>> metric = AUC(num_thresholds=3)
    >>> float(metric([0, 0, 1, 1], [0.0, 0.5, 0.3, 0.9]))
    0.75
    """

    _direction = "up"

    def __init__(
        self,
        num_thresholds: int = 200,
        curve: str = "ROC",
        summation_method: str = "interpolation",
        name: str | None = None,
        dtype: Any = None,
        thresholds: Sequence[float] | None = None,
        multi_label: bool = False,
        num_labels: int | None = None,
        label_weights: Sequence[float] | None = None,
        from_logits: bool = False,
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.curve = _one_of("curve", str(curve).upper(), _CURVES, curve)
        summation = str(summation_method).lower()
        self.summation_method = _one_of("summation_method", summation, _SUMMATIONS, summation_method)
        if num_labels and not multi_label:
            raise ArgumentError(
                "AUC(num_labels=…)", "None without multi_label", repr(num_labels),
                "Pass multi_label=True, or leave num_labels out.",
            )  # fmt: skip
        self._init_from_thresholds = thresholds is not None
        inner = _even(num_thresholds) if thresholds is None else _sorted(thresholds)
        self.num_thresholds = len(inner) + 2
        self._thresholds = Thresholds([-config.epsilon(), *inner, 1.0 + config.epsilon()])
        self.multi_label = multi_label
        self.num_labels = num_labels
        self.label_weights = None if label_weights is None else [float(w) for w in label_weights]
        self.from_logits = from_logits
        self._built = False
        if not multi_label:
            self._build(self.num_thresholds)
        elif num_labels:
            self._build(self.num_thresholds, num_labels)

    def _build(self, *shape: int) -> None:
        self._add_counts(*shape)
        self._built = True

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count a batch's decisions at every threshold."""
        y_pred = ops.cast(y_pred, self.dtype)
        if self.multi_label:
            known = self.num_labels if not self._built else self.true_positives.shape[1]
            if len(y_pred.shape) != 2 or (known and y_pred.shape[1] != known):
                raise ShapeError(
                    f"{self.name}(y_pred)", f"shape (batch, {known or 'labels'}), as multi_label is set",
                    f"{tuple(y_pred.shape)}", "Pass one prediction for each label.",
                )  # fmt: skip
            if not self._built:
                self._build(self.num_thresholds, y_pred.shape[1])
        if self.from_logits:
            y_pred = ops.sigmoid(y_pred)
        weights = None if self.multi_label else self.label_weights
        self._count(y_true, y_pred, sample_weight, multi_label=self.multi_label, label_weights=weights)

    def result(self) -> Array:
        """Return the area since the last reset."""
        if not self._built:
            return ops.zeros((), dtype=self.dtype)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return self._over_labels(self._interpolated_pr())
        x, y = self._points()
        left, right = y[:-1, ...], y[1:, ...]
        if self.summation_method == "interpolation":
            heights = ops.multiply(ops.add(left, right), 0.5)
        else:
            heights = (ops.minimum if self.summation_method == "minoring" else ops.maximum)(left, right)
        return self._over_labels(ops.multiply(ops.subtract(x[:-1, ...], x[1:, ...]), heights))

    def _points(self) -> tuple[Array, Array]:
        """Return the curve's x and y at each threshold."""
        tp, fp = self.true_positives.value, self.false_positives.value
        tn, fn = self.true_negatives.value, self.false_negatives.value
        recall = ops.divide_no_nan(tp, ops.add(tp, fn))
        if self.curve == "ROC":
            return ops.divide_no_nan(fp, ops.add(fp, tn)), recall
        if self.curve == "PR":
            return recall, ops.divide_no_nan(tp, ops.add(tp, fp))
        odds = ops.divide_no_nan(ops.add(tp, fn), ops.add(tn, fp))
        recall_gain = ops.subtract(1.0, ops.multiply(odds, ops.divide_no_nan(fn, tp)))
        precision_gain = ops.subtract(1.0, ops.multiply(odds, ops.divide_no_nan(fp, tp)))
        # Without true positives the gains diverge; a recall below chance would count negative.
        none = ops.equal(tp, 0.0)
        recall_gain = ops.maximum(ops.where(none, ops.zeros_like(tp), recall_gain), 0.0)
        return recall_gain, ops.where(none, ops.ones_like(tp), precision_gain)

    def _interpolated_pr(self) -> Array:
        """Return the areas between thresholds, where true positives grow linearly with positives."""
        tp, fp, fn = self.true_positives.value, self.false_positives.value, self.false_negatives.value
        positives = ops.add(tp, fp)
        p_left, p_right = positives[:-1, ...], positives[1:, ...]
        tp_step = ops.subtract(tp[:-1, ...], tp[1:, ...])
        slope = ops.divide_no_nan(tp_step, ops.maximum(ops.subtract(p_left, p_right), 0.0))
        intercept = ops.subtract(tp[1:, ...], ops.multiply(slope, p_right))
        both = ops.logical_and(ops.greater(p_left, 0.0), ops.greater(p_right, 0.0))
        ones = ops.ones_like(p_right)
        ratio = ops.where(both, ops.divide_no_nan(p_left, ops.maximum(p_right, 0.0)), ones)
        area = ops.multiply(slope, ops.add(tp_step, ops.multiply(intercept, ops.log(ratio))))
        return ops.divide_no_nan(area, ops.maximum(ops.add(tp[1:, ...], fn[1:, ...]), 0.0))

    def _over_labels(self, areas: Array) -> Array:
        """Add up the areas between thresholds, and average over labels."""
        total = ops.sum(areas, axis=0)
        if not self.multi_label:
            return total
        if self.label_weights is None:
            return ops.mean(total)
        weighted = ops.sum(ops.multiply(total, ops.convert_to_tensor(self.label_weights, dtype=self.dtype)))
        whole = sum(self.label_weights)
        return ops.divide(weighted, whole) if whole else ops.zeros_like(weighted)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        own = {
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "multi_label": self.multi_label,
            "num_labels": self.num_labels,
            "label_weights": self.label_weights,
            "from_logits": self.from_logits,
        }
        if self._init_from_thresholds:
            own["thresholds"] = self.thresholds[1:-1]
        return {**super().get_config(), **own}


def _one_of(argument: str, value: str, allowed: tuple[str, ...], given: Any) -> str:
    if value not in allowed:
        raise ArgumentError(
            f"AUC({argument}=…)",
            f"one of {allowed}",
            repr(given),
            nearest(value, allowed).strip(),
        )
    return value


def _even(num_thresholds: Any) -> list[float]:
    checks.integer("AUC(num_thresholds=…)", num_thresholds, least=2)
    return [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]


def _sorted(thresholds: Sequence[float]) -> list[float]:
    values = sorted(float(value) for value in thresholds)
    if any(not 0 <= value <= 1 for value in values):
        raise ArgumentError("AUC(thresholds=…)", "numbers from 0 to 1", repr(thresholds))
    return values
