"""What corne-layers registers."""

from __future__ import annotations

from corne.plugins import hookimpl

CORNE_API = 1

#: ``{module: names in it}``
_NAMES = {
    "activation": "Activation",
    "activity_regularization": "ActivityRegularization",
    "add": "Add add",
    "alpha_dropout": "AlphaDropout",
    "average": "Average average",
    "batch_normalization": "BatchNormalization",
    "concatenate": "Concatenate concatenate",
    "dense": "Dense",
    "dot": "Dot dot",
    "dropout": "Dropout",
    "elu": "ELU",
    "embedding": "Embedding",
    "flatten": "Flatten",
    "gaussian_dropout": "GaussianDropout",
    "gaussian_noise": "GaussianNoise",
    "group_normalization": "GroupNormalization",
    "identity": "Identity",
    "lambda_layer": "Lambda",
    "layer_normalization": "LayerNormalization",
    "leaky_relu": "LeakyReLU",
    "masking": "Masking",
    "maximum": "Maximum maximum",
    "minimum": "Minimum minimum",
    "multiply": "Multiply multiply",
    "permute": "Permute",
    "prelu": "PReLU",
    "relu": "ReLU",
    "repeat_vector": "RepeatVector",
    "reshape": "Reshape",
    "reversible_embedding": "ReversibleEmbedding",
    "rms_normalization": "RMSNormalization",
    "softmax": "Softmax",
    "spatial_dropout1d": "SpatialDropout1D",
    "spatial_dropout2d": "SpatialDropout2D",
    "spatial_dropout3d": "SpatialDropout3D",
    "spectral_normalization": "SpectralNormalization",
    "subtract": "Subtract subtract",
    "unit_normalization": "UnitNormalization",
}


@hookimpl
def corne_layers() -> dict[str, str]:
    """Return name to ``module:class`` (or function, for the lower-case ones)."""
    return {
        name: f"corne_layers.{module}:{name}" for module, names in _NAMES.items() for name in names.split()
    }
