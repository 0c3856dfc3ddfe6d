"""What the sweep against Keras compares: one row for each way to call an operation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FLOATS = ("float16", "bfloat16", "float32", "float64")
WIDE = ("float32", "float64")
INTS = ("int8", "int16", "int32", "int64", "uint8")
ALL = (*FLOATS, *INTS, "bool")
LAST = {"data_format": "channels_last"}


@dataclass
class Row:
    """One call.

    Args:
        name: The operation.
        make: Returns the arguments from a generator; float arrays among them get the dtype of the sweep.
        kwargs: Keywords.
        dtypes: Dtypes to sweep over.
        gradient: Whether to compare gradients.
        tolerance: Largest error allowed, relative and absolute, in float32.
        same_dtype: Whether the result's dtype is Keras's.
        unknown: Whether the first axis may have an unknown size.
        fixed: Positions of arguments that keep their own dtype.
    """

    name: str
    make: Callable[[np.random.Generator], tuple[Any, ...]]
    kwargs: dict[str, Any] = field(default_factory=dict)
    dtypes: tuple[str, ...] = FLOATS
    gradient: bool = True
    tolerance: float = 1e-5
    same_dtype: bool = True
    unknown: bool = True
    fixed: tuple[int, ...] = ()


def some(*shape: int, low: float = -3, high: float = 3) -> Callable[[np.random.Generator], tuple[Any, ...]]:
    """Return a maker of one array."""
    return lambda rng: (rng.uniform(low, high, shape),)


def two(a: tuple[int, ...], b: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[Any, ...]]:
    """Return a maker of two arrays."""
    return lambda rng: (rng.uniform(-3, 3, a), rng.uniform(-3, 3, b))


def then(make: Callable[[np.random.Generator], tuple[Any, ...]], *rest: Any) -> Any:
    """Return a maker of what ``make`` makes and further arguments."""
    return lambda rng: (*make(rng), *rest)


def with_nan(rng: np.random.Generator) -> tuple[Any, ...]:
    x = rng.uniform(-3, 3, (4, 5))
    x[rng.random(x.shape) < 0.3] = np.nan
    x[1] = np.nan
    return (x,)


def positive(rng: np.random.Generator) -> tuple[Any, ...]:
    x = rng.uniform(-1, 1, (2, 4, 4))
    return (x @ x.swapaxes(1, 2) + 4 * np.eye(4),)


def square(rng: np.random.Generator) -> tuple[Any, ...]:
    return (rng.uniform(-1, 1, (2, 4, 4)) + 3 * np.eye(4),)


def symmetric(rng: np.random.Generator) -> tuple[Any, ...]:
    x = rng.uniform(-1, 1, (2, 4, 4))
    return (x + x.swapaxes(1, 2),)


def lower(rng: np.random.Generator) -> tuple[Any, ...]:
    return (np.tril(rng.uniform(0.5, 1, (4, 4))) + np.eye(4),)


def parts(*shape: int) -> Any:
    return lambda rng: ((rng.uniform(-1, 1, shape), rng.uniform(-1, 1, shape)),)


def whole(rng: np.random.Generator) -> tuple[Any, ...]:
    return rng.integers(-20, 20, (3, 4)), rng.integers(-20, 20, (3, 4))


def ctc(rng: np.random.Generator) -> tuple[Any, ...]:
    target = np.array([[1, 2, 2], [3, 1, 0]], "int32")
    return target, rng.uniform(-2, 2, (2, 8, 4)), np.array([3, 2], "int32"), np.array([8, 6], "int32")


def logits(rng: np.random.Generator) -> tuple[Any, ...]:
    return rng.uniform(-2, 2, (3, 6, 4)), np.array([6, 4, 2], "int32")


IMAGE = some(2, 6, 7, 3, low=0, high=1)
MOVES = np.array([[0.9, 0.1, 1.0, -0.1, 1.1, 0.5, 0, 0], [1, 0, -2, 0, 1, 3, 0, 0]], "float32")
SQUARE = np.array([[0, 0], [6, 0], [0, 5], [6, 5]], "float32")
BENT = SQUARE + np.array([[0.3, 0.5], [-1, 1], [0.7, -0.4], [-0.2, -0.6]], "float32")

UNARY = "cbrt exp2 fabs sinc i0"
TESTS = "signbit isposinf isneginf isreal"
BINARY = "fmax fmin heaviside logaddexp2"
NAN = "nanmax nanmin nansum nanprod nanmean nanvar nanstd nanmedian"
AXES: tuple[dict[str, Any], ...] = (
    {}, {"axis": 0}, {"axis": -1, "keepdims": True}, {"axis": (0, 1)},
)  # fmt: skip

ROWS: list[Row] = [
    *(Row(n, some(3, 4), dtypes=ALL, same_dtype=n not in ("i0", "cbrt", "sinc")) for n in UNARY.split()),
    *(Row(n, some(3, 4), dtypes=ALL, gradient=False) for n in TESTS.split()),
    *(Row(n, two((3, 4), (4,)), dtypes=ALL) for n in BINARY.split()),
    Row("fmod", two((3, 4), (4,)), dtypes=FLOATS),
    Row("gcd", whole, dtypes=(), gradient=False), Row("lcm", whole, dtypes=(), gradient=False),
    Row("ldexp", lambda r: (r.uniform(-3, 3, (3, 4)), r.integers(-3, 4, (3, 4))), fixed=(1,), same_dtype=False, gradient=False),
    Row("allclose", two((3, 4), (4,)), dtypes=ALL, gradient=False),
    Row("isin", lambda r: (r.integers(0, 5, (3, 4)), r.integers(0, 3, (3,))), dtypes=(*INTS, *FLOATS), gradient=False),
    Row("bitwise_not", lambda r: (r.integers(0, 9, (3, 4)),), dtypes=(*INTS, "bool"), gradient=False),
    Row("bitwise_invert", lambda r: (r.integers(0, 9, (3, 4)),), dtypes=(*INTS, "bool"), gradient=False),
    Row("bitwise_left_shift", lambda r: (r.integers(0, 9, 4), r.integers(0, 3, 4)), dtypes=INTS, gradient=False),
    Row("bitwise_right_shift", lambda r: (r.integers(0, 9, 4), r.integers(0, 3, 4)), dtypes=INTS, gradient=False),
    *(Row(n, with_nan, k, gradient=n not in ("nanmedian", "nanstd") and k.get("axis") != -1)
      for n in NAN.split() for k in AXES if n != "nanprod" or "axis" not in k or isinstance(k["axis"], int)),
    *(Row(n, some(3, 4), k, dtypes=(*INTS, "bool"), gradient=False, same_dtype=n not in ("nansum", "nanprod"))
      for n in NAN.split() for k in AXES[1:2]),
    *(Row(n, with_nan, k, gradient=False) for n in ("nanargmax", "nanargmin") for k in AXES[:3]),
    *(Row(n, with_nan, {"axis": a}) for n in ("nancumsum", "nancumprod") for a in (None, 0, 1)),
    *(Row(n, then(with_nan if "nan" in n else some(4, 5), q), {"method": m, "axis": a}, dtypes=WIDE,
          same_dtype=False, gradient=m in ("linear", "midpoint"))
      for n, s in (("nanquantile", 1), ("nanpercentile", 100), ("percentile", 100))
      for q in (0.3 * s, 0.5 * s) for m in ("linear", "lower", "higher", "midpoint", "nearest") for a in (None, 1)),
    Row("append", two((2, 3), (4, 3)), {"axis": 0}, dtypes=ALL), Row("append", two((2, 3), (4,)), dtypes=ALL),
    Row("array", some(2, 3), dtypes=ALL), Row("copy", some(2, 3), dtypes=ALL),
    Row("fliplr", some(2, 3), dtypes=ALL), Row("flipud", some(2, 3), dtypes=ALL),
    *(Row("rot90", some(2, 3, 4), {"k": k, "axes": a}, dtypes=ALL)
      for k in (-1, 0, 1, 2, 3, 6) for a in ((0, 1), (2, 0))),
    Row("dstack", lambda r: ([r.uniform(0, 3, (2, 3)), r.uniform(0, 3, (2, 3))],), dtypes=ALL),
    Row("hsplit", then(some(4, 6), 3), dtypes=ALL), Row("vsplit", then(some(4, 6), [1, 3]), dtypes=ALL, unknown=False),
    Row("dsplit", then(some(2, 3, 4), 2), dtypes=ALL),
    Row("select", lambda r: ([r.random((3, 4)) < 0.4, r.random((3, 4)) < 0.5],
                             [r.uniform(0, 3, (3, 4)), r.uniform(0, 3, (3, 4))], 0), fixed=(0,), same_dtype=False),
    Row("unravel_index", lambda r: (r.integers(0, 24, (5,)), (2, 3, 4)), dtypes=(), gradient=False),
    Row("vander", some(4), dtypes=(*FLOATS, *INTS), unknown=False, tolerance=1e-4),
    Row("vander", some(4), {"N": 3, "increasing": True}, dtypes=(*FLOATS, *INTS)),
    Row("diagflat", then(some(2, 2), 1), dtypes=ALL, unknown=False),
    Row("kron", two((2, 3), (3, 2)), dtypes=(*FLOATS, *INTS)), Row("kron", two((3,), (2, 2)), dtypes=FLOATS),
    Row("diff", some(3, 5), {"n": 2}, dtypes=(*FLOATS, *INTS)), Row("diff", some(3, 5), {"axis": 0}, dtypes=ALL),
    Row("trapezoid", some(3, 5), {"dx": 0.5}, dtypes=FLOATS), Row("trapezoid", two((3, 5), (5,))),
    Row("trapezoid", two((3, 5), (3, 5)), {"axis": 0}),
    Row("geomspace", lambda r: (1.0, 100.0), {"num": 6}, dtypes=(), gradient=False),
    Row("view", some(2, 4), {"dtype": "int32"}, dtypes=("float32",), gradient=False),
    Row("view", some(2, 4), {"dtype": "uint8"}, dtypes=("float16", "float32", "int64"), gradient=False),
    *(Row(n, lambda r, k=k: (k,), dtypes=(), gradient=False)
      for n in ("bartlett", "blackman", "hamming", "hanning") for k in (1, 2, 9)),
    Row("kaiser", lambda r: (9, 5.0), dtypes=(), gradient=False),
    Row("average", some(3, 4), dtypes=ALL), Row("average", some(3, 4), {"axis": 1}, dtypes=ALL),
    Row("average", lambda r: (r.uniform(0, 3, (3, 4)), 1, r.uniform(1, 2, (4,)))),
    *(Row("ptp", some(3, 4), k, dtypes=(*FLOATS, *INTS)) for k in AXES[:3]),
    Row("corrcoef", some(3, 6), dtypes=(*WIDE, "int32", "int64", "bool"), gradient=False, tolerance=1e-4),
    *(Row("correlate", two((7,), (3,)), {"mode": m}, dtypes=(*FLOATS, *INTS), unknown=False) for m in ("valid", "same", "full")),
    Row("histogram", some(40), {"bins": 7}, dtypes=WIDE, gradient=False),
    Row("histogram", some(40), {"bins": 7, "range": (-2.0, 1.0)}, dtypes=WIDE, gradient=False),
    *(Row("unique", lambda r: (r.integers(0, 4, (3, 4)),), k, dtypes=INTS, gradient=False, unknown=False)
      for k in ({}, {"return_inverse": True, "return_counts": True}, {"axis": 1, "return_inverse": True},
                {"size": 3}, {"size": 6, "fill_value": 9, "return_counts": True})),
    Row("cholesky", positive, dtypes=WIDE, gradient=False), Row("cholesky", positive, {"upper": True}, dtypes=WIDE),
    Row("cholesky_inverse", lower, dtypes=WIDE, unknown=False, gradient=False), Row("det", square, dtypes=WIDE, tolerance=1e-4),
    Row("slogdet", positive, dtypes=WIDE), Row("logdet", positive, dtypes=WIDE), Row("inv", square, dtypes=WIDE),
    Row("eigh", symmetric, dtypes=WIDE, gradient=False), Row("eig", square, dtypes=WIDE, gradient=False),
    Row("pinv", some(2, 4, 3), dtypes=WIDE, tolerance=1e-3), Row("pinv", some(4, 3), {"rcond": 0.4}, dtypes=WIDE,
        gradient=False, tolerance=1e-4, unknown=False),
    Row("matrix_rank", lambda r: (np.outer(r.random(4), r.random(3)),), dtypes=WIDE, gradient=False, unknown=False),
    Row("svd", some(2, 4, 3), {"compute_uv": False}, dtypes=WIDE, tolerance=1e-4),
    Row("svd", some(2, 4, 3), dtypes=WIDE, gradient=False, tolerance=1e-4),
    Row("svd", some(2, 4, 3), {"full_matrices": False}, dtypes=WIDE, gradient=False, tolerance=1e-4),
    Row("lu_factor", some(2, 4, 4), dtypes=WIDE, tolerance=1e-4),
    Row("solve", lambda r: (*square(r), r.random((2, 4, 3))), dtypes=WIDE),
    Row("solve_triangular", lambda r: (*lower(r), r.random((4, 3))), {"lower": True}, dtypes=WIDE, unknown=False),
    Row("solve_triangular", lambda r: (*lower(r), r.random((4,))), {"lower": True}, dtypes=WIDE, unknown=False),
    Row("lstsq", two((6, 3), (6, 2)), dtypes=WIDE, unknown=False, gradient=False, tolerance=1e-4),
    Row("cdist", two((2, 4, 3), (2, 5, 3)), dtypes=WIDE),
    Row("fft", parts(3, 8), dtypes=WIDE), Row("fft2", parts(3, 4, 8), dtypes=WIDE),
    Row("ifft2", parts(3, 4, 8), dtypes=WIDE), Row("rfft", some(3, 8), dtypes=WIDE),
    Row("rfft", some(3, 8), {"fft_length": 11}, dtypes=WIDE), Row("irfft", parts(3, 5), dtypes=WIDE, gradient=False),
    Row("irfft", parts(3, 5), {"fft_length": 7}, dtypes=WIDE, gradient=False),
    Row("extract_sequences", then(some(2, 13), 4, 3), dtypes=(*FLOATS, *INTS)),
    *(Row("stft", then(some(2, 30), *sizes), {"window": w, "center": c}, dtypes=WIDE, tolerance=1e-4)
      for sizes in ((8, 4, 8), (6, 3, 8)) for w in ("hann", "hamming", None) for c in (True, False)),
    Row("istft", then(parts(2, 8, 5), 8, 4, 8), dtypes=WIDE, tolerance=1e-4, gradient=False),
    Row("istft", then(parts(2, 8, 5), 8, 4, 8), {"length": 20}, dtypes=WIDE, tolerance=1e-4, gradient=False),
    Row("istft", then(parts(2, 8, 5), 6, 3, 8), {"window": "hamming"}, dtypes=WIDE, tolerance=1e-4, gradient=False),
    Row("istft", then(parts(2, 8, 5), 8, 4, 8), {"center": False, "window": "hamming"}, dtypes=WIDE, tolerance=1e-4,
        gradient=False),
    Row("polar", two((3,), (3,)), dtypes=WIDE, gradient=False), Row("view_as_complex", some(3, 2), dtypes=WIDE,
        gradient=False),
    *(Row(n, lambda r: (r.uniform(0, 5, (6, 2)), np.array([0, 0, 2, 1, 2, -1], "int32")), {"num_segments": 3},
          dtypes=(*FLOATS, "int32"), fixed=(1,)) for n in ("segment_min", "segment_prod")),
    Row("saturate_cast", then(some(9, low=-400, high=400), "uint8"), dtypes=(*FLOATS, "int32", "int16"), gradient=False),
    Row("saturate_cast", then(some(9, low=-400, high=400), "int8"), dtypes=(*FLOATS, "int32", "int64"), gradient=False),
    Row("unfold", then(some(2, 3, 6, 7), 2)), Row("unfold", then(some(2, 3, 6, 7), (2, 3), 2, 1, (2, 1))),
    Row("fold", then(some(2, 12, 30), (6, 7), 2)),
    Row("fold", then(some(2, 18, 12), (6, 7), (2, 3), 1, (1, 0), (3, 1)) if False else
        then(some(2, 18, 20), (6, 7), (2, 3), 1, (1, 0), (2, 1))),
    *(Row(n, then(some(2, 4, 6, 8), 2), {"data_format": f}, dtypes=(*FLOATS, *INTS))
      for n in ("depth_to_space", "space_to_depth") for f in ("channels_last",)),
    *(Row(n, then(some(2, 8, 4, 6), 2), {"data_format": "channels_first"}) for n in ("depth_to_space", "space_to_depth")),
    Row("psnr", lambda r: (r.random((2, 3)), r.random((2, 3)), 1.0), dtypes=WIDE),
    Row("rearrange", then(some(2, 6, 4), "b (h p) c -> (b h) (p c)"), {"p": 2}, dtypes=ALL),
    Row("ctc_loss", ctc, dtypes=WIDE, fixed=(0, 2, 3), tolerance=1e-4),
    Row("ctc_decode", logits, fixed=(1,), dtypes=WIDE, gradient=False),
    Row("ctc_decode", logits, {"merge_repeated": False, "mask_index": 2}, fixed=(1,), dtypes=WIDE, gradient=False),
    *(Row("ctc_decode", logits, {"strategy": "beam_search", "beam_width": w, "top_paths": t, "mask_index": m}, fixed=(1,),
          dtypes=WIDE, gradient=False, same_dtype=False, tolerance=1e-4)
      for w, t, m in ((40, 1, 0), (60, 3, 3), (100, 5, 1))),
    *(Row("image.affine_transform", then(IMAGE, MOVES), {"interpolation": i, "fill_mode": f, "fill_value": 0.3, **LAST},
          fixed=(1,), dtypes=WIDE, unknown=False)
      for i in ("nearest", "bilinear") for f in ("constant", "nearest", "wrap", "mirror", "reflect")),
    Row("image.affine_transform", then(some(2, 6, 7, 3, low=0, high=255), MOVES), LAST, dtypes=("uint8", "int32"),
        fixed=(1,), gradient=False, unknown=False),
    Row("image.affine_transform", then(some(2, 3, 6, 7), MOVES), {"data_format": "channels_first"}, fixed=(1,),
        dtypes=WIDE, unknown=False),
    *(Row("image.map_coordinates", lambda r: (r.random((6, 7)), r.uniform(-4, 12, (2, 5))), {"order": o, "fill_mode": f},
          dtypes=WIDE, unknown=False)
      for o in (0, 1) for f in ("constant", "nearest", "wrap", "mirror", "reflect")),
    *(Row("image.perspective_transform", then(IMAGE, np.stack([SQUARE] * 2), np.stack([BENT, SQUARE])),
          {"interpolation": i, **LAST}, fixed=(1, 2), dtypes=("float32",), tolerance=1e-4, unknown=False)
      for i in ("nearest", "bilinear")),
    *(Row(f"image.{n}", IMAGE, LAST, tolerance=1e-4) for n in ("rgb_to_grayscale", "rgb_to_hsv", "hsv_to_rgb")),
    Row("image.rgb_to_grayscale", some(2, 6, 7, 3, low=0, high=255), LAST, dtypes=INTS, gradient=False),
    Row("image.sobel_edges", IMAGE, LAST), Row("image.sobel_edges", some(2, 3, 6, 7), {"data_format": "channels_first"}),
    Row("image.gaussian_blur", then(IMAGE, (3, 3), (1.0, 2.0)), LAST, dtypes=WIDE),
    Row("image.gaussian_blur", then(IMAGE, (5, 5), (1.0, 2.0)), LAST, dtypes=WIDE),
    Row("image.extract_patches", then(IMAGE, (3, 2)), LAST, dtypes=WIDE),
    Row("image.extract_patches", then(IMAGE, 3, 2, 1, "same"), LAST, dtypes=WIDE),
    Row("image.extract_patches", then(IMAGE, 2, 1, 2), LAST, dtypes=WIDE),
    Row("image.extract_patches_3d", then(some(2, 4, 5, 6, 2), (2, 3, 2), (1, 2, 3), 1, "same"), LAST, dtypes=WIDE),
    Row("image.crop_images", then(IMAGE, 1, 2, None, None, 3, 4), LAST, dtypes=ALL),
    Row("image.pad_images", then(IMAGE, 1, 2, None, None, 9, 11), LAST, dtypes=ALL),
    *(Row("image.scale_and_translate", then(IMAGE, (2, 5, 12, 3), np.array([0.5, 1.7], "float32"),
                                            np.array([0.3, -1.0], "float32"), (1, 2), m, a),
          fixed=(2, 3), dtypes=("float32",), unknown=False, tolerance=1e-4)
      for m in ("linear", "cubic", "lanczos3", "lanczos5") for a in (True, False)),
    Row("image.ssim", lambda r: (r.random((2, 12, 13, 3)), r.random((2, 12, 13, 3))), LAST, dtypes=("float32",),
        tolerance=1e-4),
]  # fmt: skip
