"""SKLearnTransformer: what a model computes, as features for other estimators."""

from __future__ import annotations

from typing import Any

from sklearn.base import TransformerMixin
from sklearn.utils import Tags

from corne_sklearn.estimator import Data, Estimator


class SKLearnTransformer(TransformerMixin, Estimator):
    """Use a model's outputs as features in a pipeline of scikit-learn.

    Source: scikit-learn's interface, https://scikit-learn.org/stable/developers/develop.html
    """

    def transform(self, X: Any) -> Data:
        """Return the model's outputs. Shapes: ``X`` ``(samples, features)``; result ``(samples, outputs)``."""
        return self._outputs(X)

    def predict(self, X: Any) -> Data:
        """Return the model's outputs, as :meth:`transform` does."""
        return self._outputs(X)

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags
