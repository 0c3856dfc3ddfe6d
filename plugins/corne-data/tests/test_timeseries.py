"""Windows and splits: arithmetic."""

import numpy as np
import pytest
from corne.errors import ArgumentError, DTypeError
from corne_data.dataset import Dataset
from corne_data.split_dataset import split_dataset
from corne_data.timeseries import timeseries_dataset_from_array


def test_windows_with_stride_rate_and_limits():
    data = timeseries_dataset_from_array(
        np.arange(12), np.arange(12) * 10, 3, sequence_stride=2, sampling_rate=2, start_index=1, end_index=10
    )
    ((x, y),) = data  # windows of rows s, s+2, s+4 within 1..9: s = 1, 3, 5
    assert x.tolist() == [[1, 3, 5], [3, 5, 7], [5, 7, 9]]
    assert y.tolist() == [10, 30, 50]


def test_windows_are_views_and_keep_features():
    series = np.arange(10.0).reshape(5, 2)
    window = timeseries_dataset_from_array(series, None, 2, batch_size=None)[1]
    assert window.tolist() == [[2, 3], [4, 5]]
    assert np.shares_memory(window, series)


def test_shuffled_windows_keep_their_targets():
    data = timeseries_dataset_from_array(np.arange(30), np.arange(30), 4, shuffle=True, seed=1, batch_size=5)
    for x, y in data:
        np.testing.assert_array_equal(x[:, 0], y)


@pytest.mark.parametrize(
    "options",
    [{"sampling_rate": 0}, {"sequence_stride": 9}, {"start_index": 7}, {"end_index": 0}, {"format": "list"}],
)
def test_wrong_windows(options):
    with pytest.raises(ArgumentError):
        timeseries_dataset_from_array(np.arange(5), None, 2, **options)
    with pytest.raises(ArgumentError):
        timeseries_dataset_from_array(np.arange(5), None, 6)


def test_split_by_fraction_number_and_both():
    x = np.arange(10)
    assert [len(part) for part in split_dataset(x, 0.7)] == [7, 3]
    assert [len(part) for part in split_dataset(x, right_size=2)] == [8, 2]
    left, right = split_dataset((x, -x), 3, 4)
    assert [int(a) for a, _ in left] == [0, 1, 2]
    assert [int(b) for _, b in right] == [-6, -7, -8, -9]


def test_split_shuffled_parts_are_disjoint_and_batches_stay_batches():
    left, right = split_dataset(Dataset.from_arrays(np.arange(10)).batch(2), 0.6, shuffle=True, seed=1)
    parts = [[x for batch in part for x in batch.tolist()] for part in (left, right)]
    assert sorted(parts[0] + parts[1]) == list(range(10))
    assert len(left) == 3


def test_wrong_splits():
    for sizes in ((None, None), (0, None), (10, None), (1.5, None), (0.6, 0.6), (6, 6)):
        with pytest.raises(ArgumentError):
            split_dataset(np.arange(10), *sizes)
    with pytest.raises(DTypeError):
        split_dataset(3, 0.5)
