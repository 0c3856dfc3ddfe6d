"""InitializerConformance: the tests of every initializer class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from corne_testkit.conformance import fail, largest_difference
from corne_testkit.things import Thing, ThingConformance


@dataclass(frozen=True, eq=False)
class InitializerCase(Thing):
    """An initializer class, its arguments (with a seed, if it draws), and the shape to fill.

    Args:
        shape: Default ``(4, 5)``.
    """

    kind: ClassVar[str] = "initializers"

    shape: tuple[int, ...] = (4, 5)


class InitializerConformance(ThingConformance):
    """Tests of initializers: subclass it in a test module and list ``cases``."""

    cases: ClassVar[Sequence[InitializerCase]] = ()

    @pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16"])
    def test_shape_and_dtype(self, case: InitializerCase, backend: Any, dtype: str) -> None:
        """The array has the shape and dtype that were asked for, and is finite."""
        drawn = case.make()(case.shape, dtype=dtype)
        given = (tuple(drawn.shape), backend.dtype_name(drawn))
        if given != (case.shape, dtype):
            fail(
                case,
                f"expected shape {case.shape} and dtype {dtype}",
                f"{given}",
                "Pass both on to the draw.",
            )
        if not np.isfinite(backend.to_numpy(drawn).astype("float64")).all():
            fail(case, "expected finite numbers", "NaN or infinity", "Guard divisions by sizes.")

    def test_is_repeatable(self, case: InitializerCase, backend: Any) -> None:
        """Two initializers with the same arguments give the same array."""
        gap = largest_difference(*(backend.to_numpy(case.make()(case.shape)) for _ in range(2)), tolerance=0)
        if gap:
            fail(
                case,
                "equal seeds should give equal arrays",
                gap,
                "Draw with corne.random and seed=self.seed.",
            )

    def check_same(self, case: Any, one: Any, again: Any, backend: Any) -> None:
        """Fail unless both initializers give the same array."""
        gap = largest_difference(*(backend.to_numpy(each(case.shape)) for each in (one, again)), tolerance=0)
        if gap:
            fail(
                case,
                "an initializer made from a configuration should give the same array",
                gap,
                "Return the seed too.",
            )
