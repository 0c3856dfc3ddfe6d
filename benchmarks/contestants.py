"""Who runs the workloads."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One way to run a program.

    Attributes:
        name: What it is called on the command line and in tables.
        library: The module the program is written with: "torch", "keras" or "corne".
        environment: Environment variables of its process.
        options: Further arguments of ``model.compile``.
        compiles: Whether code is generated, so that compile times mean something.
        announced: How many epochs fit is told of, where it decides by that; training ends after those measured.
    """

    name: str
    library: str
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    compiles: bool = False
    announced: int | None = None


#: What the others are divided by.
REFERENCE = "raw"

#: Contestant by name, in the order of the tables' columns.
CONTESTANTS: dict[str, Contestant] = {
    contestant.name: contestant
    for contestant in (
        Contestant(REFERENCE, "torch"),
        Contestant("raw-compile", "torch", compiles=True),
        Contestant("keras-torch", "keras", {"KERAS_BACKEND": "torch"}),
        Contestant("keras-jax", "keras", {"KERAS_BACKEND": "jax"}, compiles=True),
        Contestant("keras-tf", "keras", {"KERAS_BACKEND": "tensorflow"}, compiles=True),
        Contestant("corne-eager", "corne", options={"run_eagerly": True}),
        Contestant("corne-recorded", "corne", options={"jit_compile": False}),
        Contestant("corne-compiled", "corne", options={"jit_compile": True}, compiles=True),
        Contestant("corne", "corne", compiles=True),
        Contestant("corne-long", "corne", compiles=True, announced=100_000),
    )
}
