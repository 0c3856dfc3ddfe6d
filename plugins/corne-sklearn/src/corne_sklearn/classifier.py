"""SKLearnClassifier: a model that tells classes apart, as scikit-learn's classifiers."""

from __future__ import annotations

from typing import Any

import numpy as np
from corne.errors import DataError
from sklearn.base import ClassifierMixin
from sklearn.utils import Tags, column_or_1d
from sklearn.utils.multiclass import type_of_target

from corne_sklearn.estimator import Data, Estimator


class SKLearnClassifier(ClassifierMixin, Estimator):
    """Use a model as a classifier of scikit-learn.

    The model learns one output for each class, so it wants a crossentropy over classes.

    Attributes:
        classes_: The classes, sorted.

    Source: scikit-learn's interface, https://scikit-learn.org/stable/developers/develop.html

    >>> from corne.layers import Dense, Input
    >>> from corne.models import Sequential
    >>> from sklearn.datasets import load_iris
    >>> def build(X, y):
    ...     model = Sequential([Input(X.shape[1:]), Dense(y.shape[1], activation="softmax")])
    ...     model.compile(optimizer="adam", loss="categorical_crossentropy")
    ...     return model
    >>> X, y = load_iris(return_X_y=True)
    >>> classifier = SKLearnClassifier(build, fit_kwargs={"verbose": 0}).fit(X, y)
    >>> classifier.predict(X).shape
    (150,)
    """

    classes_: Data

    def predict(self, X: Any) -> Data:
        """Return the class of each sample. Shapes: ``X`` ``(samples, features)``; result ``(samples,)``."""
        numbers = self._outputs(X).argmax(axis=1)
        chosen: Data = self.classes_[numbers]
        return chosen

    def decision_function(self, X: Any) -> Data:
        """Return the model's outputs: how much each class is favoured.

        Shapes:
            ``X`` ``(samples, features)``; result ``(samples, classes)``, and for two classes ``(samples,)``, the
            second class's output less the first's, as scikit-learn asks.
        """
        outputs = self._outputs(X)
        return outputs[:, 1] - outputs[:, 0] if len(self.classes_) == 2 else outputs

    def _encode(self, y: Data) -> Data:
        kind = type_of_target(y, input_name="y", raise_unknown=True)
        if kind not in ("binary", "multiclass"):
            raise DataError(
                "SKLearnClassifier.fit(y)", "one class for each sample",
                f"targets of type {kind!r}. Unknown label type: {kind}", "Use SKLearnRegressor for numbers.",
            )  # fmt: skip
        self.classes_, numbers = np.unique(column_or_1d(y, warn=True), return_inverse=True)
        if len(self.classes_) == 1:
            raise DataError("SKLearnClassifier.fit(y)", "at least two classes", "1 class")
        return np.eye(len(self.classes_), dtype="float32")[numbers]

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True
        return tags
