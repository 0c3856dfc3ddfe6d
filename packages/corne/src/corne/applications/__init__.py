"""Whole models with published architectures, from whichever packages are installed.

Architectures are found here by the hook ``corne_applications``. Modules such as ``corne.applications.resnet50``, with
what belongs to one family, come from the hook ``corne_names``.
"""

from typing import Any

from corne.plugins.namespace import face, open_module

_architecture, _architectures, get, serialize, deserialize = face("applications")
_module, _modules = open_module(__name__)


def __getattr__(name: str) -> Any:
    return _module(name) if name in _modules() else _architecture(name)


def __dir__() -> list[str]:
    return sorted({*_architectures(), *(name for name in _modules() if not name.startswith("_"))})
