# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.optimizer import LearningRateSchedule as LearningRateSchedule
from corne_optimizers.schedules.cosine_decay import CosineDecay as CosineDecay
from corne_optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts as CosineDecayRestarts
from corne_optimizers.schedules.exponential_decay import ExponentialDecay as ExponentialDecay
from corne_optimizers.schedules.inverse_time_decay import InverseTimeDecay as InverseTimeDecay
from corne_optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay as PiecewiseConstantDecay
from corne_optimizers.schedules.polynomial_decay import PolynomialDecay as PolynomialDecay

def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
