"""Scopes inside steps that are recorded and compiled: no value of an earlier step stays in the graph."""

from __future__ import annotations

from typing import Any

import corne
import numpy as np
import pytest
from corne import layers, ops
from corne.variable import StatelessScope, Variable


class Scoped(layers.Layer):
    """Multiply by a counter that is read in a scope of the layer's own."""

    def build(self, input_shape: Any) -> None:
        self.count: Any = self.add_weight(shape=(), initializer="zeros", trainable=False, name="count")
        self.sum = Variable(np.zeros((), "float32"))

    def call(self, x: Any) -> Any:
        self.count.assign_add(1.0)
        with StatelessScope([(self.sum, ops.zeros(()))]):
            self.sum.assign_add(self.count.value)
            return ops.multiply(x, self.sum.value)


@pytest.mark.parametrize("jit_compile", [True, False])
def test_a_scope_in_a_step_reads_this_steps_values(interpreted: list[Any], jit_compile: bool) -> None:
    model = corne.Sequential([Scoped()])
    model.compile(jit_compile=jit_compile)
    x = np.ones((2, 3), "float32")
    # The n-th call multiplies by n. The first two run eagerly, or are recorded.
    for n in range(1, 6):
        assert np.asarray(model.predict_on_batch(x)).tolist() == (x * n).tolist()
    if jit_compile:
        assert interpreted
