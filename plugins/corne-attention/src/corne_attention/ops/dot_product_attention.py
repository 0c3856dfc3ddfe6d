"""Attention by scaled dot products."""

from __future__ import annotations

import math

from corne import dtypes
from corne.backend import Array
from corne.errors import ShapeError
from corne.operation import dtype_of, op, promoted_float, to, xp
from corne.ops.neural import softmax
from corne.ops.shaping import repeat


@op(5)
def dot_product_attention(
    query: Array,
    key: Array,
    value: Array,
    bias: Array = None,
    mask: Array = None,
    scale: float | None = None,
    is_causal: bool = False,
    flash_attention: bool | None = None,
    attn_logits_soft_cap: float | None = None,
) -> Array:
    """Return values averaged by the softmax of scaled products of queries and keys.

    Args:
        query: Shape ``(batch, queries, heads, size)``.
        key: Shape ``(batch, keys, key heads, size)``; key heads divide heads.
        value: Shape ``(batch, keys, key heads, value size)``.
        bias: Added to the logits, broadcast to ``(batch, heads, queries, keys)``.
        mask: True where attention is allowed, broadcast likewise.
        scale: Default ``1 / sqrt(size)``.
        is_causal: Whether a query sees only keys up to its own position. Default False.
        flash_attention: On PyTorch True asks for its flash attention and False for another function; None leaves the
            choice to PyTorch, without flash attention after ``config.disable_flash_attention()``. Other engines
            have one way. Default None.
        attn_logits_soft_cap: Limits logits smoothly to this magnitude. Default None.

    Source: Vaswani et al. 2017, section 3.2.1, https://arxiv.org/abs/1706.03762
    """
    for name, x in (("query", query), ("key", key), ("value", value)):
        if len(x.shape) != 4:
            raise ShapeError(
                "ops.dot_product_attention", f"{name} of 4 axes (batch, length, heads, size)", f"{tuple(x.shape)}",
                "Reshape it.",
            )  # fmt: skip
    query, key, value = promoted_float(query, key, value)
    heads, key_heads = query.shape[2], key.shape[2]
    if key_heads != heads:
        key, value = (repeat(x, heads // key_heads, axis=2) for x in (key, value))
    scale = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    q, k, v = (xp().permute_dims(x, (0, 2, 1, 3)) for x in (query, key, value))
    logits = xp().matmul(q, xp().permute_dims(k, (0, 1, 3, 2))) * scale
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * xp().tanh(logits / attn_logits_soft_cap)
    if bias is not None:
        logits = logits + bias
    if is_causal:
        causal = xp().arange(logits.shape[-2])[:, None] >= xp().arange(logits.shape[-1])[None, :]
        mask = causal if mask is None else to(mask, "bool") & causal
    if mask is not None:
        low = to(0.7 * dtypes.limits(dtype_of(logits))[0], dtype_of(logits))
        logits = xp().where(to(mask, "bool"), logits, low)
    return xp().permute_dims(xp().matmul(softmax(logits, axis=-1), v), (0, 2, 1, 3))
