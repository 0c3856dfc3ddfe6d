"""Models, and reading and writing them."""

from corne._lazy import attach

_NAMES = {
    "Model": "corne.model:Model",
    "Sequential": "corne.model:Sequential",
    "clone_model": "corne.model:clone_model",
    "load_model": "corne.saving:load_model",
    "model_from_json": "corne.saving:model_from_json",
    "save_model": "corne.saving:save_model",
}

__getattr__, __dir__ = attach(__name__, _NAMES)
