"""Arguments to try every operation of ``corne.ops`` with.

Two backends agree when each case gives the same values, shapes and dtypes on both; the numpy backend is the
one to agree with. A backend's author runs them all:

    @pytest.mark.parametrize("case", CASES, ids=str)
    def test_operations(case):
        with backend.use("numpy"):
            expected = case.run()
        with backend.use("acme"):
            result = case.run()
        ...
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from corne.plugins import registry

_rng = np.random.default_rng(20)


def _floats(*shape: int) -> np.ndarray:
    return _rng.normal(size=shape).astype("float32")


F, G = _floats(3, 4), _floats(3, 4)  # floats of both signs
P = np.exp(_floats(3, 4))  # positive
U = _rng.uniform(0.02, 0.98, (3, 4)).astype("float32")  # between 0 and 1
V = _rng.uniform(-0.98, 0.98, (3, 4)).astype("float32")  # between -1 and 1
I = _rng.integers(-4, 5, (3, 4)).astype("int32")
J = _rng.integers(1, 5, (3, 4)).astype("int32")
B, C = _rng.random((2, 3, 4)) > 0.5
S = np.array([[np.inf, -np.inf, np.nan, 0.0, -2.5]], "float32")  # special values
Q = _floats(2, 3, 4, 5)  # four axes: batch, length, heads, size
A = _floats(2, 3, 3)
SPD = A @ A.swapaxes(-1, -2) + np.eye(3, dtype="float32")  # symmetric positive definite
Z = (_floats(3, 4) + 1j * _floats(3, 4)).astype("complex64")
IDS = np.array([0, 2, 2], "int32")


@dataclass(frozen=True, eq=False)
class Case:
    """One call of one operation."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)

    def run(self) -> Any:
        """Call the operation on the active backend, NumPy arrays converted first."""
        from corne import ops, tree

        def ready(leaf: Any) -> Any:
            return ops.convert_to_tensor(leaf) if isinstance(leaf, np.ndarray) else leaf

        args, kwargs = tree.map_structure(ready, (self.args, self.kwargs))
        return registry.get("ops", self.name)(*args, **kwargs)

    def __str__(self) -> str:
        def short(value: Any) -> str:
            if isinstance(value, np.ndarray):
                return f"{value.dtype}{list(value.shape)}"
            if isinstance(value, (list, tuple)):
                return f"[{', '.join(map(short, value))}]"
            return repr(value)

        parts = [short(a) for a in self.args] + [f"{k}={short(v)}" for k, v in self.kwargs.items()]
        return f"{self.name}({', '.join(parts)})"


def _case(name: str, *args: Any, **kwargs: Any) -> Case:
    return Case(name, args, kwargs)


def _elementwise() -> list[Case]:
    domain: dict[str, tuple[str, tuple[np.ndarray, ...]]] = {
        "any": ("exp expm1 sin cos tan sinh cosh tanh arcsinh arctan absolute abs square sign floor "
                "ceil trunc isnan isfinite isinf logical_not deg2rad rad2deg erf erfc angle real imag conjugate "
                "sigmoid sparse_sigmoid softplus softsign silu swish log_sigmoid leaky_relu hard_sigmoid "
                "hard_silu hard_swish hard_shrink soft_shrink tanh_shrink elu celu selu gelu squareplus "
                "sparse_plus", (F, I, B)),
        "any but bool": ("negative relu relu6 hard_tanh", (F, I)),
        "positive": ("log log2 log10 log1p sqrt rsqrt reciprocal", (P, J)),
        "inside": ("arcsin arccos arctanh erfinv", (V,)),
        "outside": ("arccosh", (P + 1,)),
    }  # fmt: skip
    cases = [_case(name, x) for names, xs in domain.values() for name in names.split() for x in xs]
    cases += [
        _case(name, S) for name in ["isnan", "isfinite", "isinf", "nan_to_num", "absolute", "relu", "sigmoid"]
    ]
    cases += [
        _case(
            "nan_to_num", np.array([[np.inf, -np.inf, np.nan]], "float32"), nan=1.0, posinf=2.0, neginf=3.0
        ),
        _case("nan_to_num", I),
        _case("round", F * 10),
        _case("round", F, 2),
        _case("round", I),
        _case("leaky_relu", F, 0.3),
        _case("hard_shrink", F, 0.1),
        _case("soft_shrink", F, 0.1),
        _case("threshold", F, 0.1, 5.0),
        _case("elu", F, 0.5),
        _case("celu", F, 0.5),
        _case("gelu", F, approximate=False),
        _case("squareplus", F, 2.0),
        _case("glu", F),
        _case("glu", Q, axis=2),
        _case("real", Z),
        _case("imag", Z),
        _case("conjugate", Z),
        _case("angle", Z),
        _case("cast", F * 3, "int32"),
        _case("cast", I, "bool"),
        _case("cast", B, "float16"),
        _case("stop_gradient", F),
    ]
    return cases


def _binary() -> list[Case]:
    cases = []
    arithmetic = "add subtract multiply true_divide divide maximum minimum squared_difference"
    comparisons = "equal not_equal less less_equal greater greater_equal"
    for name in f"{arithmetic} {comparisons}".split():
        for pair in (
            (F, G),
            (F, J),
            (J, F),
            (I, J),
            (F, 2),
            (I, 2.5),
            (1, F),
            (F, B),
            (F[0], G),
            (F[:, :1], G),
        ):
            cases.append(_case(name, *pair))
    for name in ("add", "multiply", "maximum", "minimum", "equal", "subtract"):
        cases += [_case(name, B, C), _case(name, I, np.int8(3) * np.ones(4, "int8"))]
    for name in ("floor_divide", "mod"):
        cases += [_case(name, *pair) for pair in ((F, P), (F, -P), (I, J), (I, -J), (F, 2), (I, 3))]
    cases += [_case("power", *pair) for pair in ((P, F), (P, 2), (F, 3), (J, J), (J, 2), (2.0, F))]
    cases += [_case(name, F, G) for name in ("arctan2", "logaddexp", "hypot", "divide_no_nan", "isclose")]
    cases += [
        _case("divide_no_nan", F, (I % 2).astype("float32")),
        _case("isclose", F, F + 1e-7),
        _case("isclose", S, S, equal_nan=True),
        _case("isclose", F, G, rtol=0.5, atol=0.1),
    ]
    for name in ("logical_and", "logical_or", "logical_xor"):
        cases += [_case(name, B, C), _case(name, I, F)]
    for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
        cases += [_case(name, I, J), _case(name, B, C), _case(name, I, 3)]
    cases += [_case("left_shift", J, 2), _case("right_shift", I, J)]
    cases += [
        _case("where", B, F, G),
        _case("where", B, F, 0.0),
        _case("where", I, 1, F),
        _case("where", B[0], F, I),
        _case("where", B),
        _case("clip", F, -0.5, 0.5),
        _case("clip", I, -1, 2),
        _case("clip", F, G - 1, G + 1),
    ]
    return cases


def _reductions() -> list[Case]:
    cases = []
    for name in [
        "sum",
        "mean",
        "var",
        "std",
        "max",
        "min",
        "prod",
        "any",
        "all",
        "argmax",
        "argmin",
        "count_nonzero",
        "logsumexp",
        "median",
    ]:
        axes = (None, 0, -1) if name in ("argmax", "argmin") else (None, 0, -1, (0, 1))
        for x in (F, I, B):
            if not (name == "logsumexp" and x is not F) and not (name == "median" and x is B):
                cases += [_case(name, x, axis=axis) for axis in axes]
        if name != "count_nonzero":
            cases += [_case(name, F, axis=axis, keepdims=True) for axis in axes]
    cases += [
        _case("amax", F, axis=1),
        _case("amin", F, axis=1),
        _case("max", F, initial=0.5),
        _case("min", F, axis=0, initial=-0.5),
        _case("prod", I, dtype="float32"),
        _case("logsumexp", F * 1000),
    ]
    for name in ("cumsum", "cumprod"):
        cases += [_case(name, x, axis=axis) for x in (F, I, B) for axis in (None, 0, -1)]
        cases.append(_case(name, I, axis=0, dtype="float32"))
    for name in ("sort", "argsort"):
        cases += [_case(name, F), _case(name, F, axis=0), _case(name, I)]
    cases += [
        _case("argsort", F, axis=None),
        _case("top_k", F, 2),
        _case("top_k", I, 3),
        _case("in_top_k", np.array([0, 3, 1], "int32"), F, 2),
        _case("searchsorted", np.sort(F[0]), G),
        _case("searchsorted", np.array([1, 2, 2, 3]), J, side="right"),
        _case("digitize", F, np.array([-1.0, 0.0, 1.0], "float32")),
    ]
    for method in ("linear", "lower", "higher", "midpoint", "nearest"):
        cases.append(_case("quantile", F, 0.3, axis=1, method=method))
    cases += [
        _case("quantile", F, np.array([0.1, 0.5, 0.9], "float32"), axis=0),
        _case("quantile", F, np.array([0.1, 0.5], "float32"), axis=(0, 1), keepdims=True),
        _case("quantile", I, 0.25, keepdims=True),
    ]
    return cases


def _shapes() -> list[Case]:
    cases = [
        _case("reshape", F, (2, -1)),
        _case("reshape", F, 12),
        _case("transpose", Q),
        _case("transpose", Q, (1, 0, -1, 2)),
        _case("swapaxes", Q, 0, -1),
        _case("moveaxis", Q, 0, -1),
        _case("moveaxis", Q, (0, 1), (-1, 0)),
        _case("expand_dims", F, 0),
        _case("expand_dims", F, (0, -1)),
        _case("squeeze", F[:, :1], 1),
        _case("squeeze", F[:1, :1]),
        _case("ravel", F),
        _case("concatenate", [F, G], axis=1),
        _case("concatenate", [F, I]),
        _case("concatenate", [F, G], axis=None),
        _case("stack", [F, G]),
        _case("stack", [F, I], axis=-1),
        _case("hstack", [F, G]),
        _case("vstack", [F, G]),
        _case("vstack", [F[0], G[0]]),
        _case("split", F, 2, axis=1),
        _case("split", F, [1, 3], axis=1),
        _case("array_split", F, 3, axis=1),
        _case("unstack", F),
        _case("unstack", F, axis=1),
        _case("pad", F, ((1, 2), (0, 3))),
        _case("pad", F, ((1, 2), (0, 3)), constant_values=2.0),
        _case("pad", I, 2),
        _case("pad", F, (1, 2)),
        _case("pad", F, ((1, 2), (2, 1)), mode="reflect"),
        _case("pad", F, ((1, 2), (2, 1)), mode="symmetric"),
        _case("tile", F, 2),
        _case("tile", F, (2, 1, 3)),
        _case("repeat", F, 2),
        _case("repeat", F, 2, axis=1),
        _case("repeat", F, np.array([1, 0, 2]), axis=0),
        _case("flip", F),
        _case("flip", F, axis=1),
        _case("flip", Q, axis=(0, 2)),
        _case("roll", F, 2),
        _case("roll", F, 1, axis=0),
        _case("roll", F, (1, 2), axis=(0, 1)),
        _case("broadcast_to", F, (2, 3, 4)),
        _case("meshgrid", F[0], G[1, :3]),
        _case("meshgrid", F[0], G[1, :3], indexing="ij"),
        _case("zeros_like", I),
        _case("zeros_like", F, dtype="int32"),
        _case("ones_like", B),
        _case("full_like", F, 3),
        _case("full_like", F, 3, dtype="int32"),
        _case("zeros", (2, 3)),
        _case("ones", (2, 3), dtype="int32"),
        _case("ones", 3, dtype="bool"),
        _case("full", (2, 3), 7),
        _case("full", (2, 3), F[0, :3], dtype="float32"),
        _case("arange", 5),
        _case("arange", 1, 8, 2),
        _case("arange", 0.0, 1.0, 0.25),
        _case("arange", 5, dtype="float32"),
        _case("linspace", 0, 5, 7),
        _case("linspace", 0.0, 1.0, 4, endpoint=False),
        _case("linspace", 0, 5, 6, dtype="int32"),
        _case("linspace", F[0], G[0], 3),
        _case("linspace", F[0], G[0], 3, axis=1),
        _case("linspace", 0.0, 1.0, 5, retstep=True),
        _case("logspace", 0, 3, 4),
        _case("logspace", 0, 3, 4, base=2, endpoint=False),
        _case("eye", 3),
        _case("eye", 3, 4, k=1, dtype="int32"),
        _case("identity", 3),
        _case("tri", 3),
        _case("tri", 3, 4, k=-1),
    ]
    return cases


def _indexing() -> list[Case]:
    pairs = np.array([[0, 1], [2, 3], [0, 1]], "int32")
    return [
        _case("get_item", Q, (0, slice(None), -1, None, Ellipsis)),
        _case("get_item", Q, (Ellipsis, slice(1, 4, 2))),
        _case("take", F, np.array([[0, 2], [1, -1]], "int32"), axis=0),
        _case("take", F, np.array([0, 5], "int32")),
        _case("take", F, 1, axis=1),
        _case("take_along_axis", F, np.array([[0], [3], [-1]], "int32"), axis=1),
        _case("take_along_axis", F, np.array([0, 5], "int32")),
        _case("one_hot", J, 5),
        _case("one_hot", I, 3),
        _case("one_hot", J, 5, axis=0, dtype="int32"),
        _case("multi_hot", J, 6),
        _case("segment_sum", F, IDS, 3),
        _case("segment_sum", I, IDS),
        _case("segment_max", F, IDS[[0, 1, 1]], 3),
        _case("scatter", pairs, F[0, :3], (3, 4)),
        _case("scatter", pairs[:, :1], F, (3, 4)),
        _case("scatter_update", F, pairs[:2], G[0, :2]),
        _case("scatter_update", F, pairs[:2, :1], G[:2]),
        *(_case("scatter_update", F, pairs, G[0, :3], reduction=r) for r in ("add", "max", "min", "mul")),
        _case("slice", F, (1, 1), (2, 2)),
        _case("slice_update", F, (1, 1), np.ones((2, 2), "float32")),
        _case("bincount", J[0]),
        _case("bincount", J, minlength=7),
        _case("bincount", J[0], weights=F[0]),
        _case("nonzero", I),
    ]


def _products() -> list[Case]:
    cases = [
        _case("dense", F, G.T),
        _case("dense", F, G.T, G[:, 0]),
        _case("dense", Q, Q[0, 0].T, I[0, 0]),
        _case("matmul", F, G.T),
        _case("matmul", F, G[0]),
        _case("matmul", Q, Q.swapaxes(-1, -2)),
        _case("matmul", I, J.T),
        _case("matmul", I, F.T),
        _case("dot", F, G.T),
        _case("dot", Q, F[:, :4].T.repeat(2, 1)[:, :5].T),
        _case("dot", F[0], G[0]),
        _case("tensordot", F, G.T, axes=1),
        _case("tensordot", F, G, axes=[[0, 1], [0, 1]]),
        _case("tensordot", F, G, axes=[0, 0]),
        _case("outer", F[0], G[1]),
        _case("inner", F, G),
        _case("vdot", F, G),
        _case("cross", F[:, :3], G[:, :3]),
        _case("cross", F.T, G.T[:, :3], axisa=-1),
        _case("cross", F[:, :3], G[:, :3], axis=0),
        _case("diag", F[0]),
        _case("diag", F[0], k=-2),
        _case("diag", F, k=1),
        _case("diagonal", F, offset=-1),
        _case("diagonal", Q, 1, 1, 3),
        _case("trace", F),
        _case("trace", Q, axis1=1, axis2=2),
        _case("tril", F),
        _case("triu", F, k=1),
        _case("qr", F),
        _case("qr", A),
        _case("norm", F),
        _case("norm", F, axis=1),
        _case("norm", F, axis=0, keepdims=True),
        _case("norm", F, keepdims=True),
        *(_case("norm", F, ord=order, axis=1) for order in (1, 2, 3, np.inf, -np.inf, 0)),
        *(_case("norm", F, ord=order) for order in ("fro", "nuc", 1, -1, 2, -2, np.inf)),
        *(_case("norm", Q, ord=order, axis=(0, 2), keepdims=True) for order in ("nuc", 1, "fro")),
    ]
    for subscripts, operands in {
        "ij,kj->ik": (F, G),
        "ij,jk": (F, G.T),
        "...j,kj->...k": (Q, Q[0, 0]),
        "ii->i": (F[:, :3],),
        "ii": (F[:, :3],),
        "ij->": (F,),
        "ij->ji": (F,),
        "bij,jk->bik": (A, F),
        "ij,jk,kl->il": (F, F.T, G),
        "i,j->ij": (F[0], G[0]),
        "ij,ij->i": (F, G),
        "...ij->...ji": (Q,),
        "ij,j": (F, G[0]),
        "b...,b...->b": (Q, Q),
    }.items():
        cases.append(_case("einsum", subscripts, *operands))
    return cases


def _networks() -> list[Case]:
    hot = np.eye(4, dtype="float32")[[0, 3, 1]]
    probabilities = P / P.sum(-1, keepdims=True)
    labels = np.array([0, 3, 1], "int32")
    keys, mask = Q[:, :2], _rng.random((2, 4, 3, 2)) > 0.3
    mask[..., 0] = True  # a query that may attend to nothing has no meaning
    channel = (G[0], U[0], G[1], U[1])
    cases = [_case(name, F, axis=axis) for name in ("softmax", "log_softmax") for axis in (-1, 0, (0, 1))]
    cases += [
        _case("softmax", F * 1000),
        _case("sparsemax", F),
        _case("sparsemax", F, axis=0),
        _case("normalize", F),
        _case("normalize", F, axis=0, order=3),
        _case("normalize", F * 0),
        _case("moments", Q, axes=(0, 1)),
        _case("moments", Q, axes=(0, -1), keepdims=True),
        _case("batch_normalization", F, channel[0], channel[1], -1),
        _case("batch_normalization", Q, F[0, :3], U[0, :3], 1, offset=F[1, :3], scale=U[1, :3], epsilon=0.1),
        _case("layer_normalization", F),
        _case("layer_normalization", F, channel[1], channel[2]),
        _case("layer_normalization", Q, Q[0, 0], Q[1, 0], axis=(-2, -1), epsilon=0.01),
        _case("layer_normalization", F, channel[1], rms_scaling=True),
        _case("rms_normalization", F),
        _case("rms_normalization", Q, F[0, :3], axis=1, epsilon=0.1),
        _case("binary_crossentropy", U, P / (1 + P)),
        _case("binary_crossentropy", U, F, from_logits=True),
        _case("categorical_crossentropy", hot, probabilities),
        _case("categorical_crossentropy", hot, F, from_logits=True),
        _case("categorical_crossentropy", hot.T, P.T, axis=0),
        _case("sparse_categorical_crossentropy", labels, probabilities),
        _case("sparse_categorical_crossentropy", labels[:, None], F, from_logits=True),
        _case("sparse_categorical_crossentropy", labels, F.T, from_logits=True, axis=0),
        _case("dot_product_attention", Q, keys, keys),
        _case("dot_product_attention", Q, Q, Q, is_causal=True),
        _case("dot_product_attention", Q, keys, keys, mask=mask, scale=0.3),
        _case("dot_product_attention", Q, keys, keys, bias=_floats(2, 4, 3, 2)),
        _case("dot_product_attention", Q, keys[:, :, :2], keys[:, :, :2]),
        _case("dot_product_attention", Q, keys, keys, attn_logits_soft_cap=0.5),
    ]
    return cases


def _recurrence() -> list[Case]:
    batch, steps, features, units = 3, 4, 2, 3
    x = _floats(batch, steps, features)
    h, c = _floats(batch, units), _floats(batch, units)
    masks = {
        "right": np.array([[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 0, 0]], bool),
        "left": np.array([[1, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]], bool),
        "gaps": np.array([[0, 1, 0, 1], [1, 0, 0, 1], [1, 0, 1, 0]], bool),
    }
    cases: list[Case] = []
    for name, gates, states in (("simple_rnn", 1, (h,)), ("lstm", 4, (h, c)), ("gru", 3, (h,))):
        width = gates * units
        bias = _floats(2, width) if name == "gru" else _floats(width)
        weights = (_floats(features, width), _floats(units, width))
        plain, full = (x, *states, *weights), (x, *states, *weights, bias)
        dropped = (_rng.random((gates, batch, features)) > 0.3).astype("float32") / 0.7
        state_dropped = (_rng.random((gates, batch, units)) > 0.3).astype("float32") / 0.7
        cases += [
            _case(name, *plain),
            _case(name, *full, go_backwards=True),
            _case(name, *full, return_sequences=False),
            _case(name, *full, fused=False),
            _case(name, *full, activation="relu"),
            *(_case(name, *full, mask) for mask in masks.values()),
            _case(name, *full, masks["gaps"], go_backwards=True),
            _case(name, *full, masks["left"], return_sequences=False),
            _case(name, *full, masks["right"], zero_output_for_mask=True),
            _case(name, *full, masks["right"], return_sequences=False, zero_output_for_mask=True),
            _case(name, *full, masks["left"], dropped[0], state_dropped[0]),
            _case(name, *full, None, dropped, state_dropped),
            _case(name, *full, None, None, state_dropped),
        ]
        if name == "gru":
            before = (*plain, bias[0])
            cases += [_case(name, *before, masks["gaps"], reset_after=False)]
            cases += [_case(name, *before, None, dropped, state_dropped, reset_after=False)]
        if name != "simple_rnn":
            cases += [_case(name, *full, recurrent_activation="tanh", activation="sigmoid")]
    return cases


CASES: list[Case] = [
    *_elementwise(),
    *_binary(),
    *_reductions(),
    *_shapes(),
    *_indexing(),
    *_products(),
    *_networks(),
    *_recurrence(),
]

#: Those of operations that an installed package provides.
CASES = [case for case in CASES if case.name in registry.names("ops")]
