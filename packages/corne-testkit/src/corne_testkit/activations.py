"""ActivationConformance: the tests of every activation function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from corne import activations, ops
from corne import backend as backends
from corne.plugins import registry
from corne.variable import Variable

from corne_testkit.conformance import Conformance, fail, largest_difference, require_gradients
from corne_testkit.differences import wrong_gradients
from corne_testkit.packages import PackageConformance
from corne_testkit.things import Thing


@dataclass(frozen=True, eq=False)
class ActivationCase(Thing):
    """An activation function, its arguments besides ``x``, and the shape of ``x``.

    Args:
        input_shape: Shape of ``x``, with the batch axis. Default ``(3, 4)``.
        keeps_shape: Whether the result has the shape of ``x``. Default True.
    """

    kind: ClassVar[str] = "activations"

    input_shape: tuple[int, ...] = (3, 4)
    keeps_shape: bool = True

    def call(self, x: Any) -> Any:
        """Apply the function."""
        return self.target(x, **self.given_arguments())

    def input(self, dtype: str = "float32") -> np.ndarray[Any, Any]:
        """Return numbers of both signs."""
        return (2 * self.generator().normal(size=self.input_shape)).astype(dtype)


class ActivationConformance(PackageConformance, Conformance):
    """Tests of activation functions: subclass it in a test module and list ``cases``."""

    cases: ClassVar[Sequence[ActivationCase]] = ()

    @pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float64"])
    def test_shape_and_dtype(self, case: ActivationCase, backend: Any, dtype: str) -> None:
        """The result is finite, in the dtype of ``x``, and symbolic calls say so."""
        from corne.model import Input

        x = backend.asarray(case.input(), dtype)
        y = case.call(x)
        if case.keeps_shape and tuple(y.shape) != tuple(x.shape):
            fail(
                case,
                f"expected the shape {tuple(x.shape)} of x",
                f"{tuple(y.shape)}",
                "Or set keeps_shape=False.",
            )
        if backend.dtype_name(y) != dtype:
            fail(case, f"expected the dtype {dtype} of x", backend.dtype_name(y), "Compute with corne.ops.")
        if not np.isfinite(backend.to_numpy(y).astype("float64")).all():
            fail(
                case,
                "expected finite results for finite x",
                "NaN or infinity",
                "Guard divisions and logarithms.",
            )
        symbolic = case.call(Input(batch_shape=(None, *case.input_shape[1:]), dtype=dtype))
        if tuple(symbolic.shape[1:]) != tuple(y.shape[1:]) or symbolic.dtype != dtype:
            fail(
                case, f"a symbolic call should give the shape {tuple(y.shape)} and {dtype}",
                f"{symbolic.shape} and {symbolic.dtype}", "Compute with corne.ops only.",
            )  # fmt: skip

    def test_gradients(self, case: ActivationCase, backend: Any) -> None:
        """Gradients equal central differences in float64."""
        require_gradients(backend)
        x = Variable(case.input("float64"), name="x")
        upstream: list[Any] = []

        def scalar() -> Any:
            y = case.call(x.value)
            if not upstream:
                upstream.append(backend.asarray(case.generator(1).normal(size=tuple(y.shape))))
            return ops.sum(ops.multiply(y, upstream[0]))

        wrong = wrong_gradients(scalar, [x], case.generator(2))
        if wrong:
            fail(
                case, "expected gradients that agree with differences", "; ".join(wrong),
                "Compute with corne.ops, or fix custom_gradient.",
            )  # fmt: skip

    def test_backends_agree(self, case: ActivationCase, other_backend: str) -> None:
        """Every backend computes what numpy computes."""
        results = []
        for name in ("numpy", other_backend):
            with backends.use(name) as engine:
                results.append(engine.to_numpy(case.call(engine.asarray(case.input()))))
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same values",
                gap,
                "Compute with corne.ops only.",
            )

    def test_serialization(self, case: ActivationCase) -> None:
        """A registered function is written as its name, and found by it."""
        entry = registry.entry_of(case.target)
        if entry is None:
            pytest.skip("no plugin registers the function")
        written = activations.serialize(case.target)
        if not isinstance(written, str) or activations.deserialize(written) is not case.target:
            fail(
                case,
                "expected a name that finds the function again",
                repr(written),
                "Register a plain function.",
            )
