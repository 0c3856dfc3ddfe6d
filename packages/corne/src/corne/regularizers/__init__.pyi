# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.regularizers._regularizers import L1 as L1
from corne.regularizers._regularizers import L1 as l1
from corne.regularizers._regularizers import L1L2 as L1L2
from corne.regularizers._regularizers import L1L2 as l1_l2
from corne.regularizers._regularizers import L2 as L2
from corne.regularizers._regularizers import L2 as l2
from corne.regularizers._regularizers import OrthogonalRegularizer as OrthogonalRegularizer
from corne.regularizers._regularizers import OrthogonalRegularizer as orthogonal_regularizer
from corne.regularizers._regularizers import Regularizer as Regularizer

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
