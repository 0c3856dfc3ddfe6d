"""What corne-attention registers."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_layers() -> dict[str, str]:
    """Register the layers."""
    return {
        "AdditiveAttention": "corne_attention.additive_attention:AdditiveAttention",
        "Attention": "corne_attention.attention:Attention",
        "EinsumDense": "corne_attention.einsum_dense:EinsumDense",
        "GroupQueryAttention": "corne_attention.group_query_attention:GroupedQueryAttention",
        "MultiHeadAttention": "corne_attention.multi_head_attention:MultiHeadAttention",
    }


@hookimpl
def corne_ops() -> dict[str, str]:
    """Register the operation."""
    return {"dot_product_attention": "corne_attention.ops.dot_product_attention:dot_product_attention"}
