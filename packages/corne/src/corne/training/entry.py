"""What surrounds the methods that users call: names of arguments, and tracebacks without Corne's frames."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, TypeVar

from corne import config
from corne.errors import UnknownArgumentError, nearest

P = ParamSpec("P")
R = TypeVar("R")


def entry(function: Callable[P, R]) -> Callable[P, R]:
    """Make a method name the nearest argument where a keyword is misspelt, and filter the tracebacks of errors.

    >>> @entry
    ... def fit(epochs=1):
    ...     return epochs
    >>> fit(epoch=3)
    Traceback (most recent call last):
        ...
    corne.errors.UnknownArgumentError: fit(…): expected arguments among ['epochs'], got 'epoch'. Did you mean 'epochs'?
    """
    parameters = inspect.signature(function).parameters
    known = {name for name, each in parameters.items() if each.kind is not each.VAR_KEYWORD} - {"self"}

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if not kwargs.keys() <= known:
            word = next(name for name in kwargs if name not in known)
            raise UnknownArgumentError(
                f"{function.__name__}(…)",
                f"arguments among {sorted(known)}",
                repr(word),
                nearest(word, known).strip(),
            )
        try:
            return function(*args, **kwargs)
        except Exception as error:
            filter_traceback(error)
            raise

    return call


def filter_traceback(error: BaseException) -> None:
    """Take the frames of Corne and its packages from an error's traceback, unless the program wants them."""
    if not config.is_traceback_filtering_enabled():
        return
    kept = []
    step = error.__traceback__
    while step is not None:
        package = str(step.tb_frame.f_globals.get("__name__", "")).partition(".")[0]
        if package != "corne" and not package.startswith("corne_"):
            kept.append(step)
        step = step.tb_next
    result: TracebackType | None = None
    for each in reversed(kept):
        result = TracebackType(result, each.tb_frame, each.tb_lasti, each.tb_lineno)
    error.__traceback__ = result
