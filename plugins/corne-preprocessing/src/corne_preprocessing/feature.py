"""Feature and Cross: how FeatureSpace encodes a column, and a combination of columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corne import checks, serialization
from corne.layer import Layer

from corne_preprocessing.discretization import Discretization
from corne_preprocessing.hashing import Hashing
from corne_preprocessing.integer_lookup import IntegerLookup
from corne_preprocessing.normalization import Normalization
from corne_preprocessing.rescaling import Rescaling
from corne_preprocessing.string_lookup import StringLookup


class Identity(Layer):
    """Pass numbers on as they are."""

    def call(self, inputs: Any) -> Any:
        """Return the inputs."""
        return inputs


class Feature:
    """How one column is encoded.

    Args:
        dtype: Dtype of the column: "float32", "int64" or "string".
        preprocessor: The layer that encodes it, or its configuration.
        output_mode: "float" for what the layer returns, "int" for class numbers, "one_hot" for vectors.
    """

    def __init__(self, dtype: str, preprocessor: Any, output_mode: str) -> None:
        self.dtype = dtype
        self.preprocessor: Layer = (
            serialization.deserialize_object(preprocessor) if isinstance(preprocessor, dict) else preprocessor
        )
        self.output_mode = checks.one_of(
            "FeatureSpace.feature(output_mode=…)", output_mode, ("int", "one_hot", "float")
        )

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "dtype": self.dtype,
            "preprocessor": serialization.serialize_object(self.preprocessor),
            "output_mode": self.output_mode,
        }


class Cross:
    """A combination of columns, hashed.

    Args:
        feature_names: The columns.
        crossing_dim: Number of bins.
        output_mode: "int" or "one_hot". Default "one_hot".
    """

    def __init__(self, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> None:
        self.feature_names = tuple(feature_names)
        self.crossing_dim = checks.integer("FeatureSpace.cross(crossing_dim=…)", crossing_dim, least=1)
        self.output_mode = checks.one_of("FeatureSpace.cross(output_mode=…)", output_mode, ("int", "one_hot"))

    @property
    def name(self) -> str:
        """The names of the columns, joined."""
        return "_X_".join(self.feature_names)

    def get_config(self) -> dict[str, Any]:
        """Return the constructor's arguments."""
        return {
            "feature_names": list(self.feature_names),
            "crossing_dim": self.crossing_dim,
            "output_mode": self.output_mode,
        }


class Features:
    """Constructors of features, as methods of FeatureSpace's class."""

    @classmethod
    def cross(cls, feature_names: Sequence[str], crossing_dim: int, output_mode: str = "one_hot") -> Cross:
        """Return a combination of columns, hashed into ``crossing_dim`` bins."""
        return Cross(feature_names, crossing_dim, output_mode)

    @classmethod
    def feature(cls, dtype: str, preprocessor: Any, output_mode: str) -> Feature:
        """Return a column encoded by a layer of yours."""
        return Feature(dtype, preprocessor, output_mode)

    @classmethod
    def float(cls, name: str | None = None) -> Feature:
        """Return a column of numbers, as they are."""
        return Feature("float32", Identity(name=_named(name)), "float")

    @classmethod
    def float_rescaled(cls, scale: Any = 1.0, offset: Any = 0.0, name: str | None = None) -> Feature:
        """Return a column of numbers, ``scale * x + offset``."""
        return Feature("float32", Rescaling(scale, offset, name=_named(name)), "float")

    @classmethod
    def float_normalized(cls, name: str | None = None) -> Feature:
        """Return a column of numbers with mean 0 and variance 1; a missing one becomes the mean."""
        return Feature("float32", Normalization(name=_named(name)), "float")

    @classmethod
    def float_discretized(
        cls,
        num_bins: int | None,
        bin_boundaries: Any = None,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a column of numbers put into bins, of learned or given boundaries."""
        layer = Discretization(
            bin_boundaries, None if bin_boundaries is not None else num_bins, name=_named(name)
        )
        return Feature("float32", layer, output_mode)

    @classmethod
    def integer_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a column of integers that stand for categories."""
        return Feature("int64", IntegerLookup(max_tokens, num_oov_indices, name=_named(name)), output_mode)

    @classmethod
    def string_categorical(
        cls,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        output_mode: str = "one_hot",
        name: str | None = None,
    ) -> Feature:
        """Return a column of text that stands for categories."""
        return Feature("string", StringLookup(max_tokens, num_oov_indices, name=_named(name)), output_mode)

    @classmethod
    def string_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a column of text, hashed."""
        return Feature("string", Hashing(num_bins, name=_named(name)), output_mode)

    @classmethod
    def integer_hashed(cls, num_bins: int, output_mode: str = "one_hot", name: str | None = None) -> Feature:
        """Return a column of integers, hashed."""
        return Feature("int64", Hashing(num_bins, name=_named(name)), output_mode)


def _named(name: str | None) -> str | None:
    return None if name is None else f"{name}_preprocessor"
