"""The loss of sequences whose alignment is unknown."""

from __future__ import annotations

from typing import Any

import torch

from corne_torch.abstract import is_abstract, is_traced
from corne_torch.kernels._table import kernel


@kernel("ctc_loss")
def ctc_loss(
    target: torch.Tensor,
    output: torch.Tensor,
    target_length: torch.Tensor,
    output_length: torch.Tensor,
    mask_index: int = 0,
) -> Any:
    """Return the negative logarithms of the labels' probabilities.

    PyTorch reads the lengths on the host, which a recorded graph can't do again.
    """
    if output.ndim != 3 or target.ndim != 2 or target.shape[0] != output.shape[0]:
        return NotImplemented
    if is_abstract() or is_traced() or output.dtype not in (torch.float32, torch.float64):
        return NotImplemented
    scores = torch.log_softmax(output.transpose(0, 1), dim=-1)
    return torch.nn.functional.ctc_loss(
        scores, target.long(), output_length.long(), target_length.long(), blank=mask_index, reduction="none"
    )
