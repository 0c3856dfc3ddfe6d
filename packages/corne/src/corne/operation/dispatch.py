"""How an operation finds the code that runs it.

``@op`` wraps a default body. Called with arrays, an operation runs the active backend's kernel for it, or the body.
Called with a SymbolicTensor, it records a node of a graph instead.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from corne import backend as backends
from corne._state import state
from corne.backend.kernels import Kernel, kernels, when_forgotten
from corne.errors import BackendError, CorneError
from corne.operation.faults import find_fault
from corne.operation.sizes import fixed_sizes
from corne.plugins import registry
from corne.symbolic import Node, OpCall, SymbolicTensor, find_symbolic, from_specs, to_specs
from corne.variable import Variable

F = TypeVar("F", bound=Callable[..., Any])

_tables: list[dict[backends.Backend, Kernel]] = []  # for every operation, what runs it on each backend
_rest: dict[tuple[Any, backends.Backend], list[Kernel]] = {}  # what runs where that one declines


def op(
    arrays: int | tuple[str, ...] = 1, *, scalars: bool = False, check: Callable[..., None] | None = None
) -> Callable[[F], F]:
    """Make a default body an operation.

    Args:
        arrays: How many leading parameters are arrays, or the names of those that are. Each may be an
            array, a Variable, a SymbolicTensor, a nested list of numbers, or a list, tuple or dict of
            those where the body takes structures. None stays None. They are converted before the body or
            a kernel sees them. A name may be that of ``*args``: all of those are arrays then.
        scalars: Leave Python numbers as they are, for operations whose result dtype must not depend
            on them (``x * 2`` stays float16). Default False.
        check: Called with the operation's arguments before the body or a kernel, to raise an error on wrong
            ones. It has the body's parameters. Default None.

    >>> @op()
    ... def twice(x):
    ...     return x + x
    >>> twice([1, 2]).tolist()
    [2, 4]
    """

    def decorate(body: F) -> F:
        parameters = inspect.signature(body).parameters
        every = list(parameters)
        names = every[:arrays] if isinstance(arrays, int) else list(arrays)
        positions = [(every.index(parameter), parameter) for parameter in names]
        variadic = parameters[names[-1]].kind is inspect.Parameter.VAR_POSITIONAL
        table: dict[backends.Backend, Kernel] = {}
        _tables.append(table)

        def convert(x: Any, backend: backends.Backend) -> Any:
            if backend.is_array(x) or x is None:
                return x
            if isinstance(x, Variable):
                return x.value
            if scalars and isinstance(x, (bool, int, float, complex)):
                return x
            if isinstance(x, (list, tuple)) and any(_is_tensor(item, backend) for item in x):
                converted = [convert(item, backend) for item in x]
                return type(x)(*converted) if hasattr(x, "_fields") else type(x)(converted)
            if isinstance(x, dict):
                return {key: convert(value, backend) for key, value in x.items()}
            return backend.asarray(x)

        @functools.wraps(body)
        def dispatch(*args: Any, **kwargs: Any) -> Any:
            backend = state.backend or backends.active()
            is_array = backend.is_array
            ready = list(args)
            given = len(args)
            for i, _ in enumerate(args) if variadic else positions:
                if i >= given:
                    break
                x = args[i]
                if is_array(x) or (variadic and i < positions[0][0]):
                    continue
                if type(x) is Variable:
                    ready[i] = x.value
                    continue
                if isinstance(x, SymbolicTensor) or (isinstance(x, (list, tuple, dict)) and find_symbolic(x)):
                    return record(dispatch, args, kwargs)
                ready[i] = convert(x, backend)
            if kwargs:
                for i, parameter in positions:
                    if i >= given and parameter in kwargs:
                        x = kwargs[parameter]
                        if not is_array(x):
                            if find_symbolic(x):
                                return record(dispatch, args, kwargs)
                            kwargs[parameter] = convert(x, backend)
            if check is not None:
                check(*ready, **kwargs)
            run = table.get(backend)
            if run is None:
                run = table[backend] = _candidates(dispatch, backend)[0]
            try:
                result = run(*ready, **kwargs)
                if result is NotImplemented:
                    result = _next(dispatch, backend, ready, kwargs)
            except (RuntimeError, IndexError, ValueError, TypeError, ZeroDivisionError) as error:
                fault = None if isinstance(error, CorneError) else find_fault(body, ready, kwargs)
                if fault is None:
                    raise
                raise fault from error
            return result

        dispatch.body = body  # type: ignore[attr-defined]
        dispatch.arrays = arrays  # type: ignore[attr-defined]
        return cast(F, dispatch)

    return decorate


def _candidates(operation: Any, backend: backends.Backend) -> list[Kernel]:
    """Return what can run an operation on a backend, in the order of asking; the default body is last."""
    entry = registry.entry_of(operation, "ops")
    names = [] if entry is None else [f"{entry.distribution}:{entry.name}", registry.spelling(entry)]
    found = [*kernels(backend, *dict.fromkeys(names)), operation.body]
    return [backend.adapt(function, operation) for function in found]


def _next(operation: Any, backend: backends.Backend, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """Run what comes after a kernel that declined its arguments."""
    rest = _rest.get((operation, backend))
    if rest is None:
        rest = _rest[operation, backend] = _candidates(operation, backend)[1:]
    for run in rest:
        result = run(*args, **kwargs)
        if result is not NotImplemented:
            return result
    raise BackendError(
        f"operation {operation.__name__}", "a default body that accepts all arguments", "NotImplemented",
        "Only kernels may return NotImplemented.",
    )  # fmt: skip


def _forget() -> None:
    for table in _tables:
        table.clear()
    _rest.clear()


when_forgotten(_forget)


def _is_tensor(x: Any, backend: backends.Backend) -> bool:
    if backend.is_array(x) or isinstance(x, (Variable, SymbolicTensor)) or hasattr(x, "__array__"):
        return True
    return isinstance(x, (list, tuple)) and any(_is_tensor(item, backend) for item in x)


def record(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Add the call of an operation to the graph and return the SymbolicTensors it will produce."""
    operation = OpCall(function)
    engine = backends.active()
    given = to_specs((args, kwargs))
    try:
        specs = engine.infer_specs(operation, *given[0], **given[1])
    except Exception:
        for positional, named in fixed_sizes(given):
            with contextlib.suppress(Exception):
                specs = engine.infer_specs(operation, *positional, **named)
                break
        else:
            raise
    outputs = from_specs(specs)
    Node(operation, args, kwargs, outputs)
    return outputs
