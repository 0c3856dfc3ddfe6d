"""What operations are written with.

``@op`` makes a function an operation; the other names are the array-API namespace and the dtype rules that
its body is composed from. Corne's own operations use nothing else.

>>> from corne.operation import op, promoted_float, xp
>>> @op(arrays=2)
... def mix(a, b, share=0.5):
...     a, b = promoted_float(a, b)
...     return share * a + (1 - share) * b
>>> float(mix(1.0, 3.0))
2.0
"""

from corne.operation.arrays import (
    axes_tuple,
    dtype_of,
    float_dtype,
    native,
    promoted,
    promoted_float,
    to,
    xp,
)
from corne.operation.dispatch import op, record

__all__ = [
    "axes_tuple",
    "dtype_of",
    "float_dtype",
    "native",
    "op",
    "promoted",
    "promoted_float",
    "record",
    "to",
    "xp",
]
