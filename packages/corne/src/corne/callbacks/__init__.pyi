# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.training.callbacks.callback import Callback as Callback
from corne.training.callbacks.callback_list import CallbackList as CallbackList
from corne.training.callbacks.history import History as History
from corne.training.callbacks.progbar_logger import ProgbarLogger as ProgbarLogger
from corne_callbacks.csv_logger import CSVLogger as CSVLogger
from corne_callbacks.early_stopping import EarlyStopping as EarlyStopping
from corne_callbacks.lambda_callback import LambdaCallback as LambdaCallback
from corne_callbacks.learning_rate_scheduler import LearningRateScheduler as LearningRateScheduler
from corne_callbacks.model_checkpoint import ModelCheckpoint as ModelCheckpoint
from corne_callbacks.monitor import MonitorCallback as MonitorCallback
from corne_callbacks.reduce_lr_on_plateau import ReduceLROnPlateau as ReduceLROnPlateau
from corne_callbacks.remote_monitor import RemoteMonitor as RemoteMonitor
from corne_callbacks.swap_ema_weights import SwapEMAWeights as SwapEMAWeights
from corne_callbacks.terminate_on_nan import TerminateOnNaN as TerminateOnNaN
from corne_checkpoints.backup_and_restore import BackupAndRestore as BackupAndRestore
from corne_tensorboard.tensorboard import TensorBoard as TensorBoard

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
