"""A step that begins eagerly and is compiled where that pays."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import torch
from corne import tree
from corne.variable import Variable

from corne_torch.traced.compiler import compile_graph
from corne_torch.traced.record import Recording, UntraceableError, record
from corne_torch.traced.survey import Survey

Tensor = torch.Tensor


class EagerStepWarning(UserWarning):
    """A step can't be compiled and runs eagerly."""


class CompiledStep:
    """A recorded and compiled step, for batches of one signature."""

    def __init__(self, recording: Recording, arrays: list[Tensor], device: torch.device) -> None:
        self._states, self._seeds = recording.states, recording.seeds
        self._advances, self._draws = recording.advances, recording.draws
        self._constants, self._rebuild, self._device = recording.constants, recording.rebuild, device
        examples = [v._storage.detach() for v in self._states] + arrays
        self._run = compile_graph(recording, [*examples, *self._drawn(), *self._constants])

    def __call__(self, arrays: list[Tensor]) -> Any:
        drawn = self._drawn()
        for seed, advance in zip(self._seeds, self._advances, strict=True):
            seed.key = (seed.key[0], (seed.key[1] + advance) % 2**32)
        with torch.no_grad():
            results = self._run([*[v._storage for v in self._states], *arrays, *drawn, *self._constants])
        return self._rebuild(results)

    def _drawn(self) -> list[Tensor]:
        return [draw.make(self._seeds[draw.seed].key, self._device) for draw in self._draws]


class _Signature:
    """What is known of batches of one signature."""

    def __init__(self, is_first: bool, calls: int, expected: int, needed: float | None) -> None:
        self.is_first = is_first  # of all signatures
        self.calls = calls  # so far
        self.expected = expected  # in all, as was last said
        self.needed = needed  # calls after which compiling pays, once they were counted
        self.compiled: CompiledStep | None = None


class TracedStep:
    """A step of a model, eager until compiling it pays.

    Args:
        step: Called with a batch.
        variables: What it reads and assigns.
        training: Whether it needs gradients.
        jit_compile: True compiles at the first batch, "auto" where the calls to come, or else those that
            were, make up for it. Batches of another size are another signature, counted on their own.
        device: Where arrays are.
    """

    _compiling = threading.Lock()  # recording switches modes that a process has only once

    def __init__(
        self,
        step: Callable[..., Any],
        variables: Sequence[Variable],
        training: bool,
        jit_compile: bool | str,
        device: torch.device,
    ) -> None:
        self._step, self._variables, self._training = step, variables, training
        self._always, self._device = jit_compile is True, device
        self._signatures: dict[Any, _Signature] = {}
        self._expected = 0
        self._before: dict[str, list[Any]] = {}  # calls in an earlier process, by signature
        self._tell: Callable[[str], None] | None = None
        self._untraceable = False
        #: How the step is run and why, for people.
        self.decision = "eager: no batch was seen yet"

    def expect(self, calls: int | None, tell: Callable[[str], None] | None = None) -> None:
        """Hear how many calls are to come, most of them with batches like the next one.

        Args:
            calls: Their number; None if nobody knows.
            tell: Called with a line for the user when something takes long.
        """
        compiled = any(known.compiled is not None for known in self._signatures.values())
        self._expected = 0 if compiled else calls or 0
        self._tell = tell

    def get_state(self) -> dict[str, list[Any]]:
        """Return how often batches of each signature came and were announced: decisions depend on that alone."""
        own = {
            repr(key): [known.calls, known.expected, known.needed] for key, known in self._signatures.items()
        }
        return {**self._before, **own}

    def set_state(self, state: dict[str, list[Any]]) -> None:
        """Decide as a step would that was called so often, in another process perhaps."""
        self._before = {key: list(counts) for key, counts in state.items()}
        self._signatures = {}
        self._expected = 0 if state else self._expected

    def __call__(self, batch: Any) -> Any:
        if self._untraceable:
            return self._eagerly(batch)
        if type(batch) is tuple and all(type(x) is Tensor for x in batch):
            arrays: list[Any] = list(batch)
            key: Any = tuple((x.shape, x.dtype, x.stride()) for x in batch)
        else:
            leaves = tree.flatten(batch)
            arrays = [x for x in leaves if isinstance(x, torch.Tensor)]
            key = (tree.structure_of(batch), *(_key(x) for x in leaves))
        try:
            known = self._signatures[key]
        except KeyError:
            known = self._signatures[key] = self._new(repr(key))
        except TypeError:  # something in the batch can't be compared
            return self._eagerly(batch)
        if known.compiled is not None:
            return known.compiled(arrays)
        return self._decide(known, arrays, batch)

    def _eagerly(self, batch: Any) -> Any:
        if self._training:
            return self._step(batch)
        with torch.no_grad():
            return self._step(batch)

    def _decide(self, known: _Signature, arrays: list[Tensor], batch: Any) -> Any:
        if self._expected:
            known.expected, self._expected = self._expected, 0
        known.calls += 1
        if self._always and known.is_first:
            known.needed = 0
        elif known.needed is None:
            with Survey() as survey:
                result = self._eagerly(batch)
            known.needed = survey.calls_to_pay()
            if known.is_first:
                self.decision = (
                    f"eager: compiling pays after {known.needed:.0f} batches of one size ({survey}), and "
                    f"{known.expected or 'an unknown number'} were announced"
                )
            return result
        if max(known.calls, known.expected) < known.needed or not self._compile(known, arrays, batch):
            return self._eagerly(batch)
        assert known.compiled is not None
        return known.compiled(arrays)

    def _new(self, key: str) -> _Signature:
        first = next(iter([*self._before, *map(repr, self._signatures), key]))
        return _Signature(key == first, *self._before.get(key, (0, 0, None)))

    def _compile(self, known: _Signature, arrays: list[Tensor], batch: Any) -> bool:
        """Compile for batches of a signature; tell whether that worked."""
        if self._tell is not None:
            self._tell("Compiling this step; the machine code is kept for the next time.")
        try:
            with self._compiling:
                if known.compiled is None:
                    recording = record(self._step, self._variables, arrays, _like(batch))
                    known.compiled = CompiledStep(recording, arrays, self._device)
        except UntraceableError as error:
            self._untraceable = True
            self.decision = f"eager: {error}"
            warnings.warn(f"The step runs eagerly: {error}.", EagerStepWarning, stacklevel=5)
            return False
        reason = "as asked" if self._always else f"it pays after {known.needed:.0f} batches"
        self.decision = f"compiled: {reason}"
        return True


def _like(batch: Any) -> Callable[[list[Tensor]], Any]:
    """Return what makes a batch of this form from arrays."""
    leaves = tree.flatten(batch)

    def rebuild(arrays: list[Tensor]) -> Any:
        given = iter(arrays)
        return tree.pack_sequence_as(
            batch, [next(given) if isinstance(x, torch.Tensor) else x for x in leaves]
        )

    return rebuild


def _key(x: Any) -> Any:
    return (x.shape, x.dtype, x.stride()) if isinstance(x, torch.Tensor) else x
