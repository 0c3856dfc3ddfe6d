"""Layers that ask for values while a graph is made: the error names the layer and the line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from corne import layers, ops
from corne.errors import DTypeError, ShapeError


def branches(x: Any) -> Any:
    return x * 2 if ops.sum(x) > 0 else x


def uses_numpy(x: Any) -> Any:
    return ops.convert_to_tensor(np.sin(x))


def takes_a_number(x: Any) -> Any:
    return x * float(x[0, 0])


def takes_a_list(x: Any) -> Any:
    return x * sum(ops.sum(x, axis=0).tolist())


def selects(x: Any) -> Any:
    return x[torch.nonzero(x)[:, 0]]


class Wanting(layers.Layer):
    def __init__(self, function: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.function = function

    def call(self, x: Any) -> Any:
        return self.function(x)


class Outer(layers.Layer):
    def __init__(self, inner: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.inner = inner

    def call(self, x: Any) -> Any:
        return self.inner(x)


FUNCTIONS = [branches, uses_numpy, takes_a_number, takes_a_list, selects]


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_the_layer_and_the_line_are_named(function: Callable[[Any], Any]) -> None:
    with pytest.raises(DTypeError) as caught:
        Outer(Wanting(function, name="wanting"), name="outer")(layers.Input((3,)))
    assert caught.value.where == "wanting.call()"
    line = function.__code__.co_firstlineno + 1  # each of them has one line
    assert f"at test_torch_graph_errors.py:{line}: return " in caught.value.given
    assert "meta" not in str(caught.value)


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_a_layer_that_knows_its_shape_is_not_run(function: Callable[[Any], Any]) -> None:
    class Known(Wanting):
        def compute_output_shape(self, input_shape: Any) -> Any:
            return input_shape

    assert Known(function)(layers.Input((3,))).shape == (None, 3)


@pytest.mark.usefixtures("engine")
def test_other_errors_stay_what_they_are() -> None:
    def fails(x: Any) -> Any:
        raise ShapeError("here", "this", "that")

    def raises(x: Any) -> Any:
        raise KeyError("mine")

    with pytest.raises(ShapeError, match="here"):
        Wanting(fails)(layers.Input((3,)))
    with pytest.raises(KeyError, match="mine"):
        Wanting(raises)(layers.Input((3,)))
