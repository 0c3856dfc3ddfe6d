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
    "initializers": {},
    "regularizers": {},
    "constraints": {},
    "callbacks": {},
}


def version() -> str:
    """Return the core's version, read when asked."""
    from corne._version import __version__

    return __version__
