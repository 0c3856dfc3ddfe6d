# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.training.callbacks.callback import Callback as Callback
from corne.training.callbacks.callback_list import CallbackList as CallbackList
from corne.training.callbacks.history import History as History
from corne.training.callbacks.progbar_logger import ProgbarLogger as ProgbarLogger

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
