"""How an operation finds the code that runs it.

``@op`` wraps a default body. Called with arrays, it hands them to the active backend's kernel of the
same name, or to the body. Called with a SymbolicTensor, it records a node of a graph instead.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

from corne import backend as backends
from corne._state import state
from corne.symbolic import Node, OpCall, SymbolicTensor, find_symbolic, from_specs, to_specs
from corne.variable import Variable

F = TypeVar("F", bound=Callable[..., Any])

BODIES: dict[str, Callable[..., Any]] = {}  # the default body of every operation
NAMES = BODIES.keys()


def op(arrays: int | tuple[str, ...] = 1, *, scalars: bool = False) -> Callable[[F], F]:
    """Make a default body an operation.

    Args:
        arrays: How many leading parameters are arrays, or the names of those that are. Each may be an
            array, a Variable, a SymbolicTensor, a nested list of numbers, or a list, tuple or dict of
            those where the body takes structures. None stays None. They are converted before the body or
            a kernel sees them. A name may be that of ``*args``: all of those are arrays then.
        scalars: Leave Python numbers as they are, for operations whose result dtype must not depend
            on them (``x * 2`` stays float16).
    """

    def decorate(body: F) -> F:
        name = body.__name__
        BODIES[name] = body
        parameters = inspect.signature(body).parameters
        every = list(parameters)
        names = every[:arrays] if isinstance(arrays, int) else list(arrays)
        positions = [(every.index(parameter), parameter) for parameter in names]
        variadic = parameters[names[-1]].kind is inspect.Parameter.VAR_POSITIONAL

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
                    return record(name, args, kwargs)
                ready[i] = convert(x, backend)
            if kwargs:
                for i, parameter in positions:
                    if i >= given and parameter in kwargs:
                        x = kwargs[parameter]
                        if not is_array(x):
                            if find_symbolic(x):
                                return record(name, args, kwargs)
                            kwargs[parameter] = convert(x, backend)
            kernel = backend.kernels.get(name)
            return (kernel or body)(*ready, **kwargs)

        dispatch.body = body  # type: ignore[attr-defined]
        dispatch.arrays = arrays  # type: ignore[attr-defined]
        return cast(F, dispatch)

    return decorate


def _is_tensor(x: Any, backend: backends.Backend) -> bool:
    if backend.is_array(x) or isinstance(x, (Variable, SymbolicTensor)) or hasattr(x, "__array__"):
        return True
    return isinstance(x, (list, tuple)) and any(_is_tensor(item, backend) for item in x)


def record(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Add the operation to the graph and return the SymbolicTensors it will produce."""
    operation = OpCall(name)
    specs = backends.active().infer_specs(operation, *to_specs(args), **to_specs(kwargs))
    outputs = from_specs(specs)
    Node(operation, args, kwargs, outputs)
    return outputs
