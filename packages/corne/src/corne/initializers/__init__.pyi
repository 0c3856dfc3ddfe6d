# Written by `corne plugins stubs`; changes are lost.
# ruff: noqa
# fmt: off

from collections.abc import Mapping
from typing import Any

from corne.initializers._base import Initializer as Initializer
from corne.initializers._drawn import GlorotNormal as GlorotNormal
from corne.initializers._drawn import GlorotNormal as glorot_normal
from corne.initializers._drawn import GlorotUniform as GlorotUniform
from corne.initializers._drawn import GlorotUniform as glorot_uniform
from corne.initializers._drawn import HeNormal as HeNormal
from corne.initializers._drawn import HeNormal as he_normal
from corne.initializers._drawn import HeUniform as HeUniform
from corne.initializers._drawn import HeUniform as he_uniform
from corne.initializers._drawn import LecunNormal as LecunNormal
from corne.initializers._drawn import LecunNormal as lecun_normal
from corne.initializers._drawn import LecunUniform as LecunUniform
from corne.initializers._drawn import LecunUniform as lecun_uniform
from corne.initializers._drawn import Orthogonal as Orthogonal
from corne.initializers._drawn import Orthogonal as OrthogonalInitializer
from corne.initializers._drawn import Orthogonal as orthogonal
from corne.initializers._drawn import RandomNormal as RandomNormal
from corne.initializers._drawn import RandomNormal as normal
from corne.initializers._drawn import RandomNormal as random_normal
from corne.initializers._drawn import RandomUniform as RandomUniform
from corne.initializers._drawn import RandomUniform as random_uniform
from corne.initializers._drawn import RandomUniform as uniform
from corne.initializers._drawn import TruncatedNormal as TruncatedNormal
from corne.initializers._drawn import TruncatedNormal as truncated_normal
from corne.initializers._drawn import VarianceScaling as VarianceScaling
from corne.initializers._drawn import VarianceScaling as variance_scaling
from corne.initializers._fixed import Constant as Constant
from corne.initializers._fixed import Constant as constant
from corne.initializers._fixed import Identity as Identity
from corne.initializers._fixed import Identity as IdentityInitializer
from corne.initializers._fixed import Identity as identity
from corne.initializers._fixed import Ones as Ones
from corne.initializers._fixed import Ones as one
from corne.initializers._fixed import Ones as ones
from corne.initializers._fixed import STFT as STFT
from corne.initializers._fixed import STFT as STFTInitializer
from corne.initializers._fixed import STFT as stft
from corne.initializers._fixed import Zeros as Zeros
from corne.initializers._fixed import Zeros as zero
from corne.initializers._fixed import Zeros as zeros

def get(identifier: Any) -> Any: ...
def serialize(obj: Any) -> Any: ...
def deserialize(
    config: Any, custom_objects: Mapping[str, Any] | None = None
) -> Any: ...
