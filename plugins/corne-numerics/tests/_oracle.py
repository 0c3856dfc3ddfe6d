"""Comparison of an operation with Keras's of the same name."""

from __future__ import annotations

import importlib
import os
from typing import Any

import numpy as np
import pytest
from corne import backend, ops, tree
from corne.backend import TensorSpec
from corne_numerics._plugin import corne_ops

os.environ.setdefault("KERAS_BACKEND", "torch")

#: The largest error met so far, and the number of arrays compared.
SEEN = {"count": 0, "largest": 0.0, "where": ""}


def operation(name: str) -> Any:
    """Return the operation itself, from the module that registers it or from the core."""
    target = corne_ops().get(name)
    if target is None:
        return getattr(ops.image if name.startswith("image.") else ops, name.rpartition(".")[2])
    module, _, attribute = target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def keras_operation(name: str) -> Any:
    """Return Keras's operation of the name."""
    keras = pytest.importorskip("keras")
    found = keras.ops
    for part in name.split("."):
        found = getattr(found, part)
    return found


def as_numpy(x: Any) -> Any:
    """Return a result's arrays as NumPy's, with float64's digits for low precision."""
    if hasattr(x, "detach"):
        x = x.detach().cpu()
        x = x.float() if str(x.dtype) == "torch.bfloat16" else x
        return x.resolve_conj().numpy() if hasattr(x, "resolve_conj") else x.numpy()
    return np.asarray(x)


def compare(name: str, ours: Any, theirs: Any, tolerance: float) -> None:
    """Check that two structures of arrays have the same shapes and values."""
    mine = [ops.convert_to_numpy(x) for x in tree.flatten(ours)]
    other = [as_numpy(x) for x in tree.flatten(theirs)]
    assert len(mine) == len(other), name
    for a, b in zip(mine, other, strict=True):
        a = np.asarray(a)
        assert a.shape == b.shape, f"{name}: {a.shape} is not {b.shape}"
        wide: Any = np.complex128 if "complex" in f"{a.dtype}{b.dtype}" else np.float64
        np.testing.assert_allclose(
            a.astype(wide), b.astype(wide), rtol=tolerance, atol=tolerance, err_msg=name
        )
        good = np.isfinite(b)
        error = float(np.max(np.abs(a.astype(wide) - b.astype(wide))[good], initial=0))
        SEEN["count"] += 1
        if error > SEEN["largest"]:
            SEEN.update(largest=error, where=name)


def check_specs(name: str, args: tuple[Any, ...], kwargs: dict[str, Any], result: Any, unknown: bool) -> None:
    """Check that abstract evaluation claims the shapes and dtypes that the real one has."""
    engine = backend.active()

    arrays = [x for x in tree.flatten((args, kwargs)) if isinstance(x, np.ndarray) and x.ndim]
    first = max(arrays, key=lambda x: x.ndim).shape[0] if arrays else 0

    def spec(x: Any) -> Any:
        if not isinstance(x, np.ndarray):
            return x
        shape = (None, *x.shape[1:]) if unknown and x.ndim and x.shape[0] == first else x.shape
        return TensorSpec(tuple(shape), engine.dtype_name(engine.asarray(x)))

    specs = engine.infer_specs(
        operation(name), *tree.map_structure(spec, args), **tree.map_structure(spec, kwargs)
    )
    for claimed, real in zip(tree.flatten(specs), tree.flatten(result), strict=True):
        if not isinstance(claimed, TensorSpec):
            continue
        assert claimed.dtype == engine.dtype_name(real), name
        assert len(claimed.shape) == len(real.shape), name
        for one, two in zip(claimed.shape, real.shape, strict=True):
            assert one == two or (unknown and one is None), f"{name}: {claimed.shape} for {tuple(real.shape)}"
