"""What this package registers."""

from corne.plugins import hookimpl

CORNE_API = 1


@hookimpl
def corne_callbacks():  # type: ignore[no-untyped-def]
    """Register callbacks."""
    return {
        "CSVLogger": "corne_callbacks.csv_logger:CSVLogger",
        "EarlyStopping": "corne_callbacks.early_stopping:EarlyStopping",
        "LambdaCallback": "corne_callbacks.lambda_callback:LambdaCallback",
        "LearningRateScheduler": "corne_callbacks.learning_rate_scheduler:LearningRateScheduler",
        "ModelCheckpoint": "corne_callbacks.model_checkpoint:ModelCheckpoint",
        "MonitorCallback": "corne_callbacks.monitor:MonitorCallback",
        "ReduceLROnPlateau": "corne_callbacks.reduce_lr_on_plateau:ReduceLROnPlateau",
        "RemoteMonitor": "corne_callbacks.remote_monitor:RemoteMonitor",
        "SwapEMAWeights": "corne_callbacks.swap_ema_weights:SwapEMAWeights",
        "TerminateOnNaN": "corne_callbacks.terminate_on_nan:TerminateOnNaN",
    }
