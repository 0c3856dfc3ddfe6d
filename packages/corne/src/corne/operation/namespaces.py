"""Which operations stand in ``corne.ops.numpy``, ``nn`` and ``linalg`` too, as in Keras 3: facts, in a file."""

from __future__ import annotations

import json
from pathlib import Path

_TABLE: dict[str, str] = json.loads(Path(__file__).with_name("namespaces.json").read_text(encoding="utf-8"))

#: Operations that Keras keeps in its module ``math``.
MATH = frozenset(_TABLE.pop("math").split())

#: ``{namespace: names}`` of operations that are found in ``corne.ops`` and in the namespace.
SHARED = {namespace: frozenset(names.split()) for namespace, names in _TABLE.items()}


def keras_module(name: str) -> str:
    """Return the module of ``keras.ops`` that holds an operation: ``"numpy"``, ``"nn"``, ``"image"``, ...

    >>> keras_module("relu"), keras_module("image.resize"), keras_module("erf"), keras_module("cast")
    ('nn', 'image', 'math', 'core')
    """
    namespace, dot, _ = name.partition(".")
    if dot:
        return namespace
    shared = next((space for space, names in SHARED.items() if name in names), "core")
    return "math" if name in MATH else shared
