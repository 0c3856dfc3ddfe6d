"""Losses on every backend: values from arithmetic, and what bad input says."""

from __future__ import annotations

import math

import corne.losses
import numpy as np
import pytest
from corne import ops
from corne.errors import ArgumentError, DataError, ShapeError
from corne.loss import Loss, LossFunctionWrapper
from corne.masking import set_mask


def number(x):
    return float(np.asarray(ops.convert_to_numpy(x)))


@pytest.mark.usefixtures("backend")
class TestValues:
    def test_mean_squared_error(self):
        # ((0-1)^2 + (1-3)^2) / 2 = 2.5 and 0; their mean 1.25
        loss = corne.losses.MeanSquaredError()
        assert number(loss([[0.0, 1.0], [2.0, 2.0]], [[1.0, 3.0], [2.0, 2.0]])) == pytest.approx(1.25)

    def test_crossentropies_of_an_even_guess_are_log_of_the_number_of_classes(self):
        guess = np.full((2, 4), 0.25, "float32")
        sparse = corne.losses.SparseCategoricalCrossentropy()([0, 3], guess)
        dense = corne.losses.CategoricalCrossentropy()(np.eye(4, dtype="float32")[[0, 3]], guess)
        binary = corne.losses.BinaryCrossentropy()([[1.0], [0.0]], [[0.5], [0.5]])
        assert number(sparse) == pytest.approx(math.log(4), rel=1e-6)
        assert number(dense) == pytest.approx(math.log(4), rel=1e-6)
        assert number(binary) == pytest.approx(math.log(2), rel=1e-6)

    def test_logits_and_their_probabilities_give_the_same(self):
        logits = np.array([[1.0, -2.0, 0.5]], "float32")
        probabilities = np.exp(logits) / np.exp(logits).sum()
        from_logits = corne.losses.SparseCategoricalCrossentropy(from_logits=True)([2], logits)
        assert number(from_logits) == pytest.approx(
            number(corne.losses.SparseCategoricalCrossentropy()([2], probabilities)), rel=1e-5
        )

    def test_reductions(self):
        # losses 1, 4 with weights 2, 1: weighted 2, 4
        values = {"sum": 6.0, "sum_over_batch_size": 3.0, "mean": 3.0, "mean_with_sample_weight": 2.0}
        for reduction, value in values.items():
            loss = corne.losses.MeanSquaredError(reduction=reduction)
            result = loss([[0.0], [0.0]], [[1.0], [2.0]], sample_weight=[2.0, 1.0])
            assert number(result) == pytest.approx(value), reduction
        unreduced = corne.losses.MeanSquaredError(reduction="none")(
            [[0.0], [0.0]], [[1.0], [2.0]], [2.0, 1.0]
        )
        np.testing.assert_allclose(ops.convert_to_numpy(unreduced), [2.0, 4.0])

    def test_labels_of_large_class_numbers_survive_a_short_float(self):
        # float16 counts in steps of 2 above 2048: a cast would turn 2049 into 2048
        logits = np.zeros((1, 3000), "float32")
        logits[0, 2049] = 10.0
        loss = corne.losses.SparseCategoricalCrossentropy(from_logits=True, dtype="float16")
        assert number(loss([2049], logits)) < 1.0

    def test_functions_can_be_losses(self):
        def gap(y_true, y_pred, scale=1.0):
            return ops.multiply(ops.mean(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1), scale)

        loss = LossFunctionWrapper(gap, scale=3.0)
        assert number(loss([[0.0, 1.0]], [[1.0, 1.0]])) == pytest.approx(1.5)

    def test_subclass(self):
        class Largest(Loss):
            def call(self, y_true, y_pred):
                return ops.max(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1)

        loss = Largest(reduction="sum")
        assert loss.name == "largest" or loss.name.startswith("largest_")
        assert number(loss([[0.0, 0.0], [0.0, 0.0]], [[1.0, 3.0], [1.0, 2.0]])) == 5.0

    def test_nested_outputs(self):
        class Both(Loss):
            def call(self, y_true, y_pred):
                return ops.add(ops.square(y_true["a"] - y_pred["a"]), ops.absolute(y_true["b"] - y_pred["b"]))

        zero = np.zeros(2, "float32")
        assert number(Both()({"a": zero, "b": zero}, {"a": zero + 2, "b": zero + 3})) == 7.0


@pytest.mark.usefixtures("backend")
class TestBadInput:
    def test_unknown_reduction(self):
        with pytest.raises(ArgumentError, match=r"MeanSquaredError\(reduction=…\).*'avg'"):
            corne.losses.MeanSquaredError(reduction="avg")

    @pytest.mark.parametrize(
        ("name", "true", "pred", "fix"),
        [
            ("mean_squared_error", (4,), (4, 3), "last layer's units"),
            ("mean_squared_error", (4, 2), (4, 3), "last layer's units"),
            ("binary_crossentropy", (4, 2), (4, 3), "last layer's units"),
            ("categorical_crossentropy", (4, 1), (4, 3), "sparse_categorical_crossentropy"),
            ("categorical_crossentropy", (4,), (4, 3), "sparse_categorical_crossentropy"),
            ("sparse_categorical_crossentropy", (4, 3), (4, 3), "use categorical_crossentropy"),
        ],
    )
    def test_shapes_that_do_not_fit(self, name, true, pred, fix):
        with pytest.raises(ShapeError, match=f"{name}.*\\(4, 3\\).*y_true of shape .*{fix}"):
            getattr(corne.losses, name)(np.zeros(true, "int32"), np.full(pred, 0.5, "float32"))

    @pytest.mark.parametrize("label", [3, -1])
    def test_labels_out_of_range(self, label):
        with pytest.raises(DataError, match=f"from 0 to 2.*got {label}"):
            corne.losses.SparseCategoricalCrossentropy()([0, label], np.full((2, 3), 1 / 3, "float32"))

    def test_weights_that_do_not_fit(self):
        with pytest.raises(ShapeError, match=r"mean_squared_error\(sample_weight=…\).*\(4,\).*\(3,\)"):
            corne.losses.MeanSquaredError()(np.zeros((4, 2)), np.zeros((4, 2)), sample_weight=np.ones(3))

    @pytest.mark.parametrize("value", [-0.1, 1.5, "a", True])
    def test_label_smoothing_out_of_range(self, value):
        with pytest.raises(ArgumentError, match="label_smoothing"):
            corne.losses.CategoricalCrossentropy(label_smoothing=value)

    @pytest.mark.parametrize("axis", [2, -3, True, 0.5])
    def test_axis_that_does_not_exist(self, axis):
        with pytest.raises(ArgumentError, match="axis"):
            corne.losses.categorical_crossentropy(np.zeros((4, 3)), np.ones((4, 3)), axis=axis)

    def test_one_class_is_warned_of(self):
        with pytest.warns(SyntaxWarning, match="binary_crossentropy"):
            corne.losses.categorical_crossentropy(np.ones((4, 1)), np.ones((4, 1)))

    @pytest.mark.parametrize(
        ("name", "arguments"), [("Huber", {"delta": 0}), ("CategoricalGeneralizedCrossEntropy", {"q": 1})]
    )
    def test_numbers_out_of_range(self, name, arguments):
        with pytest.raises(ArgumentError, match=f"{name}"):
            getattr(corne.losses, name)(**arguments)


@pytest.mark.usefixtures("backend")
def test_one_weight_per_sample_fits_all_its_steps():
    # steps' losses 1, 1 and 4, 4; weights 1 and 0.5: (1 + 1 + 2 + 2) / 4, also where there are as many
    # steps as samples, so that the weights could be taken for the steps'
    loss = corne.losses.MeanSquaredError()
    guess = np.array([[[1.0], [1.0]], [[2.0], [2.0]]], "float32")
    assert number(loss(np.zeros((2, 2, 1)), guess, sample_weight=[1.0, 0.5])) == pytest.approx(1.5)
    masked = set_mask(
        ops.convert_to_tensor(guess), ops.convert_to_tensor(np.array([[True, False], [True, True]]))
    )
    # 1 + 2 + 2 over three steps
    assert number(loss(np.zeros((2, 2, 1)), masked, sample_weight=[1.0, 0.5])) == pytest.approx(5 / 3)
