# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Callable
from collections.abc import Mapping
from corne.backend import Array
from typing import Any

from corne_activations.distributions import log_softmax as log_softmax
from corne_activations.distributions import softmax as softmax
from corne_activations.distributions import sparsemax as sparsemax
from corne_activations.piecewise import hard_shrink as hard_shrink
from corne_activations.piecewise import hard_sigmoid as hard_sigmoid
from corne_activations.piecewise import hard_silu as hard_silu
from corne_activations.piecewise import hard_silu as hard_swish
from corne_activations.piecewise import hard_tanh as hard_tanh
from corne_activations.piecewise import linear as linear
from corne_activations.piecewise import soft_shrink as soft_shrink
from corne_activations.piecewise import sparse_plus as sparse_plus
from corne_activations.piecewise import sparse_sigmoid as sparse_sigmoid
from corne_activations.rectified import celu as celu
from corne_activations.rectified import elu as elu
from corne_activations.rectified import leaky_relu as leaky_relu
from corne_activations.rectified import relu as relu
from corne_activations.rectified import relu6 as relu6
from corne_activations.rectified import selu as selu
from corne_activations.rectified import threshold as threshold
from corne_activations.sigmoidal import log_sigmoid as log_sigmoid
from corne_activations.sigmoidal import sigmoid as sigmoid
from corne_activations.sigmoidal import tanh as tanh
from corne_activations.smooth import exponential as exponential
from corne_activations.smooth import gelu as gelu
from corne_activations.smooth import glu as glu
from corne_activations.smooth import mish as mish
from corne_activations.smooth import silu as silu
from corne_activations.smooth import silu as swish
from corne_activations.smooth import softplus as softplus
from corne_activations.smooth import softsign as softsign
from corne_activations.smooth import squareplus as squareplus
from corne_activations.smooth import tanh_shrink as tanh_shrink
from corne_keras.legacy_hard_sigmoid import legacy_hard_sigmoid as legacy_hard_sigmoid

def get(identifier: Any) -> Callable[..., Array]: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Callable[..., Array]: ...
