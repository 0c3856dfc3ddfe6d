"""The names that the core itself provides, in the form of a plugin's answers."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "weight_formats": {
        ".weights.h5": "corne.saving.hdf5_format:FORMAT",
        ".weights.json": "corne.saving.sharded_format:FORMAT",
        ".npz": "corne.saving.npz_file:FORMAT",
    },
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
        "Initializer": "corne.initializers._base:Initializer",
        "Zeros": "corne.initializers._fixed:Zeros",
        "Ones": "corne.initializers._fixed:Ones",
        "Constant": "corne.initializers._fixed:Constant",
        "Identity": "corne.initializers._fixed:Identity",
        "STFT": "corne.initializers._fixed:STFT",
        "IdentityInitializer": "corne.initializers._fixed:Identity",
        "STFTInitializer": "corne.initializers._fixed:STFT",
        "RandomNormal": "corne.initializers._drawn:RandomNormal",
        "TruncatedNormal": "corne.initializers._drawn:TruncatedNormal",
        "RandomUniform": "corne.initializers._drawn:RandomUniform",
        "VarianceScaling": "corne.initializers._drawn:VarianceScaling",
        "GlorotUniform": "corne.initializers._drawn:GlorotUniform",
        "GlorotNormal": "corne.initializers._drawn:GlorotNormal",
        "HeUniform": "corne.initializers._drawn:HeUniform",
        "HeNormal": "corne.initializers._drawn:HeNormal",
        "LecunUniform": "corne.initializers._drawn:LecunUniform",
        "LecunNormal": "corne.initializers._drawn:LecunNormal",
        "Orthogonal": "corne.initializers._drawn:Orthogonal",
        "OrthogonalInitializer": "corne.initializers._drawn:Orthogonal",
        "normal": "corne.initializers._drawn:RandomNormal",
        "uniform": "corne.initializers._drawn:RandomUniform",
        "one": "corne.initializers._fixed:Ones",
        "zero": "corne.initializers._fixed:Zeros",
    },
    "regularizers": {
        "Regularizer": "corne.regularizers._regularizers:Regularizer",
        "L1": "corne.regularizers._regularizers:L1",
        "L2": "corne.regularizers._regularizers:L2",
        "L1L2": "corne.regularizers._regularizers:L1L2",
        "OrthogonalRegularizer": "corne.regularizers._regularizers:OrthogonalRegularizer",
    },
    "constraints": {
        "Constraint": "corne.constraints._constraints:Constraint",
        "NonNeg": "corne.constraints._constraints:NonNeg",
        "MaxNorm": "corne.constraints._constraints:MaxNorm",
        "UnitNorm": "corne.constraints._constraints:UnitNorm",
        "MinMaxNorm": "corne.constraints._constraints:MinMaxNorm",
    },
    "callbacks": {
        "Callback": "corne.training.callbacks.callback:Callback",
        "CallbackList": "corne.training.callbacks.callback_list:CallbackList",
        "History": "corne.training.callbacks.history:History",
        "ProgbarLogger": "corne.training.callbacks.progbar_logger:ProgbarLogger",
    },
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
