"""The fixture that compares a recurrent layer with Keras's: outputs, states, gradients, masks and configs."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
import pytest


def plain(value: Any) -> Any:
    """Return a config as JSON would give it back, without what Keras adds for quantization."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "quantization_config"}
    return [plain(item) for item in value] if isinstance(value, (list, tuple)) else value


@pytest.fixture
def keras():
    """Return Keras, on PyTorch."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    return pytest.importorskip("keras")


@pytest.fixture
def agree(keras):
    """Return a function that makes a layer with ``make(layers)`` in both libraries and compares them."""
    import torch
    from corne import backend, layers, ops, tree, utils
    from corne.variable import Variable

    torch.set_num_threads(1)

    def check(
        make,
        x,
        mask=None,
        states=None,
        training=False,
        config=True,
        shapes=True,
        names=False,
        calls=1,
        tolerance=1e-5,
    ):
        engine = backend.active()
        if names:  # automatic ones, which count on; both calls collect garbage, which takes its time
            utils.clear_session()
            keras.utils.clear_session()
        ours, theirs = make(layers), make(keras.layers)
        if config:
            assert plain(ours.get_config()) == plain(theirs.get_config())
            rebuilt = type(ours).from_config(ours.get_config())
            assert plain(rebuilt.get_config()) == plain(ours.get_config())
        extra = {} if mask is None else {"mask": mask}
        theirs_extra = {} if mask is None else {"mask": torch.tensor(mask)}
        if training:
            extra["training"] = theirs_extra["training"] = True

        theirs.build(x.shape)
        ours.build(x.shape)
        generator = np.random.default_rng(7)
        weights = [generator.normal(scale=0.5, size=w.shape).astype("float32") for w in theirs.weights]
        assert [tuple(w.shape) for w in ours.weights] == [tuple(w.shape) for w in theirs.weights]
        assert [w.path for w in ours.weights] == [w.path for w in theirs.weights]
        assert len(ours.trainable_weights) == len(theirs.trainable_weights)
        ours.set_weights(weights)
        theirs.set_weights(weights)

        arrays = [x] + (states or [])
        for _ in range(calls):
            tensors = [torch.tensor(a, requires_grad=True) for a in arrays]
            given = {"initial_state": tensors[1:]} if states else {}
            expected = keras.tree.flatten(theirs(tensors[0], **given, **theirs_extra))
            upstream = [generator.normal(size=tuple(e.shape)).astype("float32") for e in expected]

            variables = [Variable(a) for a in arrays]
            seen: list[Any] = []

            def loss(variables=variables, upstream=upstream, seen=seen):
                values = [v.value for v in variables]
                given = {"initial_state": values[1:]} if states else {}
                outputs = tree.flatten(ours(values[0], **given, **extra))
                seen.extend(engine.to_numpy(output) for output in outputs)
                assert len(outputs) == len(upstream)
                parts = [ops.sum(ops.multiply(o, u)) for o, u in zip(outputs, upstream, strict=True)]
                return sum(parts[1:], parts[0]), None

            if "gradients" in engine.capabilities:
                _, found = engine.value_and_grad(loss, variables + ours.trainable_variables)
                for w in theirs.trainable_variables:
                    w.value.grad = None
                sum((e * torch.tensor(u)).sum() for e, u in zip(expected, upstream, strict=True)).backward()
                sources = tensors + [v.value for v in theirs.trainable_variables]
                for mine, other in zip(found, sources, strict=True):
                    wanted = np.zeros(other.shape) if other.grad is None else other.grad.numpy()
                    got = np.zeros(other.shape) if mine is None else engine.to_numpy(mine)
                    np.testing.assert_allclose(got, wanted, atol=tolerance * 10, rtol=tolerance * 10)
            else:
                loss()
            for mine, other in zip(seen, expected, strict=True):
                np.testing.assert_allclose(mine, other.detach().numpy(), atol=tolerance, rtol=tolerance)

        if not shapes:
            return ours, theirs
        shape = (None, *x.shape[1:])
        mine, other = ours.compute_output_shape(shape), theirs.compute_output_shape(shape)
        assert plain(mine) == plain(other)
        return ours, theirs

    return check
