"""Default bodies run on the array API standard alone, and give what NumPy does."""

from __future__ import annotations

import numpy as np
import pytest
from _oracle import operation
from cases import ROWS, Row
from corne import backend, ops, tree
from corne_testkit.strict import StrictBackend

#: What the standard lacks, and that no composition of it replaces: an engine brings it.
ENGINE_ONLY = {"eig", "view"}


@pytest.mark.parametrize("row", [r for r in ROWS if r.name not in ENGINE_ONLY], ids=lambda r: r.name)
def test_default_body_runs_on_the_standard_alone(row: Row) -> None:
    wanted = next((d for d in row.dtypes if d in ("float32", "int32")), None)

    def run(name: str | StrictBackend) -> list[np.ndarray]:
        with backend.use(name), np.errstate(all="ignore"):
            made = row.make(np.random.default_rng(7))

            def convert(x: object, fixed: bool) -> object:
                if not isinstance(x, np.ndarray):
                    return x
                given = x if fixed or x.dtype == bool or wanted is None else x.astype(wanted)
                return backend.active().asarray(given)

            args = [
                tree.map_structure(lambda x, i=i: convert(x, i in row.fixed), a) for i, a in enumerate(made)
            ]
            result = operation(row.name)(*args, **row.kwargs)
            return [np.asarray(ops.convert_to_numpy(x)) for x in tree.flatten(result)]

    for one, two in zip(run(StrictBackend()), run("numpy"), strict=True):
        assert (one.shape, one.dtype) == (two.shape, two.dtype)
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-4)
