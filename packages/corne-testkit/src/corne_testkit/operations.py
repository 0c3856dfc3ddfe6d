"""OperationConformance: the tests of every operation."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from corne import backend as backends
from corne import ops, tree
from corne.backend.kernels import without_kernels
from corne.plugins import registry
from corne.variable import Variable

from corne_testkit.conformance import Conformance, fail, largest_difference, require_gradients, shown
from corne_testkit.differences import wrong_gradients
from corne_testkit.packages import PackageConformance
from corne_testkit.things import Thing


@dataclass(frozen=True, eq=False)
class OperationCase(Thing):
    """One call of an operation.

    Args:
        inputs: The positional arguments; NumPy arrays stand for the arrays.
        expected: Function of the same arguments that returns the values, computed with NumPy. Default None:
            values are compared among backends and kernels only.
        differentiable: Whether results have gradients with respect to the floating inputs. Default True.
    """

    kind: ClassVar[str] = "ops"

    inputs: Sequence[Any] = ()
    expected: Callable[..., Any] | None = None
    differentiable: bool = True

    def __str__(self) -> str:
        name = self.thing if isinstance(self.thing, str) else self.thing.__name__
        given = [f"{x.dtype}{list(x.shape)}" if isinstance(x, np.ndarray) else shown(x) for x in self.inputs]
        return (
            f"{name}({', '.join([*given, *(f'{k}={shown(v)}' for k, v in self.given_arguments().items())])})"
        )

    def run(self, function: Callable[..., Any], ready: Callable[[Any], Any]) -> Any:
        """Call ``function`` with the inputs, each NumPy array replaced by what ``ready`` makes of it."""
        args, kwargs = tree.map_structure(
            lambda leaf: ready(leaf) if isinstance(leaf, np.ndarray) else leaf,
            (list(self.inputs), self.given_arguments()),
        )
        return function(*args, **kwargs)


class OperationConformance(PackageConformance, Conformance):
    """Tests of operations: subclass it in a test module and list ``cases``."""

    cases: ClassVar[Sequence[OperationCase]] = ()

    def test_values(self, case: OperationCase, backend: Any) -> None:
        """The results are the expected ones."""
        if case.expected is None:
            pytest.skip("the case has no expected values")
        gap = largest_difference(
            _numpy(backend, case.run(case.target, backend.asarray)),
            case.run(case.expected, lambda array: array),
            tolerance=case.tolerance,
        )
        if gap:
            fail(case, "expected the values of the case", gap, "Fix the operation, or its kernel.")

    def test_kernels(self, case: OperationCase, backend: Any) -> None:
        """Kernels give the values, shapes and dtypes of the default body."""
        given = case.run(case.target, backend.asarray)
        with without_kernels():
            expected = case.run(case.target, backend.asarray)
        dtypes = [[backend.dtype_name(x) for x in tree.flatten(results)] for results in (given, expected)]
        if dtypes[0] != dtypes[1]:
            fail(
                case,
                f"kernels should have the dtypes {dtypes[1]} of the default body",
                f"{dtypes[0]}",
                "Cast.",
            )
        gap = largest_difference(_numpy(backend, given), _numpy(backend, expected), tolerance=case.tolerance)
        if gap:
            fail(case, "kernels should give the values of the default body", gap,
                 "Fix the kernel, or return NotImplemented for these arguments.")  # fmt: skip

    def test_body_is_portable(self, case: OperationCase) -> None:
        """The default body needs nothing but the array-API standard."""
        if importlib.util.find_spec("array_api_strict") is None:
            pytest.skip("array-api-strict is not installed")
        if backends.available().get("numpy", "not installed") is not None:
            pytest.skip("corne-numpy is not installed")
        leaves = tree.flatten((list(case.inputs), case.given_arguments()))
        if any(isinstance(x, np.ndarray) and x.dtype.name in ("float16", "bfloat16") for x in leaves):
            pytest.skip("the standard has no half precision")
        from corne_testkit.strict import StrictBackend

        results = []
        for engine in (StrictBackend(), backends.load("numpy")):
            with backends.use(engine):
                results.append(_numpy(engine, case.run(case.target, engine.asarray)))
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                "array-api-strict and numpy should give the same values",
                gap,
                "Compute with corne.operation.xp().",
            )

    def test_backends_agree(self, case: OperationCase, other_backend: str) -> None:
        """Every backend computes what numpy computes."""
        results = []
        for name in ("numpy", other_backend):
            with backends.use(name) as engine:
                results.append(_numpy(engine, case.run(case.target, engine.asarray)))
        gap = largest_difference(*results, tolerance=case.tolerance)
        if gap:
            fail(
                case,
                f"{other_backend} and numpy should give the same values",
                gap,
                "Compute with corne.operation.xp().",
            )

    def test_gradients(self, case: OperationCase, backend: Any) -> None:
        """Gradients of the operation and of its default body equal central differences in float64."""
        require_gradients(backend)
        if not case.differentiable:
            pytest.skip("the case has differentiable=False")
        self._check_gradients(case, backend, "the operation")
        with without_kernels():
            self._check_gradients(case, backend, "the default body")

    def _check_gradients(self, case: OperationCase, backend: Any, what: str) -> None:
        variables: list[Variable] = []
        for leaf in tree.flatten((list(case.inputs), case.given_arguments())):
            if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
                variables.append(Variable(leaf.astype("float64"), name=f"input_{len(variables)}"))
        upstream: list[Any] = []

        def scalar() -> Any:
            left = iter(variables)
            results = case.run(
                case.target, lambda x: next(left).value if x.dtype.kind == "f" else backend.asarray(x)
            )
            floats = [y for y in tree.flatten(results) if "float" in backend.dtype_name(y)]
            if not upstream:
                generator = case.generator(1)
                upstream.extend(backend.asarray(generator.normal(size=tuple(y.shape))) for y in floats)
            total: Any = 0.0
            for y, weights in zip(floats, upstream, strict=True):
                total = total + ops.sum(ops.multiply(y, weights))
            return total

        wrong = wrong_gradients(scalar, variables, case.generator(2))
        if wrong:
            fail(
                case, f"{what} should give gradients that agree with differences", "; ".join(wrong),
                "Compute with differentiable functions, or fix custom_gradient.",
            )  # fmt: skip

    @pytest.mark.parametrize("unknown", [False, True], ids=["known", "unknown"])
    def test_symbolic(self, case: OperationCase, backend: Any, unknown: bool) -> None:
        """A symbolic call says shapes and dtypes, with None for what depends on an unknown first size."""
        from corne.model import Input

        def symbolic(array: Any) -> Any:
            first = [None] if unknown and array.ndim > 1 else list(array.shape[:1])
            return Input(batch_shape=(*first, *array.shape[1:]), dtype=array.dtype.name)

        real = [
            (tuple(y.shape), backend.dtype_name(y))
            for y in tree.flatten(case.run(case.target, backend.asarray))
        ]
        told = [(y.shape, y.dtype) for y in tree.flatten(case.run(case.target, symbolic))]
        agree = len(real) == len(told) and all(
            one[1] == two[1] and len(one[0]) == len(two[0]) and
            all(b == a or (unknown and b is None) for a, b in zip(one[0], two[0], strict=True))
            for one, two in zip(real, told, strict=True)
        )  # fmt: skip
        if not agree:
            fail(
                case,
                f"a symbolic call should give {real}",
                f"{told}",
                "Compute with corne.operation.xp() only.",
            )

    def test_saving_in_a_model(self, case: OperationCase, backend: Any, tmp_path: Path) -> None:
        """A functional model that uses the operation computes the same after saving and loading."""
        from corne import saving
        from corne.model import Input, Model

        if registry.entry_of(case.target, "ops") is None:
            pytest.skip("no plugin registers the operation")
        arrays: list[Any] = []
        symbols: list[Any] = []

        def symbolic(array: Any) -> Any:
            arrays.append(backend.asarray(array))
            symbols.append(Input(batch_shape=array.shape, dtype=array.dtype.name))
            return symbols[-1]

        outputs = case.run(case.target, symbolic)
        model = Model(symbols, outputs)
        path = tmp_path / "model.keras"
        saving.save_model(model, path)
        again = saving.load_model(path)
        gap = largest_difference(
            _numpy(backend, again(arrays)), _numpy(backend, case.run(case.target, backend.asarray)),
            tolerance=case.tolerance,
        )  # fmt: skip
        if gap:
            fail(case, "a loaded model should have the same values", gap, "Take settings as plain arguments.")


def _numpy(engine: Any, results: Any) -> list[Any]:
    return [engine.to_numpy(y) if engine.is_array(y) else y for y in tree.flatten(results)]
