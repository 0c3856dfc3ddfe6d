"""What corne-sklearn registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_names() -> dict[str, str]:
    """Return the estimators by their paths below ``corne``."""
    return {
        "wrappers.SKLearnClassifier": "corne_sklearn.classifier:SKLearnClassifier",
        "wrappers.SKLearnRegressor": "corne_sklearn.regressor:SKLearnRegressor",
        "wrappers.SKLearnTransformer": "corne_sklearn.transformer:SKLearnTransformer",
    }
