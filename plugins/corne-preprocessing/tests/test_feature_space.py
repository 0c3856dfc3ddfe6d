"""FeatureSpace: tables with missing values as numbers."""

from __future__ import annotations

import corne
import numpy as np
import pytest
from corne import Model, layers, models
from corne.errors import ArgumentError, DataError, StateError
from corne.utils import FeatureSpace

TABLE = {
    "age": [20.0, 40.0, np.nan, 30.0],
    "city": ["Lyon", "Nice", "Lyon", None],
    "code": [69, 6, 69, 75],
}


def _space(**options):
    space = FeatureSpace(
        {"age": "float_normalized", "city": "string_categorical", "code": "integer_categorical"}, **options
    )
    space.adapt(TABLE)
    return space


def test_values(backend):
    """Ages have mean 30 and variance 200/3; a missing one is the mean, a missing city is unknown."""
    y = backend.to_numpy(_space()(TABLE))
    z = 10 / (200 / 3) ** 0.5
    np.testing.assert_allclose(y[:, 0], [-z, z, 0, 0], rtol=1e-5)
    # [UNK], Lyon, Nice
    assert y[:, 1:4].tolist() == [[0, 1, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]]
    # [UNK], 69, then 75 and 6
    assert y[:, 4:].tolist() == [[0, 1, 0, 0], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]]


def test_one_sample_and_dict(backend):
    """Single values make one row without a batch axis; "dict" keeps the columns apart."""
    y = _space(output_mode="dict")({"age": 30.0, "city": "Paris", "code": 6})
    assert backend.to_numpy(y["city"]).tolist() == [1, 0, 0]
    assert backend.to_numpy(y["age"]).shape == (1,)


def test_batches_give_the_same():
    """Adapted to batches with labels, in one pass."""
    space = _space()
    again = FeatureSpace({name: "float_normalized" if name == "age" else kind for name, kind in
                          {"age": "", "city": "string_categorical", "code": "integer_categorical"}.items()})  # fmt: skip
    again.adapt(({k: v[i : i + 2] for k, v in TABLE.items()}, [0, 1]) for i in (0, 2))
    np.testing.assert_allclose(np.asarray(space(TABLE)), np.asarray(again(TABLE)), rtol=1e-6)


def test_from_table(backend):
    """Kinds by dtype and number of different values, of pandas and of polars."""
    many = [f"name {n}" for n in range(60)]
    data = {"x": np.linspace(0, 1, 60), "many": many, "few": ["a", "b"] * 30, "flag": [True, False] * 30,
            "number": list(range(60)), "target": [0.0] * 60}  # fmt: skip
    tables = [data]
    for library in ("pandas", "polars"):
        try:
            tables.append(__import__(library).DataFrame(data))
        except ImportError:
            continue
    for table in tables:
        space = FeatureSpace.from_table(table, exclude=["target"], hashing_dim=8)
        kinds = {name: type(feature.preprocessor).__name__ for name, feature in space.features.items()}
        assert kinds == {"x": "Normalization", "many": "Hashing", "few": "StringLookup",
                         "flag": "IntegerLookup", "number": "Normalization"}  # fmt: skip
        assert backend.to_numpy(space(table)).shape == (60, 1 + 8 + 3 + 3 + 1)


def test_model(backend, tmp_path):
    """A model from its inputs takes tables; crosses are of encoded columns, as in Keras; one file holds all."""
    space = FeatureSpace(
        {
            "age": FeatureSpace.float_discretized(num_bins=2),
            "city": "string_categorical",
            "code": "integer_categorical",
        },
        crosses=[("city", "code")],
        crossing_dim=8,
    )
    space.adapt({**TABLE, "age": [1.0, 2.0, 3.0, 4.0]})
    table = {**TABLE, "age": [1.0, 2.0, 3.0, 4.0], "city": ["Lyon", "Nice", "Lyon", ""]}
    outputs = layers.Dense(1)(space.get_encoded_features())
    model = Model(space.get_inputs(), outputs)
    arrays = {name: np.asarray(values) for name, values in table.items()}
    y = model.predict(arrays, verbose=0)
    expected = corne.ops.matmul(space(table), model.layers[-1].kernel)
    np.testing.assert_allclose(y, backend.to_numpy(expected), rtol=1e-5)
    model.save(tmp_path / "table.keras")
    np.testing.assert_allclose(
        models.load_model(tmp_path / "table.keras").predict(arrays, verbose=0), y, rtol=1e-6
    )


def test_file(backend, tmp_path):
    """Saved and loaded on its own, it encodes the same."""
    space = _space()
    space.save(tmp_path / "space.keras")
    again = models.load_model(tmp_path / "space.keras")
    np.testing.assert_array_equal(backend.to_numpy(again(TABLE)), backend.to_numpy(space(TABLE)))


def test_wrong_use():
    """Unknown kinds, columns that are not there, no data, calls before adapt(), dates."""
    for arguments in ({"features": {}}, {"features": {"a": "number"}}, {"features": {"a": "float"}, "crosses": [("a", "b")]},
                      {"features": {"a": "float"}, "output_mode": "list"}):  # fmt: skip
        with pytest.raises(ArgumentError):
            FeatureSpace(**arguments)
    space = FeatureSpace({"a": "float_normalized"}, name="space")
    with pytest.raises(StateError):
        space({"a": [1.0]})
    for data in ({"b": [1.0]}, {"a": []}, iter(()), {"a": ["x"]}, 3):
        with pytest.raises(DataError) as caught:
            space.adapt(data)
        assert caught.value.where.startswith("space.adapt(")
    space.adapt({"a": [1.0]})
    with pytest.raises(DataError):
        space({"b": [1.0]})
    with pytest.raises(DataError):
        FeatureSpace.from_table({"day": np.array(["2026-01-01"], "datetime64[D]")})
    with pytest.raises(DataError):
        FeatureSpace.from_table({"a": [1.0]}, exclude=["b"])
