# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.constraints._constraints import Constraint as Constraint
from corne.constraints._constraints import MaxNorm as MaxNorm
from corne.constraints._constraints import MaxNorm as max_norm
from corne.constraints._constraints import MinMaxNorm as MinMaxNorm
from corne.constraints._constraints import MinMaxNorm as min_max_norm
from corne.constraints._constraints import NonNeg as NonNeg
from corne.constraints._constraints import NonNeg as non_neg
from corne.constraints._constraints import UnitNorm as UnitNorm
from corne.constraints._constraints import UnitNorm as unit_norm

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
