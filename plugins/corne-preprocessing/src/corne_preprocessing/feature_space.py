"""FeatureSpace: a table as numbers, each column encoded as its kind asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from corne import checks, ops, serialization
from corne.backend import Array
from corne.errors import ArgumentError, DataError, StateError
from corne.layer import Layer
from corne.model import Input

from corne_preprocessing.adaptive_layer import AdaptiveLayer
from corne_preprocessing.category_encoding import CategoryEncoding
from corne_preprocessing.discretization import Discretization
from corne_preprocessing.feature import Cross, Feature, Features
from corne_preprocessing.hashed_crossing import HashedCrossing
from corne_preprocessing.normalization import Normalization
from corne_preprocessing.sources import HostArray, is_frame, to_host
from corne_preprocessing.table import MISSING, column, columns, tables
from corne_preprocessing.text import is_text


class FeatureSpace(Features, Layer):
    """Encode the columns of a table and join them.

    Missing values have a place: a number of "float_normalized" becomes the mean, a category counts as
    unknown.

    Args:
        features: By the name of a column: a kind, such as "float_normalized" or "string_categorical", or
            what a method of this class with the kind's name returns.
        output_mode: "concat" for one array, or "dict" for one by each name. Default "concat".
        crosses: Tuples of names of columns that are combined, or what :meth:`cross` returns. Default None.
        crossing_dim: Number of bins of a combination. Default 32.
        hashing_dim: Number of bins of the kinds "string_hashed" and "integer_hashed". Default 32.
        num_discretization_bins: Number of bins of the kind "float_discretized". Default 32.
        name: The layer's name. Default None: made from the class.

    Shapes:
        input a dict of columns ``(batch,)`` or ``(batch, 1)``, a frame, or a dict of single values; output
        ``(batch, numbers)``, the columns in the order of their names, then the combinations.

    Raises:
        ArgumentError: An unknown kind, or a combination of unknown columns.
        DataError: A table without one of the columns, or with values of another kind.
        StateError: Called before :meth:`adapt`.

    >>> import numpy as np
    >>> space = FeatureSpace({"age": "float_normalized", "city": "string_categorical"})
    >>> table = {"age": [20.0, 40.0], "city": ["Lyon", "Nice"]}
    >>> space.adapt(table)
    >>> np.asarray(space(table)).tolist()
    [[-1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]]
    """

    def __init__(
        self,
        features: Mapping[str, Any],
        output_mode: str = "concat",
        crosses: Sequence[Any] | None = None,
        crossing_dim: int = 32,
        hashing_dim: int = 32,
        num_discretization_bins: int = 32,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        adapted = kwargs.pop("adapted", False)
        super().__init__(name=name, **kwargs)
        if not features:
            raise ArgumentError("FeatureSpace(features=…)", "at least one feature", repr(features), "")
        self.crossing_dim, self.hashing_dim = crossing_dim, hashing_dim
        self.num_discretization_bins = num_discretization_bins
        self.output_mode = checks.one_of("FeatureSpace(output_mode=…)", output_mode, ("concat", "dict"))
        self.features = {key: self._feature(key, value) for key, value in features.items()}
        self.crosses = [self._cross(value) for value in crosses or ()]
        self.preprocessors = {key: feature.preprocessor for key, feature in self.features.items()}
        self.crossers = {
            cross.name: HashedCrossing(cross.crossing_dim, name=cross.name) for cross in self.crosses
        }
        self.one_hot_encoders: dict[str, CategoryEncoding] = {}
        for layer in self.preprocessors.values():
            if isinstance(layer, Normalization) and not layer.built:
                layer.build((None, 1))
        self._adapted = bool(adapted) or not self._to_adapt()
        self._inputs: dict[str, Any] | None = None
        self._encoded: Any = None
        self.built = True

    def _feature(self, name: str, value: Any) -> Feature:
        if isinstance(value, Feature):
            return value
        if isinstance(value, dict):
            return Feature(**value)
        kinds = {
            "float": lambda: self.float(name=name),
            "float_normalized": lambda: self.float_normalized(name=name),
            "float_rescaled": lambda: self.float_rescaled(name=name),
            "float_discretized": lambda: self.float_discretized(self.num_discretization_bins, name=name),
            "integer_categorical": lambda: self.integer_categorical(name=name),
            "string_categorical": lambda: self.string_categorical(name=name),
            "integer_hashed": lambda: self.integer_hashed(self.hashing_dim, name=name),
            "string_hashed": lambda: self.string_hashed(self.hashing_dim, name=name),
        }
        return kinds[checks.one_of(f"FeatureSpace(features=…)[{name!r}]", value, tuple(kinds))]()

    def _cross(self, value: Any) -> Cross:
        if isinstance(value, dict):
            value = Cross(**value)
        cross = value if isinstance(value, Cross) else Cross(value, self.crossing_dim)
        unknown = [name for name in cross.feature_names if name not in self.features]
        if unknown or len(cross.feature_names) < 2:
            raise ArgumentError(
                "FeatureSpace(crosses=…)",
                f"two or more of {sorted(self.features)}",
                repr(cross.feature_names),
                "",
            )
        return cross

    @classmethod
    def from_table(
        cls,
        table: Any,
        exclude: Sequence[str] = (),
        max_categories: int = 50,
        hashing_dim: int = 32,
        **kwargs: Any,
    ) -> Self:
        """Choose a kind for each column by its values, and adapt to them.

        Text of few different values becomes "string_categorical", of many "string_hashed"; truth values and
        integers of few different values "integer_categorical"; other numbers "float_normalized".

        Args:
            table: A dict of columns, or a frame of pandas or polars.
            exclude: Columns to leave out, such as the target. Default: none.
            max_categories: Largest number of different values of a category. Default 50.
            hashing_dim: Number of bins of "string_hashed". Default 32.
            **kwargs: As for the class.

        Raises:
            DataError: A column of another kind, such as dates.

        >>> FeatureSpace.from_table({"a": [0.5, 1.5], "b": ["x", "y"]}).features["b"].dtype
        'string'
        """
        where = "FeatureSpace.from_table(table=…)"
        names = columns(where, table)
        for name in exclude:
            if name not in names:
                raise DataError("FeatureSpace.from_table(exclude=…)", f"names among {names}", repr(name), "")
        chosen = {
            name: _kind_of(f"{where}[{name!r}]", table[name], max_categories)
            for name in names
            if name not in exclude
        }
        space = cls(chosen, hashing_dim=hashing_dim, **kwargs)
        space.adapt(table)
        return space

    # -- adapt ----------------------------------------------------------------------------------------
    def _to_adapt(self) -> dict[str, AdaptiveLayer]:
        found = {}
        for name, layer in self.preprocessors.items():
            given = getattr(layer, "input_mean", None) is not None or getattr(
                layer, "_has_input_vocabulary", False
            )
            given = given or (isinstance(layer, Discretization) and layer.num_bins is None)
            if isinstance(layer, AdaptiveLayer) and not given:
                found[name] = layer
        return found

    def adapt(self, dataset: Any) -> None:
        """Learn what the columns' layers need, in one pass.

        Args:
            dataset: A dict of columns, a frame, or an iterable of batches of them, with labels or without.

        Raises:
            DataError: There are no data, or a column is missing.
        """
        where = f"{self.name}.adapt(dataset=…)"
        layers = self._to_adapt()
        for layer in layers.values():
            layer.reset_state()
        seen = False
        for table in tables(where, dataset):
            seen = True
            for name, layer in layers.items():
                layer.update_state(_present(column(where, table, name, self.features[name].dtype)))
        for name, layer in layers.items():
            if not seen or layer._summary is None:
                raise DataError(f"{where}[{name!r}]", "at least one value", "none", "")
            layer.finalize_state()
        self.one_hot_encoders = {}
        self._inputs = self._encoded = None
        self._adapted = True

    # -- encoding -------------------------------------------------------------------------------------
    def get_inputs(self) -> dict[str, Any]:
        """Return a symbolic input for each column."""
        self._require_adapted()
        if self._inputs is None:
            self._inputs = {
                name: Input((1,), dtype=feature.dtype, name=name) for name, feature in self.features.items()
            }
        return self._inputs

    def get_encoded_features(self) -> Any:
        """Return the symbolic output, to begin a model with."""
        if self._encoded is None:
            self._encoded = self._encode(self.get_inputs())
        return self._encoded

    def _require_adapted(self) -> None:
        if not self._adapted:
            raise StateError(
                f"{self.name}(…)", "a FeatureSpace that knows the data", "one that was not adapted",
                f"Call {self.name}.adapt(table) first.",
            )  # fmt: skip

    def __call__(self, data: Any, **kwargs: Any) -> Any:
        """Encode a dict of columns, a frame, or a dict of single values."""
        self._require_adapted()
        where = f"{self.name}(…)"
        single = isinstance(data, Mapping) and all(
            isinstance(data.get(name), (str, bytes)) or not np.shape(data.get(name, ()))
            for name in self.features
        )
        table = {name: [value] for name, value in data.items()} if single else data
        found = {name: column(where, table, name, f.dtype) for name, f in self.features.items()}
        encoded = self._encode(found)
        if not single:
            return encoded
        return {k: v[0] for k, v in encoded.items()} if self.output_mode == "dict" else encoded[0]

    def call(self, data: Any) -> Any:
        """Encode a table."""
        return self(data)

    def _encode(self, found: dict[str, Any]) -> Any:
        prepared = {name: self._preprocessed(name, x) for name, x in found.items()}
        for cross in self.crosses:
            prepared[cross.name] = self.crossers[cross.name]([prepared[name] for name in cross.feature_names])
        specs: dict[str, Any] = {**self.features, **{cross.name: cross for cross in self.crosses}}
        ordered = [*sorted(self.features), *sorted(self.crossers)]
        outputs = {name: self._encoded_one(name, prepared[name], specs[name]) for name in ordered}
        if self.output_mode == "dict":
            return outputs
        return ops.concatenate(list(outputs.values()), axis=-1)

    def _preprocessed(self, name: str, x: Any) -> Array:
        layer = self.preprocessors[name]
        y = layer(x)
        if isinstance(layer, Normalization):  # a missing number becomes the mean
            return ops.where(ops.isnan(y), ops.zeros_like(y), y)
        return y

    def _encoded_one(self, name: str, x: Any, spec: Any) -> Any:
        if spec.output_mode == "one_hot":
            if name not in self.one_hot_encoders:
                layer = self.preprocessors.get(name) or self.crossers[name]
                self.one_hot_encoders[name] = CategoryEncoding(self._cardinality(name, layer))
            return self.one_hot_encoders[name](x)
        if self.output_mode == "concat" and spec.output_mode == "int":
            raise ArgumentError(
                f"{self.name}: features[{name!r}]", "output_mode 'one_hot' or 'float' where columns are joined",
                "'int'", "Use FeatureSpace(output_mode='dict').",
            )  # fmt: skip
        return ops.cast(x, self.compute_dtype) if spec.output_mode == "float" else x

    def _cardinality(self, name: str, layer: Any) -> int:
        if hasattr(layer, "vocabulary_size"):
            return int(layer.vocabulary_size())
        if isinstance(layer, Discretization):
            return layer._depth()
        size = getattr(layer, "num_bins", None) or getattr(layer, "num_tokens", None)
        if size is None:
            raise ArgumentError(
                f"{self.name}: features[{name!r}]", "a layer with a known number of classes for 'one_hot'",
                type(layer).__name__, "Use output_mode='int'.",
            )  # fmt: skip
        return int(size)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "features": {name: feature.get_config() for name, feature in self.features.items()},
            "output_mode": self.output_mode, "crosses": [cross.get_config() for cross in self.crosses],
            "crossing_dim": self.crossing_dim, "hashing_dim": self.hashing_dim,
            "num_discretization_bins": self.num_discretization_bins, "adapted": self._adapted,
        }  # fmt: skip

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a layer from what :meth:`get_config` returned."""
        return cls(**config)

    def to_json(self) -> str:
        """Return the configuration as JSON."""
        return json.dumps(serialization.serialize_object(self))

    def save(self, filepath: Any) -> None:
        """Write it to a ``.keras`` file, which ``corne.models.load_model`` reads."""
        from corne.saving import save_model

        save_model(self, filepath)


def _present(values: HostArray) -> HostArray:
    """Return the values that are not missing."""
    if values.dtype.kind == "f":
        here = ~np.isnan(values)
    elif values.dtype.kind == "i":
        here = values != MISSING
    elif values.dtype.kind == "O":
        here = np.array([v is not None and v == v for v in values.reshape(-1).tolist()]).reshape(values.shape)
    else:
        return values
    return np.reshape(values[here], (-1, 1))


def _kind_of(where: str, values: Any, most: int) -> str:
    """Return the kind of feature that suits a column."""
    array = to_host(where, list(values) if not hasattr(values, "dtype") and not is_frame(values) else values)
    if array.dtype.kind in "bf":
        return "integer_categorical" if array.dtype.kind == "b" else "float_normalized"
    if array.dtype.kind in "iu":
        return "integer_categorical" if len(np.unique(array)) <= most else "float_normalized"
    flat = [value for value in array.reshape(-1).tolist() if value is not None and value == value]
    if flat and all(isinstance(value, bool) for value in flat):
        return "integer_categorical"
    if flat and all(isinstance(value, (int, float)) for value in flat):
        return "float_normalized"
    if is_text(array) or all(isinstance(value, (str, bytes)) for value in flat):
        return "string_categorical" if len(set(flat)) <= most else "string_hashed"
    raise DataError(where, "numbers, truth values or text", f"dtype {array.dtype}", "Convert or exclude it.")
