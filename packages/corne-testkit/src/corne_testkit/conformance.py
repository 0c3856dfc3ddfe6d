"""What the conformance classes share: cases as parameters, opting out, messages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from inspect import signature
from typing import Any, ClassVar, NoReturn

import numpy as np
import pytest
from corne import backend as backends
from corne import tree

#: Arguments of constructors that a configuration need not repeat.
NOT_CONFIGURATION = frozenset({
    "input_shape", "input_dim", "batch_input_shape", "batch_shape", "batch_size", "use_cudnn",
    "weights",
})  # fmt: skip


class Conformance:
    """Base of the conformance classes: each test that takes ``case`` runs once for each of ``cases``."""

    #: What to test; a subclass lists its own.
    cases: ClassVar[Sequence[Any]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run the tests that take ``case`` for every case, and those it opts out of not at all."""
        if not self.cases:
            raise pytest.UsageError(f"{type(self).__name__}.cases is empty: list at least one case.")
        test = metafunc.function.__name__
        if "case" in metafunc.fixturenames:
            parameters = []
            for case in self.cases:
                unknown = sorted(name for name in case.skip if not hasattr(self, _full(name)))
                if unknown:
                    raise pytest.UsageError(
                        f"{case}: skip names {unknown}, which are no tests of this class."
                    )
                reason = {_full(name): why for name, why in case.skip.items()}.get(test)
                marks = [] if reason is None else [pytest.mark.skip(reason=reason)]
                parameters.append(pytest.param(case, id=str(case), marks=marks))
            metafunc.parametrize("case", parameters)
        if "other_backend" in metafunc.fixturenames:
            from corne_testkit.plugin import backend_names

            names = [name for name in backend_names(metafunc.config) if name != "numpy"]
            if backends.available().get("numpy", "not installed") is not None:  # nothing to compare with
                names = []
            metafunc.parametrize("other_backend", names)


def check_skip(case: Any, skip: Mapping[str, str]) -> None:
    """Raise ValueError if a test is opted out of without a reason."""
    for name, reason in skip.items():
        if not (isinstance(reason, str) and reason.strip()):
            raise ValueError(f"{case}: leaving out {name!r} needs a reason, as skip={{{name!r}: 'why'}}.")


def fail(case: Any, promise: str, found: str, fix: str) -> NoReturn:
    """expected End the test: what, what was found, what to do."""
    pytest.fail(f"{case}: {promise}; {found}. {fix}", pytrace=False)


def forgotten(made: Any, given: Iterable[str], config: Mapping[str, Any]) -> list[str]:
    """Return the arguments that a configuration lacks: those given, and those that the object holds.

    An argument at its default may be left out where that means that something is off: None or False.

    Args:
        made: The object whose constructor counts.
        given: Arguments that a case passes; they may be caught by ``**kwargs``.
        config: What ``get_config`` returned.
    """
    held = {
        name
        for name, parameter in signature(type(made)).parameters.items()
        if parameter.default not in (parameter.empty, None, False)
        and getattr(made, name, None) is parameter.default
    }
    return sorted((held - {"dtype"} | set(given)) - set(config) - NOT_CONFIGURATION)


def require_gradients(backend: Any) -> None:
    """Skip the test on an engine without gradients."""
    if "gradients" not in backend.capabilities:
        pytest.skip(f"the backend {backend.name} has no gradients")


def through_json(case: Any, config: Any) -> Any:
    """Return ``config`` as JSON gives it back."""
    try:
        return json.loads(json.dumps(config))
    except (TypeError, ValueError) as error:
        fail(
            case, "expected a configuration that JSON can hold", str(error),
            "Return numbers, strings, lists and dicts from get_config(); serialize objects.",
        )  # fmt: skip


def largest_difference(one: Any, two: Any, *, tolerance: float) -> str | None:
    """Say how two structures of arrays differ by more than the tolerance; None if they don't."""
    ones, twos = ([np.asarray(x) for x in tree.flatten(item)] for item in (one, two))
    if len(ones) != len(twos):
        return f"{len(ones)} arrays against {len(twos)}"
    for index, (a, b) in enumerate(zip(ones, twos, strict=True)):
        if a.shape != b.shape:
            return f"shapes {a.shape} and {b.shape} of output {index}"
        a, b = (x if x.dtype.kind == "c" else x.astype("float64") for x in (a, b))
        if not np.allclose(a, b, atol=tolerance, rtol=tolerance, equal_nan=True):
            with np.errstate(invalid="ignore"):
                gap = np.nanmax(np.abs(a - b))
            return f"values of output {index} that differ by up to {gap:.3g}"
    return None


def shown(value: Any) -> str:
    """Format an argument for the name of a test, briefly."""
    if isinstance(value, (str, int, float, bool, tuple, list, type(None))):
        return repr(value)
    return getattr(value, "__name__", type(value).__name__)


def _full(name: str) -> str:
    return name if name.startswith("test_") else f"test_{name}"
