"""What corne-preprocessing registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: ``{module: names in it}``
_NAMES = {
    "category_encoding": "CategoryEncoding",
    "discretization": "Discretization",
    "hashed_crossing": "HashedCrossing",
    "hashing": "Hashing",
    "integer_lookup": "IntegerLookup",
    "normalization": "Normalization",
    "pipeline": "Pipeline",
    "rescaling": "Rescaling",
    "string_lookup": "StringLookup",
    "text_vectorization": "TextVectorization",
}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class``."""
    return {
        name: f"corne_preprocessing.{module}:{name}"
        for module, names in _NAMES.items()
        for name in names.split()
    }


@hookimpl
def corne_names() -> dict[str, str]:
    """Return what is not a layer's name in Keras."""
    return {
        "utils.FeatureSpace": "corne_preprocessing.feature_space:FeatureSpace",
        "utils.ngrams": "corne_preprocessing.ngrams:ngrams",
    }
