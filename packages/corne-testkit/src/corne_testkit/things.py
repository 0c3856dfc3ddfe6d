"""What the smaller conformance classes share: a registered thing, its arguments, its configuration."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from corne.plugins import registry

from corne_testkit.conformance import Conformance, check_skip, fail, forgotten, shown, through_json
from corne_testkit.packages import PackageConformance

ArrayMaker = Callable[[np.random.Generator, tuple[int, ...]], Any]


@dataclass(frozen=True, eq=False)
class Thing:
    """A class or function of one kind, and the arguments it is made or called with.

    Args:
        thing: The class or function, or the name it is registered under.
        arguments: Keyword arguments, or a function that returns them. Default: none.
        tolerance: Largest absolute and relative difference between float32 values that should be equal.
            Default 1e-5.
        skip: Tests to leave out, as ``{"test name": "reason"}``. Default: none.
    """

    kind: ClassVar[str] = ""

    thing: Any
    arguments: Mapping[str, Any] | Callable[[], Mapping[str, Any]] = field(default_factory=dict)
    tolerance: float = 1e-5
    skip: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_skip(self, self.skip)

    def __str__(self) -> str:
        name = self.thing if isinstance(self.thing, str) else self.thing.__name__
        given = self.arguments
        return f"{name}({'…' if callable(given) else ', '.join(f'{k}={shown(v)}' for k, v in given.items())})"

    @property
    def target(self) -> Any:
        """The class or function."""
        return registry.get(self.kind, self.thing) if isinstance(self.thing, str) else self.thing

    def given_arguments(self) -> dict[str, Any]:
        """Return the arguments, new ones at each call if they are made by a function."""
        return dict(self.arguments() if callable(self.arguments) else self.arguments)

    def make(self, **extra: Any) -> Any:
        """Make one, with ``extra`` arguments besides or in place of the case's."""
        return self.target(**{**self.given_arguments(), **extra})

    def generator(self, number: int = 0) -> np.random.Generator:
        """Return a generator that depends on the case and a number, and on nothing else."""
        return np.random.default_rng((zlib.crc32(str(self).encode()), number))


class ThingConformance(PackageConformance, Conformance):
    """Tests of every class that has a configuration."""

    cases: ClassVar[Sequence[Thing]] = ()

    def test_configuration_round_trip(self, case: Thing, backend: Any) -> None:
        """The configuration holds every argument, survives JSON, and makes an equal object."""
        from corne import saving

        one = case.make()
        config = one.get_config()
        lacking = forgotten(one, case.given_arguments(), config)
        if lacking:
            fail(
                case, "get_config() should return every argument of the constructor", f"it lacks {lacking}",
                "Return {**super().get_config(), 'argument': self.argument}.",
            )  # fmt: skip
        with known(case):
            again = saving.deserialize_keras_object(through_json(case, saving.serialize_keras_object(one)))
        if type(again) is not type(one):
            fail(
                case,
                f"serialization should give a {type(one).__name__} again",
                f"it made {type(again).__name__}",
                "Register the class under its own name in _plugin.py.",
            )
        if through_json(case, again.get_config()) != through_json(case, config):
            fail(
                case, "an object made from a configuration should give the same configuration",
                f"{again.get_config()} instead of {config}", "Store arguments as given, and return those.",
            )  # fmt: skip
        self.check_same(case, one, again, backend)

    def check_same(self, case: Any, one: Any, again: Any, backend: Any) -> None:
        """Fail unless the two objects compute the same; written by the classes for each kind."""


def known(case: Any) -> AbstractContextManager[None]:
    """Let configurations name the case's class where no plugin registers it."""
    from corne import saving

    target = case.target
    return saving.custom_object_scope({} if registry.entry_of(target) else {target.__name__: target})
