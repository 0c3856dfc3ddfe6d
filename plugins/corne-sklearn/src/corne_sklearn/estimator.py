"""What the estimators share: making the model, fitting it, predicting."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Self

import numpy as np
from corne.errors import ArgumentError, StateError
from corne.models import Model, clone_model
from sklearn.base import BaseEstimator
from sklearn.utils import Tags
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

Data = np.ndarray[Any, Any]


class Estimator(BaseEstimator):
    """Base of the estimators.

    Args:
        model: A compiled model, or a function ``(X, y, **model_kwargs)`` that returns one.
        warm_start: Whether each ``fit`` continues with the weights of the one before. Default False: it starts from
            new weights, and a model that was given is cloned.
        model_kwargs: More arguments for a function. Default None.
        fit_kwargs: Arguments of ``model.fit``; those given to ``fit`` win. Default None.

    Attributes:
        model_: The fitted model.
        history_: What its ``fit`` returned.
        n_features_in_: Number of columns of ``X``.

    Raises:
        ArgumentError: ``model`` is neither a model nor a function, or a function returned no model.
        StateError: The model is not compiled with a loss and an optimizer.
    """

    model_: Model

    def __init__(
        self,
        model: Model | Callable[..., Model],
        warm_start: bool = False,
        model_kwargs: Mapping[str, Any] | None = None,
        fit_kwargs: Mapping[str, Any] | None = None,
    ) -> None:
        self.model = model
        self.warm_start = warm_start
        self.model_kwargs = model_kwargs
        self.fit_kwargs = fit_kwargs

    @property
    def epoch_(self) -> list[int]:
        """The epochs that were trained."""
        history = getattr(self, "history_", None)
        return [] if history is None else list(history.epoch)

    def fit(self, X: Any, y: Any, **kwargs: Any) -> Self:
        """Fit a model.

        Args:
            X: Samples.
            y: Targets.
            **kwargs: Arguments of ``model.fit``.

        Shapes:
            ``X`` ``(samples, features)``; ``y`` ``(samples,)`` or ``(samples, outputs)``.
        """
        X, y = validate_data(self, X, y, multi_output=True, ensure_min_samples=2, dtype="numeric")
        targets = self._encode(y)
        model = self.model_ if self.warm_start and hasattr(self, "model_") else self._make(X, targets)
        self.history_ = model.fit(X, targets, **{**(self.fit_kwargs or {}), **kwargs})
        self.model_ = model
        return self

    def _make(self, X: Data, y: Data) -> Model:
        if isinstance(self.model, Model):
            model = self.model if self.warm_start else _compiled_clone(self.model)
        elif callable(self.model):
            model = self.model(X=X, y=y, **(self.model_kwargs or {}))
        else:
            raise ArgumentError(f"{type(self).__name__}(model=…)", "a model or a function", repr(self.model))
        if not isinstance(model, Model):
            raise ArgumentError(
                f"{type(self).__name__}(model=…)", "a function that returns a model", repr(model)
            )
        if not model.compiled or not model.loss or model.optimizer is None:
            raise StateError(
                type(self).__name__, "a compiled model", f"{model.name}, which lacks a loss or an optimizer",
                "Call model.compile(optimizer='adam', loss=…) first.",
            )  # fmt: skip
        return model

    def _encode(self, y: Data) -> Data:
        """Return targets as the model takes them: two-dimensional."""
        type_of_target(y, raise_unknown=True)
        self._target_ndim = y.ndim
        return y.reshape(-1, 1) if y.ndim == 1 else y

    def _outputs(self, X: Any) -> Data:
        """Return what the fitted model predicts."""
        check_is_fitted(self, "model_")
        X = validate_data(self, X, reset=False, dtype="numeric")
        predicted: Data = self.model_.predict(X, verbose=0)
        return predicted

    def __sklearn_tags__(self) -> Tags:
        tags: Tags = super().__sklearn_tags__()
        tags.non_deterministic = True
        return tags

    def __sklearn_clone__(self) -> Self:
        model = _compiled_clone(self.model) if isinstance(self.model, Model) else copy.deepcopy(self.model)
        return type(self)(
            model, self.warm_start, copy.deepcopy(self.model_kwargs), copy.deepcopy(self.fit_kwargs)
        )


def _compiled_clone(model: Model) -> Model:
    """Return a model of the same layers with new weights, compiled as the first is."""
    clone: Model = clone_model(model)
    arguments = model.get_compile_config()
    if arguments:
        clone.compile_from_config(arguments)
    return clone
