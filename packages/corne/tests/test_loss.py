"""The base of losses: reductions, weights, masks, functions as losses. No plugin's loss is needed."""

from __future__ import annotations

import numpy as np
import pytest
from corne import losses, ops
from corne.errors import ArgumentError, ShapeError
from corne.loss import Loss, LossFunctionWrapper, reduce_weighted_values, squeeze_or_expand_to_same_rank
from corne.masking import set_mask
from corne.serialization import register_serializable

pytestmark = pytest.mark.usefixtures("backend")
VALUES = np.array([1.0, 4.0, 5.0, 2.0], "float32")
WEIGHTS = np.array([1.0, 0.5, 0.0, 2.0], "float32")  # weighted: 1, 2, 0, 4


def number(x):
    return float(ops.convert_to_numpy(x))


@register_serializable(package="test_loss")
def gap(y_true, y_pred, scale=1.0):
    return ops.multiply(ops.mean(ops.absolute(ops.subtract(y_true, y_pred)), axis=-1), scale)


class Gap(Loss):
    def call(self, y_true, y_pred):
        return gap(y_true, y_pred)


@pytest.mark.parametrize(
    ("reduction", "plain", "weighted", "masked"),
    [
        # masked: the last two don't count
        ("sum", 12.0, 7.0, 5.0),
        ("sum_over_batch_size", 3.0, 7 / 4, 5 / 2),
        ("mean", 3.0, 7 / 4, 5 / 2),
        ("mean_with_sample_weight", 3.0, 2.0, 5 / 2),
    ],
)
def test_reductions(reduction, plain, weighted, masked):
    mask = np.array([True, True, False, False])
    assert number(reduce_weighted_values(VALUES, reduction=reduction)) == pytest.approx(plain)
    assert number(reduce_weighted_values(VALUES, WEIGHTS, reduction=reduction)) == pytest.approx(weighted)
    assert number(reduce_weighted_values(VALUES, mask=mask, reduction=reduction)) == pytest.approx(masked)


@pytest.mark.parametrize("reduction", ["none", None])
def test_no_reduction(reduction):
    result = reduce_weighted_values(VALUES, WEIGHTS, reduction=reduction)
    np.testing.assert_allclose(ops.convert_to_numpy(result), [1.0, 2.0, 0.0, 4.0])


def test_no_values_sum_to_zero():
    assert number(reduce_weighted_values(np.zeros((0, 3), "float32"))) == 0.0


def test_weights_and_masks_multiply():
    # weighted 1, 2, 0, 4 of which the first and last count: 5 over two values
    mask = np.array([True, False, False, True])
    assert number(reduce_weighted_values(VALUES, WEIGHTS, mask)) == pytest.approx(2.5)


@pytest.mark.parametrize(
    ("one", "two", "shapes"),
    [
        ((4, 1), (4,), ((4, 1), (4, 1))),
        ((4,), (4, 1), ((4, 1), (4, 1))),
        ((4, 3, 1), (4, 3), ((4, 3), (4, 3))),
        ((4, 3), (4, 3, 1), ((4, 3), (4, 3))),
        ((4, 3), (4,), ((4, 3), (4,))),
        ((4, 3), (4, 3), ((4, 3), (4, 3))),
    ],
)
def test_ranks_that_differ_by_one(one, two, shapes):
    results = squeeze_or_expand_to_same_rank(*(ops.zeros(shape) for shape in (one, two)))
    assert tuple(tuple(x.shape) for x in results) == shapes


def test_subclass_has_name_config_and_dtype():
    loss = Gap(reduction="sum", dtype="float16")
    assert loss.name.startswith("gap")
    assert loss.get_config() == {"name": loss.name, "reduction": "sum"}
    assert Gap.from_config(loss.get_config()).reduction == "sum"
    assert ops.dtype(loss([[0.0]], [[1.0]])) == "float16"


def test_a_mask_on_the_predictions_is_respected():
    guess = ops.convert_to_tensor(np.array([[[1.0], [5.0]], [[2.0], [3.0]]], "float32"))
    set_mask(guess, ops.convert_to_tensor(np.array([[True, False], [True, True]])))
    assert number(Gap()(np.zeros((2, 2, 1)), guess)) == pytest.approx((1 + 2 + 3) / 3)


def test_function_as_loss_is_saved_by_its_name():
    loss = LossFunctionWrapper(gap, scale=3.0, name="mine")
    assert number(loss([[0.0, 1.0]], [[1.0, 1.0]])) == pytest.approx(1.5)
    again = losses.deserialize(losses.serialize(loss))
    assert again.fn is gap
    assert again.get_config() == loss.get_config()


def test_function_sees_equal_ranks():
    assert number(LossFunctionWrapper(gap)([0.0, 0.0], [[1.0], [3.0]])) == pytest.approx(2.0)


def test_bad_input():
    with pytest.raises(ArgumentError, match=r"Gap\(reduction=…\).*'summ'.*Did you mean 'sum'"):
        Gap(reduction="summ")
    with pytest.raises(ShapeError, match=r"gap.*\(sample_weight=…\).*\(2,\).*\(3,\)"):
        Gap()(np.zeros((2, 4)), np.zeros((2, 4)), sample_weight=np.ones(3))
    with pytest.raises(NotImplementedError, match="call"):
        Loss()([0.0], [0.0])


def test_own_losses_are_not_stretched_over_columns():
    class Squares(Loss):
        def call(self, y_true, y_pred):
            return ops.square(ops.subtract(y_true, y_pred))

    truth, guess = np.array([1.0, 2.0, 3.0]), np.array([[1.0], [2.0], [5.0]])
    assert number(Squares()(truth, guess)) == pytest.approx(4 / 3)  # (0 + 0 + 4) / 3, no 3 by 3 differences
    assert number(Squares()(guess, truth)) == pytest.approx(4 / 3)


def test_losses_of_packed_targets_see_them_as_they_are():
    class Packed(Loss):  # the value and its weight in two columns
        def call(self, y_true, y_pred):
            return ops.multiply(y_true[:, 1:], ops.absolute(y_true[:, :1] - y_pred))

    assert number(Packed()([[1.0, 2.0], [3.0, 0.0]], [[2.0], [0.0]])) == pytest.approx(1.0)  # (2 * 1 + 0) / 2
