"""The names that the core itself provides, in the form of a plugin's answers."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "layers": {
        "Layer": "corne.layer:Layer",
        "InputSpec": "corne.layer:InputSpec",
        "Input": "corne.model:Input",
        "InputLayer": "corne.model:InputLayer",
    },
    "losses": {"Loss": "corne.loss:Loss", "LossFunctionWrapper": "corne.loss:LossFunctionWrapper"},
    "metrics": {
        "Metric": "corne.metric:Metric",
        "Mean": "corne.metric:Mean",
        "MeanMetricWrapper": "corne.metric:MeanMetricWrapper",
    },
    "optimizers": {
        "Optimizer": "corne.optimizer:Optimizer",
        "LearningRateSchedule": "corne.optimizer:LearningRateSchedule",
    },
    "initializers": {
        "Initializer": "corne.initializers.initializer:Initializer",
        "Zeros": "corne.initializers.constant:Zeros",
        "Ones": "corne.initializers.constant:Ones",
        "Constant": "corne.initializers.constant:Constant",
        "Identity": "corne.initializers.constant:Identity",
        "STFT": "corne.initializers.constant:STFT",
        "IdentityInitializer": "corne.initializers.constant:Identity",
        "STFTInitializer": "corne.initializers.constant:STFT",
        "RandomNormal": "corne.initializers.random:RandomNormal",
        "TruncatedNormal": "corne.initializers.random:TruncatedNormal",
        "RandomUniform": "corne.initializers.random:RandomUniform",
        "VarianceScaling": "corne.initializers.random:VarianceScaling",
        "GlorotUniform": "corne.initializers.random:GlorotUniform",
        "GlorotNormal": "corne.initializers.random:GlorotNormal",
        "HeUniform": "corne.initializers.random:HeUniform",
        "HeNormal": "corne.initializers.random:HeNormal",
        "LecunUniform": "corne.initializers.random:LecunUniform",
        "LecunNormal": "corne.initializers.random:LecunNormal",
        "Orthogonal": "corne.initializers.random:Orthogonal",
        "OrthogonalInitializer": "corne.initializers.random:Orthogonal",
        "normal": "corne.initializers.random:RandomNormal",
        "uniform": "corne.initializers.random:RandomUniform",
        "one": "corne.initializers.constant:Ones",
        "zero": "corne.initializers.constant:Zeros",
    },
    "regularizers": {
        "Regularizer": "corne.regularizers.regularizer:Regularizer",
        "L1": "corne.regularizers.regularizer:L1",
        "L2": "corne.regularizers.regularizer:L2",
        "L1L2": "corne.regularizers.regularizer:L1L2",
        "OrthogonalRegularizer": "corne.regularizers.regularizer:OrthogonalRegularizer",
    },
    "constraints": {
        "Constraint": "corne.constraints.constraint:Constraint",
        "NonNeg": "corne.constraints.constraint:NonNeg",
        "MaxNorm": "corne.constraints.constraint:MaxNorm",
        "UnitNorm": "corne.constraints.constraint:UnitNorm",
        "MinMaxNorm": "corne.constraints.constraint:MinMaxNorm",
    },
    "callbacks": {},
}


_SNAKE = {
    "initializers": ("glorot_uniform", "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal",
                     "random_normal", "random_uniform", "truncated_normal", "variance_scaling", "orthogonal",
                     "zeros", "ones", "constant", "identity", "stft"),
    "regularizers": ("l1", "l2", "l1_l2", "orthogonal_regularizer"),
    "constraints": ("non_neg", "max_norm", "unit_norm", "min_max_norm"),
}  # fmt: skip
for _kind, _snakes in _SNAKE.items():
    _loose = {name.lower(): target for name, target in NAMES[_kind].items()}
    NAMES[_kind].update({name: _loose[name.replace("_", "")] for name in _snakes})


def version() -> str:
    """Return the core's version, read when asked."""
    from corne._version import __version__

    return __version__
