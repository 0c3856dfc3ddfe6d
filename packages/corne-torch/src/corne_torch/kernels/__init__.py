"""Operations that PyTorch carries out directly, by the names they have in ``corne.ops``."""

from corne_torch.kernels import (
    activations,
    arithmetic,
    attention,
    conv,
    crossentropy,
    ctc,
    elementwise,
    image,
    indexing,
    linalg,
    normalization,
    optimizers,
    pool,
    random,
    recurrent,
    reduction,
    shaping,
)
from corne_torch.kernels._table import KERNELS

__all__ = [
    "KERNELS",
    "activations",
    "arithmetic",
    "attention",
    "conv",
    "crossentropy",
    "ctc",
    "elementwise",
    "image",
    "indexing",
    "linalg",
    "normalization",
    "optimizers",
    "pool",
    "random",
    "recurrent",
    "reduction",
    "shaping",
]
