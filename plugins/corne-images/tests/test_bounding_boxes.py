"""Bounding boxes: every function against Keras's, and what wrong use says."""

from __future__ import annotations

import itertools
import os

import numpy as np
import pytest
from corne import backend
from corne.errors import ArgumentError, ShapeError
from corne.utils import bounding_boxes as ours
from corne_images.bounding_boxes.formats import FORMATS
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture
def theirs():
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    return keras.utils.bounding_boxes


@pytest.fixture(params=["numpy", "cpu"])
def engine(request):
    pytest.importorskip(f"corne_{request.param}")
    with backend.use(request.param) as chosen:
        yield chosen


def boxes(*shape, seed=0):
    """Return boxes (left, top, right, bottom) inside 40 x 30 pixels."""
    generator = np.random.default_rng(seed)
    low = generator.uniform(0, 20, (*shape, 2))
    return np.concatenate([low, low + generator.uniform(1, 15, (*shape, 2))], -1).astype("float32")


def close(mine, other, **tolerance):
    other = other.detach().cpu().numpy() if hasattr(other, "detach") else np.asarray(other)
    np.testing.assert_allclose(
        backend.active().to_numpy(mine), other, **{"rtol": 1e-5, "atol": 1e-5} | tolerance
    )


@pytest.mark.oracle
@pytest.mark.parametrize("source, target", list(itertools.product(FORMATS, FORMATS)))
def test_formats_are_keras_formats(engine, theirs, source, target):
    x = boxes(2, 5) / (40 if source.startswith("rel_") else 1)
    close(ours.convert_format(x, source, target, 30, 40), theirs.convert_format(x, source, target, 30, 40))


@given(st.sampled_from(FORMATS), st.integers(2, 500), st.integers(2, 500))
def test_a_way_and_back_gives_the_boxes(target, height, width):
    with backend.use("numpy"):
        x = boxes(3)
        there = ours.convert_format(x, "xyxy", target, height, width)
        np.testing.assert_allclose(ours.convert_format(there, target, "xyxy", height, width), x, atol=1e-3)


def test_a_dictionary_keeps_its_other_entries(engine):
    given = {"boxes": boxes(2, 3), "labels": np.ones((2, 3)), "scores": 5}
    result = ours.convert_format(given, "xyxy", "yxyx")
    assert result["scores"] == 5
    assert given["boxes"] is not result["boxes"]


@pytest.mark.oracle
@pytest.mark.parametrize("form, size", [("xyxy", (10, 12)), ("rel_xyxy", (None, None))])
def test_clip(engine, theirs, form, size):
    x = {"boxes": boxes(2, 5) / (10 if form == "rel_xyxy" else 1), "labels": np.arange(10).reshape(2, 5)}
    x["boxes"][0, 0] = [100, 100, 120, 120]  # outside: label -1
    mine, other = ours.clip_to_image_size(x, *size, form), theirs.clip_to_image_size(dict(x), *size, form)
    close(mine["boxes"], other["boxes"])
    close(mine["labels"], other["labels"])
    assert int(mine["labels"][0, 0]) == -1


@pytest.mark.oracle
def test_affine_transform(engine, theirs):
    x, n = boxes(3, 4), np.random.default_rng(1)
    drawn = [
        n.uniform(-20, 20, 3),
        *n.uniform(-0.2, 0.2, (2, 3)),
        n.uniform(0.8, 1.2, 3),
        *n.uniform(-9, 9, (2, 3)),
    ]
    drawn = [d.astype("float32") for d in drawn]
    import torch

    other = theirs.affine_transform(torch.tensor(x), *map(torch.tensor, drawn), 30, 40)
    close(ours.affine_transform(x, *drawn, 30, 40), other, atol=1e-4)


@pytest.mark.oracle
def test_crop_and_pad(engine, theirs):
    x = boxes(2, 5)
    close(ours.crop(x, 5, 6, 12, 10), theirs.crop(x, 5, 6, 12, 10))
    close(ours.pad(x, 5, 6), theirs.pad(x, 5, 6))


@pytest.mark.oracle
@pytest.mark.parametrize("one, two", [((4,), (6,)), ((2, 4), (2, 6))])
@pytest.mark.parametrize("form", ["xyxy", "center_yxhw", "rel_xywh"])
def test_iou(engine, theirs, one, two, form):
    x, y = boxes(*one), boxes(*two, seed=1)
    shape = (30, 40, 3)
    close(ours.compute_iou(x, y, form, image_shape=shape), theirs.compute_iou(x, y, form, image_shape=shape))


@pytest.mark.oracle
def test_masked_iou(engine, theirs):
    x, y = boxes(4), boxes(4, seed=1)
    x[1] = y[2] = -1
    close(
        ours.compute_iou(x, y, "xyxy", use_masking=True, mask_val=-3),
        theirs.compute_iou(x, y, "xyxy", use_masking=True, mask_val=-3),
    )


@pytest.mark.oracle
@pytest.mark.parametrize("form", ["xyxy", "xywh", "center_yxhw"])
def test_ciou(engine, theirs, form):
    x, y = boxes(5), boxes(5, seed=1)
    close(ours.compute_ciou(x, y, form), theirs.compute_ciou(x, y, form))


def test_iou_by_hand(engine):
    # Two unit-high boxes of width 2 that share 1: 1 / (2 + 2 - 1).
    iou = ours.compute_iou([[0.0, 0.0, 2.0, 1.0]], [[1.0, 0.0, 3.0, 1.0], [5.0, 0.0, 6.0, 1.0]], "xyxy")
    np.testing.assert_allclose(engine.to_numpy(iou), [[1 / 3, 0]], atol=1e-6)


@pytest.mark.oracle
@pytest.mark.parametrize("encoding", ["center_xywh", "center_yxhw"])
@pytest.mark.parametrize("variance", [None, [0.1, 0.1, 0.2, 0.2]])
def test_deltas(engine, theirs, encoding, variance):
    anchors, x = boxes(2, 5), boxes(2, 5, seed=1)
    arguments = (anchors, x, "xyxy", "rel_yxyx", encoding, variance, (30, 40, 3))
    deltas = ours.encode_box_to_deltas(*arguments)
    close(deltas, theirs.encode_box_to_deltas(*arguments), rtol=1e-4)
    back = ours.decode_deltas_to_boxes(anchors, deltas, "xyxy", "rel_yxyx", encoding, variance, (30, 40, 3))
    np.testing.assert_allclose(engine.to_numpy(back), x, rtol=1e-3)


def test_deltas_of_levels(engine):
    anchors = {"p3": boxes(4), "p4": boxes(2)}
    zeros = {level: np.zeros_like(a) for level, a in anchors.items()}
    decoded = ours.decode_deltas_to_boxes(anchors, zeros, "xyxy", "xyxy")
    for level in anchors:
        np.testing.assert_allclose(engine.to_numpy(decoded[level]), anchors[level], atol=1e-4)


@pytest.mark.parametrize(
    "call, where",
    [
        (lambda: ours.convert_format(boxes(2), "xyxx", "xyxy"), "source"),
        (lambda: ours.convert_format(boxes(2), "xyxy", "rel_xyxy"), "height"),
        (lambda: ours.crop(boxes(2), 0, 0, 1, 1, "xywh"), "bounding_box_format"),
        (lambda: ours.compute_iou(boxes(2), boxes(2), "rel_xyxy"), "image_shape"),
        (lambda: ours.encode_box_to_deltas(boxes(2), boxes(2), "xyxy", "xyxy", variance=[1.0]), "variance"),
    ],
)
def test_wrong_arguments(engine, call, where):
    with pytest.raises(ArgumentError) as error:
        call()
    assert where in error.value.where


def test_boxes_have_four_numbers(engine):
    with pytest.raises(ShapeError) as error:
        ours.convert_format(np.zeros((2, 5)), "xyxy", "xywh")
    assert "(2, 5)" in error.value.given
