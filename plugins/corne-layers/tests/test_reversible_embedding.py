"""ReversibleEmbedding: conformance, arithmetic, Keras."""

from __future__ import annotations

import numpy as np
import pytest
from corne import Model, masking, ops
from corne.errors import ArgumentError
from corne.layers import Input, ReversibleEmbedding
from corne_testkit import Case, LayerConformance

TOKENS = np.array([[1, 2, 0]])


class TestReversibleEmbedding(LayerConformance):
    cases = [
        Case(
            "ReversibleEmbedding",
            {"input_dim": 7, "output_dim": 3},
            input_shape=(4,),
            input_dtype="int32",
            input_data=lambda rng, shape: rng.integers(0, 7, shape),
        ),
        Case(
            "ReversibleEmbedding",
            {"input_dim": 7, "output_dim": 3, "tie_weights": False},
            input_shape=(4,),
            input_dtype="int32",
            input_data=lambda rng, shape: rng.integers(0, 7, shape),
            skip={"training_step": "the weights of the other direction have no part in this one"},
        ),
    ]


def test_both_directions_by_hand():
    layer = ReversibleEmbedding(3, 2, logit_soft_cap=2.0)
    layer.build()
    layer.set_weights([np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0]])])
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(TOKENS)), [[[0, 2], [3, 3], [1, 0]]])
    # [1, 1] against the rows: 1, 2 and 6; capped: 2 tanh(y / 2).
    scores = ops.convert_to_numpy(layer(np.array([[1.0, 1.0]], "float32"), reverse=True))
    np.testing.assert_allclose(scores, 2 * np.tanh(np.array([[1.0, 2.0, 6.0]]) / 2), atol=1e-6)


def test_a_functional_model_from_tokens_to_scores_saves_and_loads(tmp_path):
    from corne.models import load_model

    layer = ReversibleEmbedding(9, 4, tie_weights=False)
    tokens = Input((3,), dtype="int32")
    model = Model(tokens, layer(layer(tokens), reverse=True))
    assert model.output_shape == (None, 3, 9)
    assert len(model.weights) == 2
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras")
    np.testing.assert_array_equal(again.predict(TOKENS, verbose=0), model.predict(TOKENS, verbose=0))


def test_masks_come_from_tokens_alone():
    layer = ReversibleEmbedding(3, 2, mask_zero=True)
    vectors = layer(TOKENS)
    np.testing.assert_array_equal(ops.convert_to_numpy(masking.get_mask(vectors)), [[True, True, False]])


def test_wrong_use():
    with pytest.raises(ArgumentError):
        ReversibleEmbedding(3, 2, logit_soft_cap=-1.0)


@pytest.mark.oracle
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's own
@pytest.mark.parametrize(
    "arguments", [{}, {"tie_weights": False}, {"logit_soft_cap": 1.5}, {"reverse_dtype": "float16"}]
)
def test_keras(arguments):
    import os

    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    theirs, ours = keras.layers.ReversibleEmbedding(5, 3, **arguments), ReversibleEmbedding(5, 3, **arguments)
    theirs.build()
    ours.build()
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    ours.set_weights(theirs.get_weights())
    vectors = np.random.default_rng(0).normal(size=(2, 4, 3)).astype("float32")
    for inputs, reverse in ((TOKENS, False), (vectors, True)):
        expected = theirs(inputs, reverse=reverse).detach().cpu().numpy()
        found = ops.convert_to_numpy(ours(inputs, reverse=reverse))
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, atol=1e-6 if found.dtype == np.float32 else 1e-3)
