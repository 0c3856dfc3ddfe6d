"""The loss of label sequences whose alignment with the outputs is unknown."""

from __future__ import annotations

from typing import Any

from corne import ops
from corne.backend import Array
from corne.errors import ShapeError
from corne.loss import LossFunctionWrapper


def ctc(y_true: Any, y_pred: Any) -> Array:
    """Return how unlikely the labels are, summed over all ways to align them with the steps of time.

    Class 0 stands for no label: zeros among the labels fill a sequence up and aren't counted.

    Args:
        y_true: Labels.
        y_pred: Logits of the classes at each step.

    Shapes:
        y_true ``(batch, labels)``; y_pred ``(batch, steps, classes)``; result ``(batch,)``.

    Raises:
        ShapeError: Other axes.

    Source: Connectionist Temporal Classification, Graves et al. 2006, https://doi.org/10.1145/1143844.1143891

    >>> round(float(ctc([[1]], [[[0.0, 0.0]]])[0]), 4)  # one step, two classes: log(2)
    0.6931
    """
    y_true, y_pred = (x if hasattr(x, "shape") else ops.convert_to_tensor(x) for x in (y_true, y_pred))
    if len(y_true.shape) != 2 or len(y_pred.shape) != 3:
        raise ShapeError(
            "ctc(y_true, y_pred)", "(batch, labels) and (batch, steps, classes)",
            f"shapes {tuple(y_true.shape)} and {tuple(y_pred.shape)}",
        )  # fmt: skip
    labels = ops.cast(ops.sum(ops.cast(ops.not_equal(y_true, 0), "int32"), axis=-1), "int32")
    steps = ops.sum(ops.ones_like(y_pred[:, :, 0], dtype="int32"), axis=-1)
    return ops.ctc_loss(y_true, y_pred, labels, steps, mask_index=0)


class CTC(LossFunctionWrapper):
    """The loss of label sequences whose alignment with the outputs is unknown.

    Args:
        reduction: As for :class:`corne.losses.Loss`. Default ``"sum_over_batch_size"``.
        name: Default ``"ctc"``.
        dtype: Name of the dtype to compute in. Default ``config.floatx()``.

    Shapes:
        y_true ``(batch, labels)``, 0 where there is none; y_pred ``(batch, steps, classes)``, logits.

    Source: Connectionist Temporal Classification, Graves et al. 2006, https://doi.org/10.1145/1143844.1143891

    >>> round(float(CTC()([[1]], [[[0.0, 0.0]]])), 4)
    0.6931
    """

    def __init__(
        self,
        reduction: str | None = "sum_over_batch_size",
        name: str | None = "ctc",
        dtype: Any = None,
    ) -> None:
        super().__init__(ctc, reduction=reduction, name=name, dtype=dtype)
