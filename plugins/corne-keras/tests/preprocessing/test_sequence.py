"""Pairs of words, sampling tables and windows of series."""

from __future__ import annotations

import json
import random

import corne
import numpy as np
import pytest
from corne import Input, Sequential, layers
from corne.errors import ArgumentError, DataError, DTypeError, FileFormatError

sequence = corne.preprocessing.sequence
SERIES = np.arange(20.0)[:, None] * [1.0, 10.0]


def windows(**arguments):
    return sequence.TimeseriesGenerator(SERIES, SERIES[:, 0], **arguments)


def test_skipgrams_skip_zero_and_stay_in_the_window():
    couples, labels = sequence.skipgrams([1, 0, 2, 3], 4, window_size=2, negative_samples=0, shuffle=False)
    assert couples == [[1, 2], [2, 1], [2, 3], [3, 2]]
    assert labels == [1] * 4


def test_negative_samples_repeat_the_words():
    couples, labels = sequence.skipgrams([1, 2], 9, negative_samples=2, categorical=True, shuffle=False)
    assert labels == [[0, 1]] * 2 + [[1, 0]] * 4
    assert sorted(couple[0] for couple in couples[2:]) == [1, 1, 2, 2]
    assert all(1 <= couple[1] <= 8 for couple in couples)
    assert sequence.skipgrams([], 9) == ([], [])


def test_a_seed_gives_the_order():
    def drawn():
        random.seed(0)
        return sequence.skipgrams(list(range(1, 30)), 30, seed=3)

    assert drawn() == drawn()


def test_sampling_table_never_draws_words_of_probability_zero():
    couples, _ = sequence.skipgrams([1, 2], 3, negative_samples=0, sampling_table=[0.0, -1.0, 1.0])
    assert couples == [[2, 1]]


def test_sampling_table_grows_with_the_rank_to_one():
    table = sequence.make_sampling_table(1000)
    assert (np.diff(table) >= 0).all()
    # rank 1: sqrt(1e-5 (0.577 + 1/2 - 1/12))
    np.testing.assert_allclose(table[:2], (1e-5 * (0.577 + 0.5 - 1 / 12)) ** 0.5)
    assert sequence.make_sampling_table(100, sampling_factor=10.0)[-1] == 1


def test_windows_and_targets():
    generator = windows(length=4, sampling_rate=2, stride=3, batch_size=2)
    # rows 4, 7, 10, 13, 16 and 19 have targets: three batches of two
    assert len(generator) == 3
    x, y = generator[1]
    np.testing.assert_array_equal(x[:, :, 0], [[6, 8], [9, 11]])
    np.testing.assert_array_equal(y, [10, 13])
    np.testing.assert_array_equal(windows(length=4, reverse=True, batch_size=1)[0][0][0, :, 0], [3, 2, 1, 0])
    np.testing.assert_array_equal(windows(length=2, start_index=5, end_index=8)[0][1], [7, 8])


def test_lists_are_like_arrays():
    generator = sequence.TimeseriesGenerator(SERIES.tolist(), SERIES[:, 0].tolist(), 5, sampling_rate=2)
    for mine, array in zip(generator[0], windows(length=5, sampling_rate=2)[0]):
        np.testing.assert_array_equal(mine, array)


def test_json_keeps_the_windows():
    generator = windows(length=3, start_index=2, batch_size=4, reverse=True)
    again = sequence.timeseries_generator_from_json(generator.to_json())
    assert len(again) == len(generator)
    for mine, first in zip(again[1], generator[1]):
        np.testing.assert_array_equal(mine, first)


@pytest.mark.parametrize("options", [{}, {"workers": 2}, {"shuffle": True}])
def test_fit_takes_windows(options):
    if "gradients" not in corne.backend.active().capabilities:
        pytest.skip("the backend only evaluates")
    model = Sequential([Input((3, 2)), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    generator = sequence.TimeseriesGenerator(
        SERIES / 200, SERIES[:, 0] / 20, length=3, batch_size=8, **options
    )
    first = model.evaluate(generator, verbose=0)
    model.fit(generator, epochs=3, verbose=0)
    assert model.evaluate(generator, verbose=0) < first
    assert model.predict(generator, verbose=0).shape == ((24, 1) if "shuffle" in options else (17, 1))


def test_wrong_use():
    with pytest.raises(DataError):
        sequence.TimeseriesGenerator(SERIES, SERIES[:3], 2)
    with pytest.raises(ArgumentError):
        windows(length=20)
    with pytest.raises(ArgumentError):
        windows(length=2, end_index=20)
    with pytest.raises(ArgumentError):
        windows(length=0)
    with pytest.raises(IndexError):
        windows(length=2)[1]
    with pytest.raises(DTypeError):
        sequence.TimeseriesGenerator([1j, 2j, 3j], [1, 2, 3], 1).to_json()
    with pytest.raises(FileFormatError):
        sequence.timeseries_generator_from_json(json.dumps({"config": {"length": 2}}))
    with pytest.raises(ArgumentError) as error:
        sequence.skipgrams([1, 7], 9, sampling_table=[0.5] * 5)
    assert error.value.where == "skipgrams(sequence)[1]"
    with pytest.raises(ArgumentError):
        sequence.make_sampling_table(0)
