"""Dataset: orders, transforms, threads, errors, and fit with resume in the middle of an epoch."""

import corne
import numpy as np
import pytest
from corne.errors import ArgumentError, DataError, FileFormatError, ShapeError
from corne.training.adapters import choose_adapter
from corne.training.batch_source import BatchSource
from corne_data.dataset import Dataset, ElementSpec


def values(dataset, epoch=0):
    return [np.asarray(x).tolist() for x in dataset.iterate(epoch)]


def test_arrays_tuples_and_dicts_keep_their_structure():
    x, y = np.arange(6).reshape(3, 2), np.array([1, 2, 3])
    (first, label), *_ = Dataset.from_arrays(x, y)
    assert first.tolist() == [0, 1]
    assert label == 1
    batch = next(iter(Dataset.from_arrays({"a": x, "b": y}).batch(2)))
    assert batch["a"].tolist() == [[0, 1], [2, 3]]
    assert batch["b"].tolist() == [1, 2]


def test_shuffle_is_a_permutation_of_the_epochs_own():
    data = Dataset.from_arrays(np.arange(50)).shuffle(3)
    assert sorted(values(data)) == list(range(50))
    assert values(data) != values(data, 1)
    assert values(data, 1) == values(Dataset.from_arrays(np.arange(50)).shuffle(3), 1)
    fixed = Dataset.from_arrays(np.arange(50)).shuffle(3, reshuffle_each_iteration=False)
    assert values(fixed) == values(fixed, 1)
    assert list(data) != list(data)  # two iterations are two epochs


def test_transforms_as_tf_data_names_them():
    data = Dataset.from_arrays(np.arange(7))
    assert values(data.take(2)) == [0, 1]
    assert values(data.skip(5)) == [5, 6]
    assert values(data.shard(3, 1)) == [1, 4]
    assert values(data.batch(3, drop_remainder=True)) == [[0, 1, 2], [3, 4, 5]]
    assert values(data.batch(3).take(1).repeat(2)) == [[0, 1, 2]] * 2
    assert values(data.take(1).concatenate(data.skip(6))) == [0, 6]
    assert values(data.repeat().take(9))[-2:] == [0, 1]
    assert values(Dataset.zip(data, data.map(lambda x: -x)).skip(5)) == [[5, -5], [6, -6]]
    assert len(data.batch(2)) == 4
    assert data[-1] == 6


def test_repeat_gives_each_pass_an_order_of_its_own():
    once = Dataset.from_arrays(np.arange(20)).shuffle(1)
    twice = values(once.repeat(2))
    assert twice == values(once) + values(once, 1)
    assert values(once.repeat(2), 1) == values(once, 2) + values(once, 3)


@pytest.mark.parametrize("workers", [0, 1, 4])
def test_numbers_do_not_depend_on_threads(workers):
    def noisy(x, random):
        return x + random.normal()

    data = Dataset.from_arrays(np.arange(40.0)).shuffle(5).map(noisy, seed=7).batch(8)
    expected = values(data, 2)
    assert values(data.prefetch(2, workers=workers), 2) == expected
    assert values(data, 3) != expected


def test_cache_makes_an_element_once():
    made = []
    data = Dataset.from_arrays(np.arange(3)).map(lambda x: made.append(1) or x).cache()
    assert values(data) == values(data, 1) == [0, 1, 2]
    assert len(made) == 3


def test_a_layer_is_applied_to_x():
    scale = corne.layers.Rescaling(0.5)
    batch = next(iter(Dataset.from_arrays(np.ones((4, 2)), np.zeros(4)).batch(4).map(scale)))
    assert batch[0].tolist() == [[0.5, 0.5]] * 4
    assert batch[1].tolist() == [0] * 4
    with pytest.raises(ArgumentError) as raised:
        Dataset.from_arrays(np.ones((4, 2))).map(corne.layers.Dropout(0.5, seed=1))
    assert raised.value.where == "map(layer)"


def test_element_spec_has_no_batch_size():
    data = Dataset.from_arrays(np.ones((4, 2), "float32"), np.zeros(4, "int64"))
    assert data.element_spec == (ElementSpec((2,), "float32"), ElementSpec((), "int64"))
    assert data.batch(2).element_spec == (ElementSpec((None, 2), "float32"), ElementSpec((None,), "int64"))


def reader(path, add=0):
    if "bad" in path:
        raise FileFormatError(path, "numbers", "none")
    return np.array([int(path[1:]) + add])


@pytest.mark.parametrize("workers", [0, 3])
def test_files_that_cannot_be_read(workers):
    paths = ["p0", "p1", "bad2", "p3"]
    data = Dataset.from_files(paths, [0, 1, 2, 3], reader, add=10).batch(2).prefetch(1, workers=workers)
    with pytest.raises(FileFormatError, match="bad2") as raised:
        list(data)
    assert "sample 2" in raised.value.__notes__[0]
    kept = (
        Dataset.from_files(paths, [0, 1, 2, 3], reader, on_error="skip").batch(2).prefetch(1, workers=workers)
    )
    assert [(x.tolist(), y.tolist()) for x, y in kept] == [([[0], [1]], [0, 1]), ([[3]], [3])]
    assert list(kept.skipped) == ["bad2"]
    assert kept.file_paths == paths


def test_paths_follow_the_samples():
    data = Dataset.from_files(["p0", "p1", "p2"], read=reader)
    assert data.shuffle(1).batch(2).file_paths == ["p0", "p1", "p2"]
    assert data.skip(1).file_paths == ["p1", "p2"]
    assert data.shuffle(1).take(2).file_paths is None
    assert Dataset.from_arrays(np.arange(2)).file_paths is None


def test_wrong_use():
    with pytest.raises(DataError):
        Dataset.from_arrays(np.ones(2), np.ones(3))
    with pytest.raises(DataError):
        Dataset.from_files(["a", "b"], [1], reader)
    with pytest.raises(DataError):
        Dataset.from_files([], read=reader)
    with pytest.raises(ArgumentError):
        Dataset.from_arrays(np.ones(2)).shuffle(1.5)
    with pytest.raises(ShapeError):
        list(Dataset.from_iterable([np.ones(2), np.ones(3)]).batch(2))
    with pytest.raises(DataError):
        len(Dataset.from_arrays(np.ones(2)).repeat())


def model():
    result = corne.Sequential([corne.layers.Dense(1, kernel_initializer="ones")])
    result.compile("sgd", "mse")
    return result


def test_fit_evaluate_predict_and_adapt():
    x = np.arange(24.0, dtype="float32").reshape(12, 2) / 24
    y = x.sum(axis=1, keepdims=True)
    data = Dataset.from_arrays(x, y).batch(4)
    with corne.backend.use("cpu"):
        net = model()
        net.fit(data.shuffle(1), epochs=2, validation_data=data, verbose=0)
        assert net.evaluate(data, verbose=0) == pytest.approx(net.evaluate(x, y, verbose=0))
        np.testing.assert_allclose(net.predict(data, verbose=0), net.predict(x, verbose=0), rtol=1e-6)
        assert net.predict(Dataset.from_arrays(x), batch_size=5, verbose=0).shape == (12, 1)
        with pytest.raises(ArgumentError):
            net.fit(data, y)
        norm = corne.layers.Normalization()
        norm.adapt(data)
        np.testing.assert_allclose(np.asarray(norm.mean).ravel(), x.mean(axis=0), rtol=1e-5)


def test_resume_makes_no_used_batch_again():
    made = []

    def noted(x, random):
        made.append(float(x))
        return x

    def source(seed):
        data = Dataset.from_arrays(np.arange(32.0, dtype="float32")).shuffle(seed).map(noted, seed=1).batch(4)
        return BatchSource(choose_adapter(data), None)

    first = source(5)
    batches = first.groups(0)
    for _ in range(3):
        next(batches)
    state = first.get_state()
    rest = [np.asarray(group[0][0]).tolist() for _, group in batches]
    second = source(6)  # the seed comes from the state
    second.set_state(state, 0)
    made.clear()
    again = [np.asarray(group[0][0]).tolist() for _, group in second.groups(0, done=3)]
    assert again == rest
    assert len(again) == 5
    assert len(made) == 20
