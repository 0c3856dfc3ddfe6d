"""What every layer owes its users, of the layers of corne-attention."""

from __future__ import annotations

from corne_testkit import Case, LayerConformance


class TestAttention(LayerConformance):
    cases = [
        Case(
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 3},
            input_shape={"query": (4, 5), "value": (3, 5)},
            skip={
                "training_step": "the keys' bias shifts all scores of a query alike, which softmax undoes, so its "
                "gradient is zero but for rounding"
            },
        ),
        Case(
            "MultiHeadAttention",
            {"num_heads": 2, "key_dim": 2, "value_dim": 3, "output_shape": 4, "use_bias": False},
            input_shape={"query": (3, 5), "value": (4, 2), "key": (4, 3)},
        ),
        Case(
            "GroupQueryAttention",
            {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2, "use_bias": False},
            input_shape={"query": (3, 5), "value": (4, 5)},
        ),
        Case(
            "GroupQueryAttention",
            {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2, "use_bias": False},
            input_shape={"query": (3, 5), "value": (4, 5)},
        ),
        Case("Attention", {"use_scale": True}, input_shape=[(3, 4), (5, 4)]),
        Case("Attention", {"score_mode": "concat"}, input_shape=[(3, 4), (5, 4), (5, 4)]),
        Case("AdditiveAttention", input_shape=[(3, 4), (5, 4)]),
        Case(
            "EinsumDense",
            {"equation": "abc,cd->abd", "output_shape": [None, 3], "bias_axes": "d", "activation": "tanh"},
            input_shape=(4, 2),
        ),
    ]
