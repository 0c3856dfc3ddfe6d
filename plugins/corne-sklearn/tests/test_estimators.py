"""Models as estimators: scikit-learn's own checks, and what people do with estimators."""

from __future__ import annotations

import pickle

import corne
import numpy as np
import pytest
from corne.errors import ArgumentError, StateError
from corne.layers import Dense, Input
from corne.models import Model, Sequential
from corne.wrappers import SKLearnClassifier, SKLearnRegressor, SKLearnTransformer
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks


def build(X, y, loss="mse", activation=None, units=10):
    corne.utils.set_random_seed(0)  # so that equal data give equal models
    inputs = Input(X.shape[1:])
    outputs = Dense(y.shape[1], activation=activation)(Dense(units, activation="relu")(inputs))
    model = Model(inputs, outputs)
    model.compile(optimizer="rmsprop", loss=loss)
    return model


CLASSES = {"loss": "categorical_crossentropy", "activation": "softmax"}
QUIET = {"epochs": 1, "verbose": 0}


@parametrize_with_checks(
    [
        SKLearnClassifier(build, model_kwargs=CLASSES, fit_kwargs={"epochs": 5, "verbose": 0}),
        SKLearnRegressor(build, fit_kwargs=QUIET),
        SKLearnTransformer(build, fit_kwargs=QUIET),
    ],
    expected_failed_checks=lambda estimator: {
        "check_sample_weight_equivalence_on_dense_data": "gradient descent in batches: a weight of 2 is not two samples",
        "check_classifiers_one_label_sample_weights": "samples of weight zero still count as a class",
    },
)
def test_scikit_learn_s_checks(estimator, check):
    check(estimator)


def test_a_pipeline_learns_real_data():
    corne.utils.set_random_seed(0)
    X, y = load_breast_cancer(return_X_y=True)
    fit = {"epochs": 10, "verbose": 0}
    pipeline = make_pipeline(StandardScaler(), SKLearnClassifier(build, model_kwargs=CLASSES, fit_kwargs=fit))
    assert pipeline.fit(X[:400], y[:400]).score(X[400:], y[400:]) > 0.9


def test_grid_search_over_the_function_s_arguments():
    X, y = load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])[y]
    grid = {"model_kwargs": [{**CLASSES, "units": 2}, {**CLASSES, "units": 20}]}
    search = GridSearchCV(SKLearnClassifier(build, fit_kwargs={"epochs": 20, "verbose": 0}), grid, cv=3)
    search.fit(X, names)
    assert set(search.predict(X)) <= set(names)
    assert search.best_params_ in [{"model_kwargs": value} for value in grid["model_kwargs"]]


def test_a_model_is_cloned_and_a_warm_start_continues():
    X, y = load_iris(return_X_y=True)
    model = build(X, np.eye(3), **CLASSES)
    before = model.get_weights()
    cold = SKLearnClassifier(model, fit_kwargs=QUIET).fit(X, y)
    assert cold.model_ is not model
    for one, two in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, two)
    warm = SKLearnClassifier(model, warm_start=True, fit_kwargs=QUIET).fit(X, y)
    assert warm.model_ is model
    steps = int(model.optimizer.iterations.numpy())
    warm.fit(X, y, epochs=2)
    assert int(model.optimizer.iterations.numpy()) == 3 * steps
    assert warm.epoch_ == [0, 1]


def test_clone_keeps_every_argument():
    estimator = SKLearnRegressor(build, True, {"units": 3}, {"epochs": 2})
    assert clone(estimator).get_params() == estimator.get_params()


def test_a_fitted_estimator_is_pickled():
    X, y = load_iris(return_X_y=True)
    estimator = SKLearnRegressor(build, fit_kwargs=QUIET).fit(X, y)
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(again.predict(X), estimator.predict(X))


def test_features_for_another_estimator():
    X, y = load_iris(return_X_y=True)
    features = SKLearnTransformer(build, fit_kwargs=QUIET)
    assert make_pipeline(features, LogisticRegression()).fit(X, y).predict(X).shape == (150,)


def test_wrong_use():
    X, y = load_iris(return_X_y=True)
    with pytest.raises(ArgumentError):
        SKLearnRegressor("dense").fit(X, y)
    with pytest.raises(ArgumentError):
        SKLearnRegressor(lambda X, y: None).fit(X, y)
    with pytest.raises(StateError):
        SKLearnRegressor(Sequential([Input((4,)), Dense(1)])).fit(X, y)
