"""Fixtures for the tests of all plugins: comparing a layer with Keras's of the same name."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

#: Keys of Keras's configs that Corne's layers leave out, because they lack the feature.
LEFT_OUT = {"quantization_config"}


def plain(value: Any) -> Any:
    """Return a config as JSON would give it back, so that tuples equal lists.

    Numbers are rounded to what float32 holds, as which Keras keeps some of them.
    """
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key not in LEFT_OUT}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture
def same_as_keras() -> Callable[..., None]:
    """Return a function that checks a layer against Keras's: shapes, values, gradients and config."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    import torch
    from corne import backend, layers, tree
    from corne.variable import Variable

    torch.set_num_threads(1)

    def check(
        name: str,
        arguments: dict[str, Any],
        inputs: Any,
        training: bool = False,
        mask: Any = None,
        config: bool = True,
        gradients: bool = True,
        tolerance: float = 1e-5,
    ) -> None:
        ours = getattr(layers, name)(**arguments, name="it")
        theirs = getattr(keras.layers, name)(**arguments, name="it")
        if config:
            assert plain(ours.get_config()) == plain(theirs.get_config())
        extra = {} if mask is None else {"mask": mask}
        if training:
            extra["training"] = True

        engine = backend.active()
        leaves = [np.asarray(x) for x in tree.flatten(inputs)]
        theirs(tree.map_structure(lambda x: torch.tensor(x), inputs), **extra)
        ours(inputs, **extra)
        generator = np.random.default_rng(7)
        weights = [generator.uniform(0.2, 1.0, w.shape).astype("float32") for w in theirs.weights]
        assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
        assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
        assert len(ours.trainable_weights) == len(theirs.trainable_weights)
        ours.set_weights(weights)
        theirs.set_weights(weights)

        tensors = [torch.tensor(x, requires_grad=x.dtype.kind == "f") for x in leaves]
        expected = theirs(tree.pack_sequence_as(inputs, tensors), **extra)
        shape = tuple(expected.shape)
        upstream = generator.normal(size=shape).astype("float32")

        variables = [Variable(x, name="input", trainable=x.dtype.kind == "f") for x in leaves]
        seen: list[Any] = []

        def loss() -> tuple[Any, Any]:
            from corne import ops

            output = ours(tree.pack_sequence_as(inputs, [v.value for v in variables]), **extra)
            seen.append(engine.to_numpy(output))
            return ops.sum(ops.multiply(output, upstream)), None

        wanted = [v for v in variables if v.trainable] + ours.trainable_variables
        if gradients and "gradients" in engine.capabilities and expected.requires_grad:
            _, given = engine.value_and_grad(loss, wanted)
            (expected * torch.tensor(upstream)).sum().backward()
            sources = [t for t in tensors if t.requires_grad] + [v.value for v in theirs.trainable_variables]
            for gradient, source in zip(given, sources, strict=True):
                expect = np.zeros(source.shape) if source.grad is None else source.grad.numpy()
                got = np.zeros(source.shape) if gradient is None else engine.to_numpy(gradient)
                np.testing.assert_allclose(got, expect, atol=tolerance * 10, rtol=tolerance * 10)
        else:
            loss()
        assert seen[0].shape == shape
        np.testing.assert_allclose(seen[0], expected.detach().numpy(), atol=tolerance, rtol=tolerance)
        for mine, other in zip(ours.weights, theirs.weights, strict=True):  # moving averages too
            np.testing.assert_allclose(mine.numpy(), other.value.detach().numpy(), atol=1e-6, rtol=1e-6)

        shapes = tree.map_structure(lambda x: (None, *np.asarray(x).shape[1:]), inputs)
        assert tuple(ours.compute_output_shape(shapes)) == (None, *shape[1:])
        rebuilt = type(ours).from_config(ours.get_config())
        assert plain(rebuilt.get_config()) == plain(ours.get_config())

    return check
