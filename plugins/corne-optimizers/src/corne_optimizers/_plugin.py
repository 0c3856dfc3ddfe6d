"""What corne-optimizers registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: Class to module.
_OPTIMIZERS = {
    "Adadelta": "adadelta",
    "Adafactor": "adafactor",
    "Adagrad": "adagrad",
    "Adam": "adam",
    "AdamW": "adamw",
    "Adamax": "adamax",
    "Ftrl": "ftrl",
    "Lamb": "lamb",
    "Lion": "lion",
    "LossScaleOptimizer": "loss_scale_optimizer",
    "MultiOptimizer": "multi_optimizer",
    "Muon": "muon",
    "Nadam": "nadam",
    "OptimizerMap": "optimizer_map",
    "RMSprop": "rmsprop",
    "SGD": "sgd",
    "ScheduleFreeAdamW": "schedule_free_adamw",
}

_SCHEDULES = {
    "CosineDecay": "cosine_decay",
    "CosineDecayRestarts": "cosine_decay_restarts",
    "ExponentialDecay": "exponential_decay",
    "InverseTimeDecay": "inverse_time_decay",
    "PiecewiseConstantDecay": "piecewise_constant_decay",
    "PolynomialDecay": "polynomial_decay",
}


@hookimpl
def corne_optimizers() -> dict[str, str]:
    """Return name to ``module:class``: optimizers, also in small letters, and schedules."""
    optimizers = {cls: f"corne_optimizers.{file}:{cls}" for cls, file in _OPTIMIZERS.items()}
    schedules = {cls: f"corne_optimizers.schedules.{file}:{cls}" for cls, file in _SCHEDULES.items()}
    return {**optimizers, **{cls.lower(): target for cls, target in optimizers.items()}, **schedules}
