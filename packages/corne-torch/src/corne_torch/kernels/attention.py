"""Attention."""

from __future__ import annotations

import warnings
from typing import Any

import torch
import torch.nn.functional as F
from corne import config
from corne.errors import BackendError
from torch.nn.attention import SDPBackend, sdpa_kernel

from corne_torch.kernels._table import kernel

Tensor = torch.Tensor


@kernel("dot_product_attention")
def dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    bias: Tensor | None = None,
    mask: Tensor | None = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Any:
    """Attend with PyTorch's fused function.

    ``flash_attention`` True allows its flash attention only, False its others only; None leaves the choice to PyTorch,
    unless ``config.disable_flash_attention()`` was called.

    A query that may see no key at all gets the mean of all values, as in Keras, where the fused function
    gives zeros or NaN: so the mask is added as a large negative number rather than passed as it is.
    """
    tensors = (query, key, value)
    fits = all(x.ndim == 4 and x.dtype is query.dtype for x in tensors) and query.is_floating_point()
    if not fits or attn_logits_soft_cap is not None or query.shape[2] % key.shape[2]:
        return NotImplemented
    q, k, v = (x.transpose(1, 2) for x in tensors)
    if is_causal and (mask is not None or bias is not None):
        causal = torch.ones((q.shape[-2], k.shape[-2]), dtype=torch.bool, device=q.device).tril()
        mask = causal if mask is None else mask.to(torch.bool) & causal
        is_causal = False
    added = bias
    if mask is not None:
        low = torch.finfo(q.dtype).min * 0.7
        logits = torch.zeros((), dtype=q.dtype, device=q.device) if bias is None else bias.to(q.dtype)
        added = torch.where(mask.to(torch.bool), logits, low)
    if added is not None and added.ndim < 4:
        added = added[(None,) * (4 - added.ndim)]
    options: dict[str, Any] = {
        "attn_mask": added, "is_causal": is_causal, "scale": scale, "enable_gqa": q.shape[1] != k.shape[1],
    }  # fmt: skip
    if flash_attention is None and config.is_flash_attention_enabled():
        out = F.scaled_dot_product_attention(q, k, v, **options)
    else:
        out = _attend(bool(flash_attention), q, k, v, options)
    return out.transpose(1, 2)


def _attend(by_flash: bool, q: Tensor, k: Tensor, v: Tensor, options: dict[str, Any]) -> Tensor:
    """Attend by flash attention, or by any other function of PyTorch's."""
    others = [SDPBackend.CUDNN_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
    with sdpa_kernel([SDPBackend.FLASH_ATTENTION] if by_flash else others), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's reasons, of which one or more apply
        try:
            return F.scaled_dot_product_attention(q, k, v, **options)
        except RuntimeError as error:
            if not by_flash:
                raise
            given = f"{q.dtype} queries of shape {tuple(q.shape)} on {q.device.type}"
            raise BackendError(
                "dot_product_attention(flash_attention=True)", "inputs that PyTorch's flash attention takes", given,
                "Use float16 or bfloat16 and no bias or mask that needs a gradient, or leave flash_attention out.",
            ) from error  # fmt: skip
