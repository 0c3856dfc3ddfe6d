# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.optimizer import LearningRateSchedule as LearningRateSchedule
from corne.optimizer import Optimizer as Optimizer
from corne_optimizers.adadelta import Adadelta as Adadelta
from corne_optimizers.adadelta import Adadelta as adadelta
from corne_optimizers.adafactor import Adafactor as Adafactor
from corne_optimizers.adafactor import Adafactor as adafactor
from corne_optimizers.adagrad import Adagrad as Adagrad
from corne_optimizers.adagrad import Adagrad as adagrad
from corne_optimizers.adam import Adam as Adam
from corne_optimizers.adam import Adam as adam
from corne_optimizers.adamax import Adamax as Adamax
from corne_optimizers.adamax import Adamax as adamax
from corne_optimizers.adamw import AdamW as AdamW
from corne_optimizers.adamw import AdamW as adamw
from corne_optimizers.ftrl import Ftrl as Ftrl
from corne_optimizers.ftrl import Ftrl as ftrl
from corne_optimizers.lamb import Lamb as Lamb
from corne_optimizers.lamb import Lamb as lamb
from corne_optimizers.lion import Lion as Lion
from corne_optimizers.lion import Lion as lion
from corne_optimizers.loss_scale_optimizer import LossScaleOptimizer as LossScaleOptimizer
from corne_optimizers.loss_scale_optimizer import LossScaleOptimizer as lossscaleoptimizer
from corne_optimizers.multi_optimizer import MultiOptimizer as MultiOptimizer
from corne_optimizers.multi_optimizer import MultiOptimizer as multioptimizer
from corne_optimizers.muon import Muon as Muon
from corne_optimizers.muon import Muon as muon
from corne_optimizers.nadam import Nadam as Nadam
from corne_optimizers.nadam import Nadam as nadam
from corne_optimizers.optimizer_map import OptimizerMap as OptimizerMap
from corne_optimizers.optimizer_map import OptimizerMap as optimizermap
from corne_optimizers.rmsprop import RMSprop as RMSprop
from corne_optimizers.rmsprop import RMSprop as rmsprop
from corne_optimizers.schedule_free_adamw import ScheduleFreeAdamW as ScheduleFreeAdamW
from corne_optimizers.schedule_free_adamw import ScheduleFreeAdamW as schedulefreeadamw
from corne_optimizers.schedules.cosine_decay import CosineDecay as CosineDecay
from corne_optimizers.schedules.cosine_decay_restarts import CosineDecayRestarts as CosineDecayRestarts
from corne_optimizers.schedules.exponential_decay import ExponentialDecay as ExponentialDecay
from corne_optimizers.schedules.inverse_time_decay import InverseTimeDecay as InverseTimeDecay
from corne_optimizers.schedules.piecewise_constant_decay import PiecewiseConstantDecay as PiecewiseConstantDecay
from corne_optimizers.schedules.polynomial_decay import PolynomialDecay as PolynomialDecay
from corne_optimizers.sgd import SGD as SGD
from corne_optimizers.sgd import SGD as sgd

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
