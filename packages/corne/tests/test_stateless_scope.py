"""Scopes in scopes: the inner one reads through, and keeps what is assigned to itself."""

from __future__ import annotations

import numpy as np
from corne import ops, random
from corne.random import SeedGenerator
from corne.variable import StatelessScope, Variable


def values(*variables):
    return [v.numpy().tolist() for v in variables]


def test_an_inner_scope_reads_the_outer_one(backend):
    a, b, c = (Variable(np.array([n], "float32")) for n in (1, 2, 3))
    with StatelessScope([(a, backend.asarray([10.0], "float32")), (b, backend.asarray([20.0], "float32"))]):
        with StatelessScope([(b, backend.asarray([200.0], "float32"))]) as inner:
            assert values(a, b, c) == [[10], [200], [3]]
            assert inner.get(c) is None
            a.assign_add([1.0])
            assert values(a) == [[11]]
        assert values(a, b, c) == [[10], [20], [3]]
        assert inner.get(c) is None
    assert values(a, b, c) == [[1], [2], [3]]


def test_an_outer_scopes_array_is_not_written_in_place(backend):
    a = Variable(np.zeros(2, "float32"))
    outside = backend.asarray([5.0, 5.0], "float32")
    with StatelessScope([(a, outside)]):
        with StatelessScope(in_place=True):
            a.assign([6.0, 6.0])
            assert values(a) == [[6, 6]]
        assert values(a) == [[5, 5]]
    assert backend.to_numpy(outside).tolist() == [5, 5]


def test_a_seed_is_drawn_on_from_the_outer_scope(backend):
    generator = SeedGenerator(1)
    held = backend.asarray(np.array([9, 4], "uint32"), "uint32")
    with StatelessScope([(generator.state, held)]), StatelessScope() as inner:
        random.uniform((2,), seed=generator)
        assert backend.to_numpy(inner.get(generator.state)).tolist() == [9, 5]
    assert generator.state.key == (1, 0)


def test_stateless_calls_in_a_scope_are_functions_of_it(backend):
    """A metric's stateless update is given all its variables; the weight beside it comes from the outer scope."""
    weight = Variable(np.array(2.0, "float32"))
    inner_sum = Variable(np.array(0.0, "float32"))

    def step():
        with StatelessScope([(inner_sum, backend.asarray(0.0, "float32"))]) as scope:
            inner_sum.assign_add(ops.multiply(weight.value, 3.0))
            return scope.get(inner_sum)

    with StatelessScope([(weight, backend.asarray(5.0, "float32"))]):
        assert float(step()) == 15  # 5 * 3, not the 2 * 3 of storage
