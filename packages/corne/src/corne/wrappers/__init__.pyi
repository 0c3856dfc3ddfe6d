# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from corne_sklearn.classifier import SKLearnClassifier as SKLearnClassifier
from corne_sklearn.regressor import SKLearnRegressor as SKLearnRegressor
from corne_sklearn.transformer import SKLearnTransformer as SKLearnTransformer
