"""Checks of constructor arguments: each returns the value in its plain form or raises a four-part error.

Layers, losses, metrics and optimizers, Corne's own and yours, check what they are given with these.
NumPy's scalars are accepted like Python's; a bool is never taken for a number.

>>> integer("TopK(k=…)", np.int64(5), least=1)
5
>>> integer("TopK(k=…)", True, least=1)
Traceback (most recent call last):
    ...
corne.errors.ArgumentError: TopK(k=…): expected a positive integer, got True.
"""

from __future__ import annotations

import math
import numbers
import operator
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np

from corne import config
from corne.errors import ArgumentError, ShapeError, nearest

T = TypeVar("T")


def integer(where: str, value: Any, least: int | None = None, most: int | None = None, fix: str = "") -> int:
    """Return ``value`` as a Python ``int``.

    Args:
        where: The argument, as in ``"Dense(units=…)"``.
        value: What was passed. Anything with ``__index__`` is an integer, except a bool.
        least: Smallest allowed value. Default None: no limit.
        most: Largest allowed value. Default None: no limit.
        fix: What to do about a wrong value, if "expected" does not say it. Default "".

    Raises:
        ArgumentError: ``value`` is no integer, or lies outside the limits.
    """
    try:
        if isinstance(value, (bool, np.bool_)):
            raise TypeError
        number = operator.index(value)
    except TypeError:
        pass
    else:
        if (least is None or number >= least) and (most is None or number <= most):
            return number
    raise ArgumentError(where, _integers(least, most), repr(value), fix)


def number(
    where: str,
    value: Any,
    least: float | None = None,
    most: float | None = None,
    *,
    above: float | None = None,
    below: float | None = None,
    finite: bool = False,
    fix: str = "",
) -> float:
    """Return ``value``, a real number, as a Python ``int`` or ``float``.

    Args:
        where: The argument, as in ``"Dropout(rate=…)"``.
        value: What was passed.
        least: Smallest allowed value. Default None: no limit.
        most: Largest allowed value. Default None: no limit.
        above: Limit that the value must exceed. Default None: no limit.
        below: Limit that the value must stay under. Default None: no limit.
        finite: Whether infinity is refused. NaN always is. Default False.
        fix: What to do about a wrong value, if "expected" does not say it. Default "".

    Raises:
        ArgumentError: ``value`` is no number, or lies outside the limits.

    >>> number("Dropout(rate=…)", np.float64(0.5), 0, 1)
    0.5
    """
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        plain = int(value) if isinstance(value, numbers.Integral) else float(value)
        if (
            (math.isfinite(plain) if finite else plain == plain)
            and (least is None or plain >= least)
            and (most is None or plain <= most)
            and (above is None or plain > above)
            and (below is None or plain < below)
        ):
            return plain
    raise ArgumentError(where, _numbers(least, most, above, below, finite), repr(value), fix)


def probability(where: str, value: Any) -> float:
    """Return ``value``, a number from 0 to 1."""
    return number(where, value, 0, 1)


def boolean(where: str, value: Any) -> bool:
    """Return ``value`` as a Python ``bool``; raise ArgumentError for anything but a bool."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    raise ArgumentError(where, "True or False", repr(value))


def one_of(where: str, value: Any, choices: Sequence[T], fix: str = "") -> T:
    """Return the member of ``choices`` that equals ``value`` and has its type.

    Raises:
        ArgumentError: None does; the message lists ``choices``.

    >>> one_of("Loss(reduction=…)", "mean", ("sum", "mean"))
    'mean'
    """
    for choice in choices:
        if isinstance(value, type(choice)) and value == choice:
            return choice
    listed = [repr(choice) for choice in choices]
    expected = " or ".join([", ".join(listed[:-1]), listed[-1]] if len(listed) > 1 else listed)
    if not fix and isinstance(value, str):
        fix = nearest(value, [choice for choice in choices if isinstance(choice, str)]).strip()
    raise ArgumentError(where, expected, repr(value), fix)


def data_format(where: str, value: str | None) -> str:
    """Return ``"channels_last"`` or ``"channels_first"``; None stands for the configured format."""
    value = config.image_data_format() if value is None else value
    return one_of(where, value, ("channels_last", "channels_first"))


def axis(where: str, value: Any, rank: int) -> int:
    """Return ``value``, an axis of a tensor with ``rank`` axes; negative ones count from the last.

    The sign is kept: ``-1`` stays ``-1``.

    >>> axis("Softmax(axis=…)", -1, rank=3)
    -1
    """
    return integer(where, value, -rank, rank - 1)


def axes(where: str, values: Sequence[int], shape: Sequence[int | None], sized: bool = False) -> None:
    """Raise unless ``values`` are different axes of an input of ``shape``.

    Args:
        where: The layer or the argument.
        values: Axes; negative ones count from the last.
        shape: The input's shape; None for an unknown size.
        sized: Whether these axes need a known size, as those of weights do. Default False.

    Raises:
        ShapeError: An axis does not exist in ``shape``, or has an unknown size that must be known.
        ArgumentError: One axis is named twice.
    """
    rank = len(shape)
    for value in values:
        if not -rank <= value < rank:
            raise ShapeError(where, f"an input with axis {value}", f"shape {tuple(shape)}")
    if len({value % rank for value in values}) != len(values):
        raise ArgumentError(where, "different axes", f"{list(values)}", "Name each axis once.")
    for value in values:
        if sized and shape[value] is None:
            raise ShapeError(
                where, f"a known size of axis {value}", f"shape {tuple(shape)}",
                "The weights have that size: give the model's Input a full shape there.",
            )  # fmt: skip


def unsupported(where: str, feature: str, arguments: dict[str, Any]) -> None:
    """Raise for the first of ``arguments`` that is not None: they ask for a ``feature`` that is missing.

    For arguments of Keras's that Corne accepts only at their default.
    """
    for name, value in arguments.items():
        if value is not None:
            raise ArgumentError(
                f"{where}({name}=…)", "None", repr(value), f"This layer does not support {feature}."
            )


def _integers(least: int | None, most: int | None) -> str:
    if least is not None and most is not None:
        return f"an integer from {least} to {most}"
    if least == 1:
        return "a positive integer"
    if least is not None:
        return f"an integer, at least {least}"
    return "an integer" if most is None else f"an integer, at most {most}"


def _numbers(
    least: float | None, most: float | None, above: float | None, below: float | None, finite: bool
) -> str:
    least = None if least == -math.inf else least
    if least is not None and most is not None:
        return f"a number from {least} to {most}"
    if above == 0 and most is None and below is None:
        return "a positive number"
    if above is not None and below is not None:
        return f"a number between {above} and {below}, both excluded"
    limits = [
        f"{words} {limit}"
        for words, limit in (("at least", least), ("above", above), ("at most", most), ("below", below))
        if limit is not None
    ]
    start = "a finite number" if finite else "a number"
    return ", ".join([start, " and ".join(limits)]) if limits else start
