"""Names and the first-party distributions that provide them.

They let an error say which package to install, and keep other plugins from taking over a name. The names are
in ``known.json``, which ``corne plugins stubs --first-party`` writes; a test fails when it drifts from the plugins.
"""

from __future__ import annotations

import json
from pathlib import Path

#: Our own plugins, whether they register a known name or not.
FIRST_PARTY = frozenset(
    f"corne-{name}"
    for name in (
        "activations", "applications", "attention", "audio", "callbacks", "checkpoints", "conv", "cpu", "cuda", "data",
        "images", "keras", "layers", "losses", "metrics", "numerics", "numpy", "optimizers", "preprocessing",
        "recurrent", "safetensors", "sklearn", "tensorboard", "torch", "visualization",
    )
)  # fmt: skip

FILE = Path(__file__).with_name("known.json")

#: ``{kind: {distribution: names}}``
NAMES: dict[str, dict[str, list[str]]] = json.loads(FILE.read_text(encoding="utf-8"))

#: ``{kind: {name: distribution}}``
OWNERS: dict[str, dict[str, str]] = {
    kind: {name: distribution for distribution, names in table.items() for name in names}
    for kind, table in NAMES.items()
}
