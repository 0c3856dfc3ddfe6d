"""A deep-learning framework with Keras's programming model, assembled from plugins.

Importing this imports nothing else: each name below is loaded when it is first used.
"""

from corne._lazy import attach

_NAMES = {
    "DTypePolicy": "corne.dtype_policies:DTypePolicy",
    "FloatDTypePolicy": "corne.dtype_policies:FloatDTypePolicy",
    "Function": "corne.model.function:Function",
    "Initializer": "corne.initializers:Initializer",
    "Input": "corne.model:Input",
    "InputSpec": "corne.layer:InputSpec",
    "KerasTensor": "corne.symbolic:SymbolicTensor",
    "Layer": "corne.layer:Layer",
    "Loss": "corne.loss:Loss",
    "Metric": "corne.metric:Metric",
    "Model": "corne.model:Model",
    "Operation": "corne.user_operation:Operation",
    "Optimizer": "corne.optimizer:Optimizer",
    "Regularizer": "corne.regularizers:Regularizer",
    "Sequential": "corne.model:Sequential",
    "StatelessScope": "corne.variable:StatelessScope",
    "Variable": "corne.variable:Variable",
    "device": "corne.backend:device",
    "__version__": "corne._version:__version__",
    "hookimpl": "corne.plugins:hookimpl",
    "version": "corne._version:version",
}
_SUBMODULES = (
    "activations",
    "applications",
    "backend",
    "callbacks",
    "config",
    "constraints",
    "datasets",
    "distillation",
    "distribution",
    "dtype_policies",
    "errors",
    "export",
    "initializers",
    "layers",
    "legacy",
    "losses",
    "metrics",
    "mixed_precision",
    "models",
    "operation",
    "ops",
    "optimizers",
    "plugins",
    "preprocessing",
    "quantizers",
    "random",
    "regularizers",
    "saving",
    "tree",
    "utils",
    "visualization",
    "wrappers",
)

__getattr__, __dir__ = attach(__name__, _NAMES, _SUBMODULES)
