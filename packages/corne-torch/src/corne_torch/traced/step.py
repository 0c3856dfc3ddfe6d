"""A step that starts eagerly and is recorded, then compiled, when that pays."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from corne import tree
from corne._changes import ChangeTracked, attribute_changes
from corne.variable import Variable

from corne_torch.traced.compiler import CompilerError, compile_graph
from corne_torch.traced.cost_model import CostModel
from corne_torch.traced.eager_recorder import EagerRecorder, replay
from corne_torch.traced.fx_cache import drop_cached_sources
from corne_torch.traced.fx_tracer import trace_step
from corne_torch.traced.step_graph import StepGraph, UntraceableError

Tensor = torch.Tensor


class EagerStepWarning(UserWarning):
    """A step can't be compiled or recorded."""


class RecordedStep:
    """A step as operations, for batches of one signature.

    Args:
        recording: Its graph.
        arrays: A batch's arrays, as examples.
        device: Where arrays are.
        compiled: Whether machine code is made of the graph; else it is replayed.

    Raises:
        CompilerError: That failed.
    """

    def __init__(
        self, recording: StepGraph, arrays: list[Tensor], device: torch.device, compiled: bool
    ) -> None:
        self._states, self._seeds = recording.states, recording.seeds
        self._advances, self._draws = recording.advances, recording.draws
        self._constants, self._rebuild, self._device = recording.constants, recording.rebuild, device
        self.is_compiled = compiled
        if compiled:
            examples = [v._storage.detach() for v in self._states] + arrays
            self._run = compile_graph(recording, [*examples, *self._drawn(), *self._constants])
        else:
            self._run = replay(recording)

    def __call__(self, arrays: list[Tensor]) -> Any:
        drawn = self._drawn() if self._draws else ()
        for seed, advance in zip(self._seeds, self._advances, strict=True):
            seed.key = (seed.key[0], (seed.key[1] + advance) % 2**32)
        with torch.no_grad():
            results = self._run([*[v._storage for v in self._states], *arrays, *drawn, *self._constants])
        return self._rebuild(results)

    def _drawn(self) -> list[Tensor]:
        return [draw.make(self._seeds[draw.seed].key, self._device) for draw in self._draws]


class _Signature:
    """The state of a step for batches of one signature."""

    def __init__(
        self,
        is_first: bool,
        calls: int = 0,
        expected: int = 0,
        to_compile: float | None = None,
        to_record: float | None = None,
        was_compiled: bool = False,
    ) -> None:
        self.is_first = is_first  # of all signatures
        self.calls = calls  # so far
        self.expected = expected  # in all
        self.to_compile = to_compile  # calls after which compiling pays; None before they are counted
        self.to_record = to_record  # calls after which recording pays
        self.was_compiled = was_compiled  # in an earlier process, and not yet in this one
        self.step: RecordedStep | None = None
        self.operations: Any = None  # those that were recorded last
        self.changes = -1  # the count of all changes when the step was last found current
        self._read: list[ChangeTracked] = []  # what the step read when it was recorded
        self._read_changes = -1  # the count of their changes then
        self.is_settled = False  # no further upgrade is possible

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Track what a step reads while it is recorded in a ``with`` block."""
        before = attribute_changes.count
        with attribute_changes.reads() as seen:
            yield
        self.changes, self._read = before, list(seen.values())
        # Another thread may have changed something meanwhile: then the step is recorded again.
        unchanged = attribute_changes.count == before
        self._read_changes = sum(owner._attribute_changes for owner in self._read) if unchanged else -1

    def is_current(self) -> bool:
        """Return whether nothing has changed that the step read when it was recorded."""
        count = attribute_changes.count
        if self.changes != count:
            if sum(owner._attribute_changes for owner in self._read) != self._read_changes:
                return False
            self.changes = count
        return True

    @property
    def counts(self) -> list[Any]:
        """The inputs of decisions."""
        compiled = self.was_compiled or (self.step is not None and self.step.is_compiled)
        return [self.calls, self.expected, self.to_compile, self.to_record, compiled]

    @property
    def expected_calls(self) -> int:
        """The number of calls that decisions assume."""
        return max(self.calls, self.expected)


class TracedStep:
    """A step of a model, eager until recording or compiling it pays.

    Args:
        step: Called with a batch.
        variables: What it reads and assigns.
        training: Whether it needs gradients.
        jit_compile: True compiles at the first batch, "auto" where the expected calls, or else those made so
            far, make up for it, False never. Batches of another size are another signature, counted on
            their own. What isn't compiled is recorded and replayed where that pays.
        device: Where arrays are.
    """

    _compiling = threading.Lock()  # recording for it switches modes that a process has only once

    def __init__(
        self,
        step: Callable[..., Any],
        variables: Sequence[Variable],
        training: bool,
        jit_compile: bool | str,
        device: torch.device,
    ) -> None:
        self._step, self._variables, self._training = step, list(variables), training
        self._asked, self._device = jit_compile, device
        self._may_compile, self._may_record = jit_compile is not False, True
        self._signatures: dict[Any, _Signature] = {}
        self._expected = 0
        self._first_report_after = 0  # calls
        self._epochs_expected = 0  # reports to come, and so batches of another size: the last of each epoch
        self._before: dict[str, list[Any]] = {}  # calls in an earlier process, by signature
        self._notify: Callable[[str], None] | None = None
        #: How the step runs and why, for users.
        self.decision = "eager: no batch seen yet"

    def expect(
        self,
        calls: int | None,
        notify: Callable[[str], None] | None = None,
        first_report_after: int | None = None,
    ) -> None:
        """Prepare for a number of calls, most of them with batches like the next one.

        Args:
            calls: The number of calls that follow; None if unknown.
            notify: Called with a line for the user before a long operation. Default None: print nothing.
            first_report_after: Calls before the user sees results: an epoch's. Until then nothing is
                compiled unless it pays by then. Default None: unknown.
        """
        settled = any(known.is_settled for known in self._signatures.values())
        self._expected = 0 if settled else calls or 0
        self._notify = notify
        self._first_report_after = first_report_after or 0
        self._epochs_expected = calls // first_report_after if calls and first_report_after else 0

    def get_state(self) -> dict[str, list[Any]]:
        """Return the calls made and expected for each signature: decisions depend on them alone."""
        return {**self._before, **{repr(key): known.counts for key, known in self._signatures.items()}}

    def set_state(self, state: dict[str, list[Any]]) -> None:
        """Decide from now on as the step that returned ``state``, perhaps in another process."""
        self._before = {key: list(counts) for key, counts in state.items()}
        self._signatures = {}
        self._expected = 0 if state else self._expected

    def __call__(self, batch: Any) -> Any:
        if not (self._may_record or self._may_compile):
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
        if known.is_settled and (known.changes == attribute_changes.count or known.is_current()):
            assert known.step is not None
            return known.step(arrays)
        return self._run_and_maybe_upgrade(known, batch, arrays)

    def _eagerly(self, batch: Any) -> Any:
        if self._training:
            return self._step(batch)
        with torch.no_grad():
            return self._step(batch)

    def _new(self, key: str) -> _Signature:
        first = next(iter([*self._before, *map(repr, self._signatures), key]))
        known = _Signature(key == first, *self._before.get(key, ()))
        if not known.is_first and not known.calls:  # an epoch's last batch, which comes once in each
            known.expected = self._epochs_expected
        return known

    def _run_and_maybe_upgrade(self, known: _Signature, batch: Any, arrays: list[Tensor]) -> Any:
        """Run a batch in the best way so far, and upgrade to a better one if it is time."""
        known.calls += 1
        if self._expected:
            known.expected, self._expected = self._expected, 0
        if known.to_record is None and self._asked is True and known.is_first:
            known.to_record = known.to_compile = 0
        if known.to_record is None or known.to_compile is None:
            return self._count_costs(known, batch)
        if known.was_compiled:  # so the numbers continue as they were
            known.was_compiled = False
            if self._may_compile:  # else the user knows already why not
                self._compile(known, batch, arrays)
        if known.step is not None and known.is_current():
            result = known.step(arrays)
        elif self._may_record and (
            known.expected_calls >= known.to_record or self._is_worth_compiling(known)
        ):
            with drop_cached_sources():
                result = self._record(known, batch, arrays)
        else:
            known.step = None  # compiled with other settings
            result = self._eagerly(batch)
        followed = known.step is not None or not self._may_record  # else it may have effects of its own
        compiled = known.step is not None and known.step.is_compiled
        if followed and not compiled and self._is_worth_compiling(known):
            self._compile(known, batch, arrays)
        known.is_settled = known.step is not None and (known.step.is_compiled or not self._may_compile)
        return result

    def _is_worth_compiling(self, known: _Signature) -> bool:
        if not self._may_compile or known.to_compile is None or known.expected_calls < known.to_compile:
            return False
        return known.calls > self._first_report_after or self._first_report_after >= known.to_compile

    def _count_costs(self, known: _Signature, batch: Any) -> Any:
        """Run the first batch of a signature and count its operations."""
        with CostModel() as costs:
            result = self._eagerly(batch)
        known.to_record, known.to_compile = costs.calls_to_record(), costs.calls_to_compile()
        if known.is_first:
            pays = f"recording pays after {known.to_record:.0f} batches of one size"
            if self._may_compile:
                pays += f", compiling after {known.to_compile:.0f}"
            expected = known.expected or "an unknown number of"
            self.decision = f"eager: {pays} ({costs}), and {expected} calls are expected"
        return result

    def _record(self, known: _Signature, batch: Any, arrays: list[Tensor]) -> Any:
        """Run a batch and record its operations, to replay them if they differ from those recorded before."""
        if len({id(x) for x in arrays}) < len(arrays):  # later batches may have two arrays where this has one
            arrays = [x.view_as(x) for x in arrays]
            batch = _like(batch)(arrays)
        tape = EagerRecorder(self._step, self._variables)
        with known.reading(), torch.set_grad_enabled(self._training):
            result = tape.run(batch, arrays)
        if tape.found:  # they take part from now on
            self._variables += tape.found
            known.step = None
            return result
        try:
            recording = tape.recording()
        except UntraceableError as error:
            known.step = None
            if known.calls > 1:  # the first batch may do what later ones don't
                self._may_record = False
                is_eager_only = tape.has_effects or tape.hands_out_memory
                self._may_compile &= not is_eager_only
                self._refuse(f"eager: {error}", f"The step runs eagerly: {error}.", is_eager_only)
            return result
        operations = (recording.graph.code, [id(x) for x in recording.constants])  # before they are replaced
        if known.step is None or operations != known.operations:
            known.step, known.operations = RecordedStep(recording, arrays, self._device, False), operations
            self.decision = f"recorded: it pays after {known.to_record:.0f} batches"
        return result

    def _compile(self, known: _Signature, batch: Any, arrays: list[Tensor]) -> None:
        if self._notify is not None:
            self._notify("Compiling this step; the machine code is cached for later runs.")
        try:
            with self._compiling, drop_cached_sources():
                with known.reading():
                    recording = trace_step(self._step, self._variables, arrays, _like(batch))
                known.step = RecordedStep(recording, arrays, self._device, True)
        except UntraceableError as error:
            self._may_compile = False
            self._refuse(f"eager: {error}", f"The step runs eagerly: {error}.", True)
            return
        except CompilerError as error:
            self._may_compile = False
            self._refuse(
                f"eager, or recorded where that pays: {error}", f"The step is not compiled: {error}.", True
            )
            return
        reason = f"it pays after {known.to_compile:.0f} batches" if known.to_compile else "as asked"
        self.decision = f"compiled: {reason}"

    def _refuse(self, decision: str, warning: str, warns: bool) -> None:
        self.decision = decision
        if warns and self._asked is not False:
            warnings.warn(warning, EagerStepWarning, stacklevel=6)


def _like(batch: Any) -> Callable[[list[Tensor]], Any]:
    """Return a function that makes a batch of this form from arrays."""
    leaves = tree.flatten(batch)

    def rebuild(arrays: list[Tensor]) -> Any:
        given = iter(arrays)
        return tree.pack_sequence_as(
            batch, [next(given) if isinstance(x, torch.Tensor) else x for x in leaves]
        )

    return rebuild


def _key(x: Any) -> Any:
    return (x.shape, x.dtype, x.stride()) if isinstance(x, torch.Tensor) else x
