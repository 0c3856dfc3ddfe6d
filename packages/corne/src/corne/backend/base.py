"""What an engine must offer so that Corne can run on it.

A backend subclasses :class:`Backend`. About a dozen members are abstract; the rest have defaults that
are correct and slow. Every operation of ``corne.ops`` has a default body composed from ``xp``, and a
backend replaces the ones it can do better through ``kernels``, a mapping from operation name to a
function with the same signature. So a new engine works early and becomes fast kernel by kernel.

Nothing in this module, and nothing in a plugin's ``_plugin`` or ``spec`` module, imports an engine: a
:class:`BackendSpec` says whether the engine could start and where its ``Backend`` is found.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from corne.backend.step import PlainStep, Step
from corne.errors import BackendError

Array: TypeAlias = Any  # an array of whichever engine is active
Shape: TypeAlias = tuple[int | None, ...]  # None: known only when data comes
Key: TypeAlias = tuple[int, int]  # (seed, counter): all the state a random draw needs


@dataclass(frozen=True)
class TensorSpec:
    """Shape and dtype of an array that does not exist yet. ``None`` in the shape: any size."""

    shape: Shape
    dtype: str = "float32"


@dataclass(frozen=True)
class BackendSpec:
    """What a plugin registers under ``corne_backends``: enough to choose, without starting the engine.

    Args:
        name: The name users write, as in ``CORNE_BACKEND=cpu``.
        priority: Of the usable backends the highest is chosen (cuda 100, cpu 50, numpy 10).
        probe: Returns None when the engine can run here, else the reason why not. Imports no engine.
        factory: ``"module:Class"`` of the :class:`Backend`, imported when the backend is first used.
    """

    name: str
    priority: int
    probe: Callable[[], str | None]
    factory: str


class Backend(ABC):
    """The engine behind ``corne.ops``, variables, gradients and the training step."""

    name: str
    #: The engine, where several backends share one: "torch" for cpu and cuda. Default: the backend's name.
    #: Kernels that plugins register for it run on all of these backends.
    engine: str = ""
    #: What the engine can do beyond evaluating: any of "gradients", "compile".
    capabilities: frozenset[str] = frozenset()
    #: Functions that replace the default bodies of operations, or where they are found:
    #: ``{"conv": fast_conv, "image.resize": "acme_engine.resize:resize"}``. One that returns ``NotImplemented``
    #: leaves its arguments to the default body.
    kernels: Mapping[str, Callable[..., Any] | str] = {}
    #: An array-API namespace (numpy is one); default operation bodies are composed from it.
    xp: Any

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.engine = cls.engine or getattr(cls, "name", "")

    # -- arrays ---------------------------------------------------------------------------------------
    @abstractmethod
    def devices(self) -> list[str]:
        """Return the devices this backend can place arrays on, the default one first."""

    @abstractmethod
    def is_array(self, x: object) -> bool:
        """Return whether ``x`` is this engine's own array."""

    @abstractmethod
    def asarray(self, x: Any, dtype: str | None = None) -> Array:
        """Convert numbers, nested lists, NumPy and foreign arrays. Cast to ``dtype`` if given.

        Without ``dtype`` Python floats become ``config.floatx()``, Python integers int32, booleans
        bool, and arrays keep their own dtype.
        """

    @abstractmethod
    def to_numpy(self, x: Array) -> Any:
        """Copy to a ``numpy.ndarray`` (detached, on the host; bfloat16 through ml_dtypes)."""

    @abstractmethod
    def cast(self, x: Array, dtype: str) -> Array:
        """Return ``x`` in the dtype named ``dtype``; ``x`` itself if it has it already."""

    @abstractmethod
    def dtype_name(self, x: Any) -> str:
        """Return the standard name ("float32", ...) of an array's or native dtype object's dtype."""

    # -- state ----------------------------------------------------------------------------------------
    @abstractmethod
    def variable(self, value: Array, trainable: bool) -> Array:
        """Return storage for a Variable: an owned copy of ``value``, ready for gradients if trainable."""

    @abstractmethod
    def assign(self, storage: Array, value: Array) -> Array:
        """Put ``value`` into ``storage`` (in place where the engine can) and return the storage."""

    def assign_add(self, storage: Array, value: Any) -> Array:
        """Add ``value``, an array of the storage's dtype or a number, to ``storage``; return the storage."""
        return self.assign(storage, storage + value)

    def track(self, storage: Array, trainable: bool) -> Array:
        """Return the storage, from now on ready for gradients or not, where the engine tells them apart."""
        return storage

    def concrete(self) -> contextlib.AbstractContextManager[Any]:
        """Leave abstract evaluation for a while, so that variables made inside it are real."""
        return contextlib.nullcontext()

    # -- gradients --------------------------------------------------------------------------------------
    def value_and_grad(
        self, fn: Callable[[], tuple[Array, Any]], variables: Sequence[Any]
    ) -> tuple[tuple[Array, Any], list[Array | None]]:
        """Run ``fn() -> (scalar, aux)`` and return ``((scalar, aux), gradients)``.

        ``fn`` reads the Variables it needs; the gradients are those of the scalar with respect to
        ``variables``, in their order, None where the scalar does not depend on one.
        """
        raise BackendError(
            f"backend {self.name}",
            "an engine with gradients",
            "one that only evaluates",
            "Install one that can train: pip install corne-cpu, and choose it with CORNE_BACKEND=cpu.",
        )

    def zero_grad(self, array: Array) -> None:
        """Drop the gradient that the engine keeps on a weight's array; the default engine keeps none."""
        return None

    def stop_gradient(self, x: Array) -> Array:
        """Return ``x`` as a constant for differentiation."""
        return x

    def custom_gradient(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Decorate ``fn(*arrays) -> (value, grad_fn)``; ``grad_fn(upstream) -> gradients`` of the inputs."""
        return lambda *args: fn(*args)[0]

    def checkpoint(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        """Make ``fn`` recompute its intermediate values in the backward pass instead of keeping them."""
        return fn

    # -- evaluation -------------------------------------------------------------------------------------
    def computes_stand_ins(self) -> bool:
        """Return whether arrays are stand-ins whose values mean nothing, while :meth:`infer_specs` runs.

        Needed only where an engine computes with them: zeros have no inverse.
        """
        return False

    def lacks_value(self, error: Exception) -> bool:
        """Return whether ``error``, raised in :meth:`infer_specs`, says that an array there has no value.

        Layers then raise an error that names the line. Default: False.
        """
        return False

    @abstractmethod
    def infer_specs(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Evaluate ``fn`` abstractly and return its result with a TensorSpec in place of each array.

        ``args`` and ``kwargs`` are any nested structures with TensorSpecs where arrays will be. A
        dimension that is None in a spec may be any size; result dimensions that depend on it are None.
        """

    def step(
        self,
        fn: Callable[..., Any],
        variables: Sequence[Any],
        *,
        training: bool,
        jit_compile: bool | str | None,
    ) -> Step:
        """Return a step that does what ``fn(batch)`` does, as fast as the engine knows.

        ``fn`` reads and assigns ``variables`` and returns a structure of arrays. The default runs it as it is.

        Args:
            fn: Called with a batch.
            variables: Those it is known to use.
            training: Whether it needs gradients.
            jit_compile: True, False or "auto", as ``compile`` was given; None for plain Python in every call.
        """
        return PlainStep(fn)

    def cond(self, pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
        """Return ``true_fn()`` where the scalar ``pred`` is true, else ``false_fn()``."""
        return true_fn() if bool(pred) else false_fn()

    def switch(self, index: Any, branches: Sequence[Callable[..., Any]], operands: tuple[Any, ...]) -> Any:
        """Return ``branches[index](*operands)``; the index is clipped to the branches there are."""
        place = int(self.to_numpy(index)) if self.is_array(index) else int(index)
        return branches[min(max(place, 0), len(branches) - 1)](*operands)

    def while_loop(
        self,
        cond: Callable[..., Any],
        body: Callable[..., tuple[Any, ...]],
        values: tuple[Any, ...],
        maximum_iterations: int | None,
    ) -> tuple[Any, ...]:
        """Return ``values`` after ``values = body(*values)`` as long as ``cond(*values)`` is true.

        Args:
            cond: Returns a truth value.
            body: Returns a tuple of as many values.
            values: What both are called with at first.
            maximum_iterations: When to stop at the latest; None: never.
        """
        count = 0
        while (maximum_iterations is None or count < maximum_iterations) and bool(cond(*values)):
            values = body(*values)
            count += 1
        return values

    def fori_loop(self, lower: Any, upper: Any, body: Callable[[Any, Any], Any], value: Any) -> Any:
        """Return ``value`` after ``value = body(i, value)`` for each i from ``lower`` up to but not ``upper``."""
        for index in range(int(lower), int(upper)):
            value = body(index, value)
        return value

    def scan(
        self, fn: Callable[[Any, Any], tuple[Any, Any]], init: Any, xs: Sequence[Any]
    ) -> tuple[Any, list[Any]]:
        """Fold ``fn(carry, x) -> (carry, y)`` over ``xs`` and return ``(last carry, [y, ...])``."""
        carry, ys = init, []
        for x in xs:
            carry, y = fn(carry, x)
            ys.append(y)
        return carry, ys

    def facts(self) -> dict[str, str]:
        """Return what ``corne doctor`` should tell about the engine: its threads, its device's name, ..."""
        return {}

    def adapt(self, function: Callable[..., Any], operation: Any) -> Callable[..., Any]:
        """Return ``function``, a kernel or a default body, as this engine calls it for an operation.

        Called once for each operation, so that an engine can convert arguments and results. The default returns
        ``function`` itself.

        Args:
            function: What runs the operation.
            operation: The operation; ``operation.__name__`` is its name, ``operation.body`` its default body.
        """
        return function

    # -- randomness -------------------------------------------------------------------------------------
    @abstractmethod
    def random_uniform(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        """Draw from the uniform distribution on [0, 1); equal keys give equal arrays."""

    @abstractmethod
    def random_normal(self, key: Key, shape: Sequence[int], dtype: str) -> Array:
        """Draw from the standard normal distribution; equal keys give equal arrays."""

    def get_random_state(self) -> tuple[bytes, ...]:
        """Return the states of the engine's own global generators, which users' code may draw from.

        Corne's draws don't use them. Default: there are none.
        """
        return ()

    def set_random_state(self, state: Sequence[bytes]) -> None:
        """Set what :meth:`get_random_state` returned, perhaps in another process."""
        return None
