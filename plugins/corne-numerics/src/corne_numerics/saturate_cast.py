"""Conversion to a dtype that keeps its limits."""

from __future__ import annotations

from corne import dtypes
from corne.backend import Array
from corne.operation import dtype_of, op, to, xp


@op()
def saturate_cast(x: Array, dtype: str) -> Array:
    """Return ``x`` in another dtype; what it can't hold becomes its nearest limit, and NaN the integer 0.

    >>> saturate_cast([-5.0, 3.0, 300.0], "uint8").tolist()
    [0, 3, 255]
    """
    wanted = dtypes.standardize_dtype(dtype)
    given = dtype_of(x)
    if given == wanted or given == "bool" or "complex" in wanted or "complex" in given:
        return to(x, wanted)
    if wanted == "bool":
        return x > 0
    low, high = dtypes.limits(wanted)
    if dtypes.is_float(wanted):
        held = dtypes.limits(given)
        if held[0] >= low and held[1] <= high:
            return to(x, wanted)
        return to(xp().clip(x, to(low, given), to(high, given)), wanted)
    if "int" in given:
        # Limits of the two dtypes that both can hold.
        least, most = dtypes.limits(given)
        return to(
            xp().clip(x, to(max(int(low), int(least)), given), to(min(int(high), int(most)), given)), wanted
        )
    # A float near a limit may round beyond it, so places there are chosen, not computed.
    wide = to(x, "float64") if given == "float64" else to(x, "float32")
    inside = (wide > float(low)) & (wide < float(high))
    cast = to(xp().where(inside, wide, xp().zeros_like(wide)), wanted)
    cast = xp().where(wide >= float(high), to(int(high), wanted), cast)
    return xp().where(wide <= float(low), to(int(low), wanted), cast)
