"""Mixed precision, under the names of Keras's ``mixed_precision``."""

from corne._lazy import attach
from corne.dtype_policies import DTypePolicy, dtype_policy, set_dtype_policy

Policy = DTypePolicy
global_policy = dtype_policy
set_global_policy = set_dtype_policy

__all__ = ["DTypePolicy", "Policy", "dtype_policy", "global_policy", "set_dtype_policy", "set_global_policy"]

__getattr__, __dir__ = attach(__name__, {"LossScaleOptimizer": "corne.optimizers:LossScaleOptimizer"})
