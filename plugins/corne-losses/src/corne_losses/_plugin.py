"""What corne-losses registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: Class to function; the module is named after the function.
_LOSSES = {
    "CTC": "ctc",
    "BinaryCrossentropy": "binary_crossentropy",
    "BinaryFocalCrossentropy": "binary_focal_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "CategoricalFocalCrossentropy": "categorical_focal_crossentropy",
    "CategoricalGeneralizedCrossEntropy": "categorical_generalized_cross_entropy",
    "CategoricalHinge": "categorical_hinge",
    "Circle": "circle",
    "CosineSimilarity": "cosine_similarity",
    "Dice": "dice",
    "Hinge": "hinge",
    "Huber": "huber",
    "KLDivergence": "kl_divergence",
    "LogCosh": "log_cosh",
    "MeanAbsoluteError": "mean_absolute_error",
    "MeanAbsolutePercentageError": "mean_absolute_percentage_error",
    "MeanSquaredError": "mean_squared_error",
    "MeanSquaredLogarithmicError": "mean_squared_logarithmic_error",
    "Poisson": "poisson",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "SquaredHinge": "squared_hinge",
    "Tversky": "tversky",
}

_ALIASES = {
    "bce": "binary_crossentropy",
    "kld": "kl_divergence",
    "mae": "mean_absolute_error",
    "mape": "mean_absolute_percentage_error",
    "mse": "mean_squared_error",
    "msle": "mean_squared_logarithmic_error",
}


@hookimpl
def corne_losses() -> dict[str, str]:
    """Return name to ``module:attribute``: classes, functions and short names."""
    classes = {cls: f"corne_losses.{fn}:{cls}" for cls, fn in _LOSSES.items()}
    functions = {fn: f"corne_losses.{fn}:{fn}" for fn in _LOSSES.values()}
    short = {alias: functions[fn] for alias, fn in _ALIASES.items()}
    return {**classes, **functions, **short, **{alias.upper(): target for alias, target in short.items()}}


@hookimpl
def corne_ops() -> dict[str, str]:
    """Return name to ``module:function``."""
    names = ("binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy")
    return {name: f"corne_losses.crossentropies:{name}" for name in names}
