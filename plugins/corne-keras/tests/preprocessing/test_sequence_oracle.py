"""Pairs and windows against the code of Keras 2 that Keras 3.15 keeps, for one seed."""

from __future__ import annotations

import os
import random

import corne
import numpy as np
import pytest

os.environ.setdefault("KERAS_BACKEND", "torch")
theirs = pytest.importorskip("keras.src.legacy.preprocessing.sequence")
pytestmark = [pytest.mark.oracle, pytest.mark.filterwarnings("ignore:non-integer arguments to randrange")]

ours = corne.preprocessing.sequence
WORDS = np.random.default_rng(2).integers(0, 40, 60).tolist()


@pytest.mark.parametrize("seed", [None, 5])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"negative_samples": 2.5, "window_size": 1},
        {"shuffle": False, "categorical": True},
        {"sampling_table": theirs.make_sampling_table(40, 1e-3)},
    ],
)
def test_skipgrams(options, seed):
    results = []
    for module in (ours, theirs):
        random.seed(11)
        results.append((module.skipgrams(WORDS, 40, seed=seed, **options), random.random()))
    assert results[0] == results[1]


@pytest.mark.parametrize("factor", [1e-5, 1e-2])
def test_sampling_table(factor):
    expected = theirs.make_sampling_table(500, factor)
    np.testing.assert_allclose(ours.make_sampling_table(500, factor), expected, rtol=1e-12)


@pytest.mark.parametrize(
    "options",
    [
        {"length": 5},
        {"length": 5, "sampling_rate": 2, "stride": 3, "batch_size": 4},
        {"length": 3, "start_index": 4, "end_index": 19, "reverse": True, "batch_size": 6},
        {"length": 7, "shuffle": True, "batch_size": 5},
    ],
)
def test_windows(options):
    series = np.random.default_rng(3).normal(size=(30, 2))
    batches = []
    for module in (ours, theirs):
        np.random.seed(4)
        generator = module.TimeseriesGenerator(series, series[:, 0], **options)
        batches.append([generator[index] for index in range(len(generator))])
    assert len(batches[0]) == len(batches[1])
    for mine, reference in zip(*batches):
        np.testing.assert_array_equal(mine[0], reference[0])
        np.testing.assert_array_equal(mine[1], reference[1])
