"""SKLearnRegressor: a model that predicts numbers, as scikit-learn's regressors."""

from __future__ import annotations

from typing import Any

from sklearn.base import RegressorMixin
from sklearn.utils import Tags

from corne_sklearn.estimator import Data, Estimator


class SKLearnRegressor(RegressorMixin, Estimator):
    """Use a model as a regressor of scikit-learn.

    Source: scikit-learn's interface, https://scikit-learn.org/stable/developers/develop.html

    >>> from corne.layers import Dense, Input
    >>> from corne.models import Sequential
    >>> from sklearn.datasets import load_diabetes
    >>> def build(X, y):
    ...     model = Sequential([Input(X.shape[1:]), Dense(y.shape[1])])
    ...     model.compile(optimizer="adam", loss="mse")
    ...     return model
    >>> X, y = load_diabetes(return_X_y=True)
    >>> SKLearnRegressor(build, fit_kwargs={"verbose": 0}).fit(X, y).predict(X).shape
    (442,)
    """

    def predict(self, X: Any) -> Data:
        """Return the prediction for each sample as float64, in the shape of the targets that were fitted."""
        outputs = self._outputs(X).astype("float64")
        return (
            outputs[:, 0]
            if self._target_ndim == 1 and outputs.ndim == 2 and outputs.shape[1] == 1
            else outputs
        )

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.regressor_tags.poor_score = True
        tags.target_tags.multi_output = True
        return tags
