"""Training by many processes: not in this version."""

from corne.plugins.namespace import planned

__getattr__ = planned(
    __name__,
    "corne-distributed",
    "DataParallel DeviceMesh LayoutMap ModelParallel TensorLayout distribute_tensor distribution "
    "get_device_count initialize list_devices set_distribution",
)
