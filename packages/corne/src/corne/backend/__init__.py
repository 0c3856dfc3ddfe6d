"""Which backend runs, and how to choose another.

The choice, made once and on first use: ``CORNE_BACKEND``, then ``backend`` in ``~/.corne/config.json``,
then the usable backend of the highest priority.
"""

from corne.backend.base import Array, Backend, BackendSpec, Key, Shape, TensorSpec
from corne.backend.choice import active, available, load, name, set_backend, use

__all__ = [
    "Array",
    "Backend",
    "BackendSpec",
    "Key",
    "Shape",
    "TensorSpec",
    "active",
    "available",
    "load",
    "name",
    "set_backend",
    "use",
]
