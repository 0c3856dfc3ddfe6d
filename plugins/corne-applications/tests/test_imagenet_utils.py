"""Scaling of pixels, names of classes."""

import hashlib
import json

import numpy as np
import pytest
from corne import backend, ops
from corne.applications.imagenet_utils import decode_predictions, preprocess_input
from corne.errors import ArgumentError, ShapeError
from corne_applications.imagenet_utils import class_names


def test_names_are_those_of_keras():
    """Keras's file of names, made again, has the hash that Keras checks."""
    index = {str(number): list(names) for number, names in enumerate(class_names())}
    assert hashlib.md5(json.dumps(index).encode()).hexdigest() == "c2c37ea517e94d9795004a39431a14cb"


def test_decode_predictions():
    scores = np.zeros((2, 1000))
    scores[0, [985, 309]] = 0.7, 0.3
    scores[1, 0] = 1
    first, second = decode_predictions(scores, top=2)
    assert [(name, float(score)) for _, name, score in first] == [("daisy", 0.7), ("bee", 0.3)]
    assert second[0][:2] == ("n01440764", "tench")
    assert decode_predictions(ops.convert_to_tensor(scores), top=2)[0][0][1] == "daisy"


@pytest.mark.parametrize("arguments", [(np.zeros((2, 10)),), (np.zeros(1000),)])
def test_decode_predictions_of_other_shapes(arguments):
    with pytest.raises(ShapeError):
        decode_predictions(*arguments)


@pytest.mark.parametrize("top", [0, 1001, "5"])
def test_decode_predictions_of_other_numbers(top):
    with pytest.raises(ArgumentError):
        decode_predictions(np.zeros((1, 1000)), top=top)


#: One pixel of each channel's mean: what the formulas give for it, by arithmetic.
PIXEL = np.array([[[[123.675, 116.28, 103.53]]]], "float32")
EXPECTED = {
    "tf": PIXEL / 127.5 - 1,
    "torch": np.zeros((1, 1, 1, 3)),
    "caffe": np.array([[[[103.53 - 103.939, 116.28 - 116.779, 123.675 - 123.68]]]]),
}


@pytest.mark.parametrize("mode", EXPECTED)
def test_preprocess_input(mode):
    before = PIXEL.copy()
    np.testing.assert_allclose(preprocess_input(PIXEL, mode=mode), EXPECTED[mode], atol=1e-5)
    np.testing.assert_array_equal(PIXEL, before)  # Keras changes the array it is given
    first = preprocess_input(PIXEL.transpose(0, 3, 1, 2), "channels_first", mode)
    np.testing.assert_allclose(first.transpose(0, 2, 3, 1), EXPECTED[mode], atol=1e-5)
    tensor = preprocess_input(ops.convert_to_tensor(PIXEL), mode=mode)
    np.testing.assert_allclose(backend.active().to_numpy(tensor), EXPECTED[mode], atol=1e-5)
    whole = preprocess_input(PIXEL.astype("uint8")[0], mode=mode)
    assert whole.dtype == np.float32
    assert whole.shape == (1, 1, 3)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [({"mode": "mean"}, ArgumentError), ({"data_format": "last"}, ArgumentError), ({"x": np.zeros((2, 2))}, ShapeError),
     ({"x": np.zeros((2, 2, 4))}, ShapeError)],
)  # fmt: skip
def test_preprocess_input_of_other_things(arguments, error):
    with pytest.raises(error):
        preprocess_input(**{"x": PIXEL, **arguments})
